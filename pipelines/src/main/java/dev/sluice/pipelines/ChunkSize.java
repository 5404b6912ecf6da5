package dev.sluice.pipelines;

/// How many items a parallel worker takes at once: many if they are quick, so that taking costs
/// little, and one if they are slow, so that no item waits in the hand of a busy worker while
/// another worker is idle.
final class ChunkSize {
  private static final long QUICK_NANOS = 100_000;
  private static final long SLOW_NANOS = 1_000_000;

  private int chunk = 1;

  int items() {
    return chunk;
  }

  /// @param items how many items took `nanos` together
  void took(long nanos, int items) {
    if (nanos > SLOW_NANOS) {
      chunk = Math.max(1, chunk / 4);
    } else if (nanos < QUICK_NANOS && items == chunk) {
      chunk = Math.min(Hand.MOST, chunk * 2);
    }
  }
}
