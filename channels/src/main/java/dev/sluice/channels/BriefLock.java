package dev.sluice.channels;

import java.util.concurrent.locks.ReentrantLock;

/// A lock that is held for some nanoseconds only: who finds it taken looks again before it parks,
/// since a park costs a thousand times what it would wait for. It yields instead of spinning:
/// threads that take a lock in turns, item by item, pay for each line that travels; who comes back
/// later finds more to do.
final class BriefLock {
  private static final int YIELDS = 4;

  private final ReentrantLock lock = new ReentrantLock();

  @SuppressWarnings("ThreadPriorityCheck") // and then it parks
  void lock() {
    for (int i = 0; i < YIELDS; i++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.yield();
    }
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }
}
