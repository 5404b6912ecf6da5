package dev.sluice.channels;

import java.util.concurrent.locks.ReentrantLock;

/// A lock that is held for some nanoseconds only: who finds it taken looks again before it parks,
/// since a park costs a thousand times what it would wait for.
final class BriefLock {
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 8 : 0;
  private static final int YIELDS = 8;

  private final ReentrantLock lock = new ReentrantLock();

  @SuppressWarnings("ThreadPriorityCheck") // and then it parks
  void lock() {
    for (int i = 0; i < SPINS + YIELDS; i++) {
      if (lock.tryLock()) {
        return;
      }
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }
}
