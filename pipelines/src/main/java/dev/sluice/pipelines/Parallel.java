package dev.sluice.pipelines;

/// How many items a stage works on at once, and how far it may run ahead.
///
/// @param workers how many at once, at least 1
/// @param window how many items may have been begun and not yet passed on, at least `workers`: one
///   slow item holds back what comes after it only once so many are waiting behind it. Memory is
///   the price.
public record Parallel(int workers, int window) {

  /// Checks the numbers.
  public Parallel {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, but was " + workers);
    }
    if (window < workers) {
      throw new IllegalArgumentException(
          "window must be at least the number of workers, %d, but was %d: with less, workers would stand idle"
              .formatted(workers, window));
    }
  }

  /// `workers` at once, results in the order of the inputs, a window of four items for each worker.
  public static Parallel ordered(int workers) {
    return new Parallel(workers, Math.multiplyExact(4, workers));
  }

  /// The same with another window.
  public Parallel window(int items) {
    return new Parallel(workers, items);
  }
}
