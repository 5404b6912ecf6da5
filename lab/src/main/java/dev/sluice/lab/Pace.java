package dev.sluice.lab;

import dev.sluice.channels.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// The playground's time, in seconds: it runs faster or slower than the real one, can be stopped,
/// and then be moved on from one event to the next.
final class Pace {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // What follows is guarded by lock.
  private final List<Double> due = new ArrayList<>();
  private double speed;
  private boolean paused;
  private double base;
  private long since = System.nanoTime();
  private long nudges;

  Pace(double speed) {
    this.speed = speed;
  }

  double now() {
    lock.lock();
    try {
      return time();
    } finally {
      lock.unlock();
    }
  }

  private double time() {
    return paused ? base : base + (System.nanoTime() - since) * speed / 1e9;
  }

  /// The same time for channels. Nobody waits with patience there: only what grows older asks.
  Clock clock() {
    return new Clock() {
      @Override
      public long nanoTime() {
        return (long) (now() * 1e9);
      }

      @Override
      public void park(Object blocker, long nanos) {
        LockSupport.parkNanos(blocker, nanos);
      }
    };
  }

  /// Waits until then, however long that takes.
  ///
  /// @return false if it was [#nudge]d before
  boolean await(double until) throws InterruptedException {
    lock.lockInterruptibly();
    Double mine = until;
    due.add(mine);
    try {
      long before = nudges;
      while (nudges == before) {
        double left = until - time();
        if (left <= 0) {
          return true;
        }
        if (paused) {
          changed.await();
        } else {
          changed.awaitNanos((long) Math.min(1e12, left / speed * 1e9));
        }
      }
      return false;
    } finally {
      due.remove(mine);
      lock.unlock();
    }
  }

  /// How many wait for a time that has not come.
  long waiting() {
    lock.lock();
    try {
      double now = time();
      return due.stream().filter(one -> one > now).count();
    } finally {
      lock.unlock();
    }
  }

  /// Wakes all who wait: what they wait for has changed.
  void nudge() {
    change(() -> nudges++);
  }

  void speed(double factor) {
    change(() -> speed = factor);
  }

  void pause() {
    change(() -> paused = true);
  }

  void resume() {
    change(() -> paused = false);
  }

  boolean isPaused() {
    lock.lock();
    try {
      return paused;
    } finally {
      lock.unlock();
    }
  }

  /// Lets the next thing happen that anyone waits for, and pauses.
  void step() {
    change(() -> {
      paused = true;
      base = due.stream().filter(one -> one > base).min(Double::compare).orElse(base);
    });
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      base = time();
      since = System.nanoTime();
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
