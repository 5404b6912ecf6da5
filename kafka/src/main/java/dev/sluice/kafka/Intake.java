package dev.sluice.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What was polled and may be handed out: between the thread that polls and the one that reads.
///
/// It holds no more than a bound, but for what a single poll brings beyond it.
final class Intake<R> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<R> ready = new ArrayDeque<>();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicLong heldBytes = new AtomicLong();
  private final int most;
  private final long mostBytes;
  private boolean ended;
  private volatile boolean someoneWaits;
  private @Nullable Throwable failure;

  private final Runnable onWanted;

  Intake(int most, long mostBytes) {
    this(most, mostBytes, () -> {});
  }

  /// @param onWanted called when a reader begins to wait
  Intake(int most, long mostBytes, Runnable onWanted) {
    this.most = most;
    this.mostBytes = mostBytes;
    this.onWanted = onWanted;
  }

  /// Counts what is held: handed out, ready, or waiting for another.
  void holds(int records, long bytes) {
    held.addAndGet(records);
    heldBytes.addAndGet(bytes);
  }

  boolean isFull() {
    return held.get() >= most || heldBytes.get() >= mostBytes;
  }

  /// Whether enough was let go to poll again after it was full.
  boolean hasRoom() {
    return held.get() <= most / 2 && heldBytes.get() <= mostBytes / 2;
  }

  /// Whether so much is what each of `partitions` may hold, or more.
  boolean isShare(int records, long bytes, int partitions) {
    return records >= Math.ceilDiv(most, partitions) || bytes >= mostBytes / partitions;
  }

  void addAll(List<R> records) {
    if (records.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      if (failure == null) {
        ready.addAll(records);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  void add(R one) {
    addAll(List.of(one));
  }

  /// Nothing more will come: what is ready is still given.
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing more is given.
  void fail(Throwable cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      ready.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether a reader waits, since nothing is ready.
  boolean isWanted() {
    return someoneWaits;
  }

  boolean isEnded() {
    lock.lock();
    try {
      return ended && ready.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Takes up to `atMost`, waiting for the first.
  ///
  /// @param nanos how long to wait; negative for as long as it takes
  /// @return empty at the end, or when the time is over
  /// @throws Exception what [#fail] was told
  List<R> take(int atMost, long nanos) throws Exception {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (ready.isEmpty() && failure == null && !ended) {
        if (!someoneWaits && left != 0) {
          someoneWaits = true;
          onWanted.run();
        }
        if (nanos < 0) {
          changed.await();
        } else if (left > 0) {
          left = changed.awaitNanos(left);
        } else {
          return List.of();
        }
      }
      throwFailure();
      var taken = new ArrayList<R>(Math.min(atMost, ready.size()));
      while (taken.size() < atMost && !ready.isEmpty()) {
        taken.add(ready.remove());
      }
      return taken;
    } finally {
      someoneWaits = false;
      lock.unlock();
    }
  }

  private void throwFailure() throws Exception {
    switch (failure) {
      case null -> {
        return;
      }
      case Exception e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
