package dev.sluice.monitor;

import java.util.ArrayDeque;

/// What was read over about the last second, so that two of them make a rate.
///
/// @param <R> a reading
final class Lately<R> {
  private static final long WINDOW_NANOS = 1_000_000_000;

  /// @param nanos when it was taken, on a monotonic clock
  record Dated<R>(long nanos, R reading) {}

  private final ArrayDeque<Dated<R>> readings = new ArrayDeque<>();

  /// Adds a reading.
  ///
  /// @return the oldest of the window, which is the one that was added if there is no other
  Dated<R> add(long nanos, R reading) {
    readings.add(new Dated<>(nanos, reading));
    while (readings.size() > 2 && nanos - second().nanos >= WINDOW_NANOS) {
      readings.removeFirst();
    }
    return readings.getFirst();
  }

  private Dated<R> second() {
    var all = readings.iterator();
    all.next();
    return all.next();
  }
}
