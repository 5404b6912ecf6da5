package dev.sluice.pipelines;

import java.util.concurrent.atomic.AtomicLong;

/// How many values go round in a feedback, so that it ends when none does.
final class Loop {
  private final Runnable atEnd;

  /// One for each value, and one for those outside that may still put some in.
  private final AtomicLong within = new AtomicLong(1);

  /// @param atEnd called once, when nothing goes round and nothing more will come
  Loop(Runnable atEnd) {
    this.atEnd = atEnd;
  }

  void entered(int values) {
    within.addAndGet(values);
  }

  /// A value has left, or those outside have ended.
  void left() {
    if (within.decrementAndGet() == 0) {
      atEnd.run();
    }
  }
}
