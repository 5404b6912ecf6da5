package dev.sluice.pipelines;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// What the readers of a run pass before they ask for an item: closed while the run pauses.
final class Gate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();

  /// Written under lock.
  private volatile boolean closed;

  boolean isClosed() {
    return closed;
  }

  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /// Lets everyone pass, and those that wait look why.
  void open() {
    lock.lock();
    try {
      closed = false;
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits while it is closed.
  ///
  /// @param leaves asked each time: who shall leave waits no longer
  void pass(BooleanSupplier leaves, Tally tally) throws InterruptedException {
    long begun = System.nanoTime();
    tally.delays();
    try {
      await(leaves);
    } finally {
      tally.delayed(System.nanoTime() - begun);
    }
  }

  private void await(BooleanSupplier leaves) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (closed && !leaves.getAsBoolean()) {
        opened.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
