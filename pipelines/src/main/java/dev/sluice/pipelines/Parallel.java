package dev.sluice.pipelines;

/// How many items a stage works on at once, in what order they go on, and how far it may run ahead.
///
/// @param inOrder whether results go on in the order of the inputs
/// @param workers how many items at once at first, at least 1
/// @param most how many workers there may come to be ([Running.Stage#concurrency]), at least
///   `workers`
/// @param window in order: how many items may have been begun and not yet passed on, at least
///   `most`: one slow item holds back what comes after it only once so many are waiting behind it.
///   Memory is the price. Where order doesn't matter it means nothing.
/// @param auto whether the number of workers is found by trying, between `workers` and `most`
public record Parallel(boolean inOrder, int workers, int most, int window, boolean auto) {
  private static final int HEADROOM = 4;

  /// Checks the numbers.
  public Parallel {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, but was " + workers);
    }
    if (most < workers) {
      throw new IllegalArgumentException(
          "most must be at least the number of workers, %d, but was %d".formatted(workers, most));
    }
    if (window < most) {
      throw new IllegalArgumentException(
          "window must be at least the number of workers, %d, but was %d: with less, workers would stand idle"
              .formatted(most, window));
    }
  }

  /// `workers` at once, results in the order of the inputs, a window of four items for each worker.
  public static Parallel ordered(int workers) {
    return fixed(true, workers);
  }

  /// `workers` at once, results as they come.
  public static Parallel unordered(int workers) {
    return fixed(false, workers);
  }

  private static Parallel fixed(boolean inOrder, int workers) {
    int most = Math.multiplyExact(HEADROOM, workers);
    return new Parallel(inOrder, workers, most, most, false);
  }

  /// As many at once as are found to help, from `least` to `most`, results in the order of the
  /// inputs.
  public static Parallel auto(int least, int most) {
    return new Parallel(true, least, most, Math.multiplyExact(HEADROOM, most), true);
  }

  /// The same, but results go on as they come.
  public Parallel inAnyOrder() {
    return new Parallel(false, workers, most, window, auto);
  }

  /// The same with another window, which also bounds how many workers there may come to be.
  public Parallel window(int items) {
    return new Parallel(inOrder, workers, Math.max(workers, Math.min(most, items)), items, auto);
  }
}
