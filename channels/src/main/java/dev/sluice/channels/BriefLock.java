package dev.sluice.channels;

import java.io.Serial;
import java.util.concurrent.locks.ReentrantLock;

/// A lock that is held for some nanoseconds only: who finds it taken looks again before it parks,
/// since a park costs a thousand times what it would wait for.
final class BriefLock extends ReentrantLock {
  @Serial private static final long serialVersionUID = 1;

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 8 : 0;
  private static final int YIELDS = 8;

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // and then it parks
  public void lock() {
    for (int i = 0; i < SPINS + YIELDS; i++) {
      if (tryLock()) {
        return;
      }
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    super.lock();
  }
}
