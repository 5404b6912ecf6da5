package dev.sluice.channels;

import java.util.concurrent.atomic.AtomicInteger;

/// Which of several things a thread that waits in more than one place has come to do: the first to
/// choose decides, once.
final class Choice {
  /// The thread itself has chosen to do nothing (more) of what it offered.
  static final int NONE = -2;

  private static final int OPEN = -1;

  private final AtomicInteger chosen = new AtomicInteger(OPEN);

  /// Chooses `clause`, unless something is chosen already.
  boolean choose(int clause) {
    return chosen.compareAndSet(OPEN, clause);
  }

  boolean isOpen() {
    return chosen.get() == OPEN;
  }

  /// The clause that was chosen by another thread.
  int chosen() {
    return chosen.get();
  }
}
