package dev.sluice.pipelines;

import org.jspecify.annotations.Nullable;

/// A boundary between workers: some hand values over, one takes them, or several in turn.
///
/// Those who hand over have an entry each. The edge has ended when each has said that it is done.
abstract class Edge {
  /// How many values wait between two workers unless the description says otherwise.
  static final int DEFAULT_CAPACITY = 256;

  /// The last step of a worker that hands over here.
  ///
  /// @param tally that worker's
  abstract Step entry(Tally tally);

  /// All entries are known that the run begins with.
  void open() {}

  /// Takes the next value if there is one, and if it can be told without a delay. Its lineage is
  /// [#lineage] until the next is taken.
  abstract @Nullable Object poll();

  /// Takes the next value, waiting for it.
  ///
  /// @param deadline until when, in nanoseconds of the run's clock, or [Step#NEVER]
  /// @return null if the edge has ended, or the time has come
  /// @throws Stopped if the run is being stopped
  abstract @Nullable Object take(long deadline, Tally tally) throws InterruptedException;

  /// What the value that was taken last came of.
  abstract Lineage lineage();

  /// Whether it has ended and nothing is left.
  abstract boolean isDone();

  /// How many values wait, about.
  abstract int size();

  abstract int capacity();

  /// How many values found no room and were dropped.
  long dropped() {
    return 0;
  }

  /// Abandons what is left, when nobody hands over and nobody takes any more.
  void abandon(Tally tally) {
    for (var value = poll(); value != null; value = poll()) {
      lineage().settle(Outcome.ABANDONED, tally);
    }
  }
}
