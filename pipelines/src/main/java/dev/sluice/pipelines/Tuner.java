package dev.sluice.pipelines;

/// Finds by trying how many workers a stage should have.
///
/// Every now and then it tries some more, or some fewer, for one interval. More are kept if they do
/// at least five percent more, fewer if they do about as much. After a try in vain it waits, twice
/// as long each time up to a bound, so that a stage that has found its number is left in peace and
/// one whose circumstances change is found out.
final class Tuner {
  private static final double BETTER = 1.05;
  private static final double AS_GOOD = 0.98;
  private static final int LONGEST_WAIT = 16;
  private static final int PART = 4;

  private enum Trying {
    NOTHING,
    MORE,
    FEWER
  }

  private final int least;
  private final int most;
  private int target;
  private int before;
  private double rateBefore;
  private Trying trying = Trying.NOTHING;
  private Trying next = Trying.MORE;
  private int pause = 1;
  private int left = 1;

  Tuner(int least, int most) {
    this.least = least;
    this.most = most;
    this.target = least;
  }

  /// Takes note of how many items a second the workers did in the last interval.
  ///
  /// @return how many workers there shall be in the next
  int observe(double rate) {
    switch (trying) {
      case NOTHING -> left--;
      case MORE -> judge(rate >= rateBefore * BETTER, Trying.FEWER);
      case FEWER -> judge(rate >= rateBefore * AS_GOOD, Trying.MORE);
    }
    if (trying == Trying.NOTHING && left <= 0) {
      attempt(rate);
    }
    return target;
  }

  private void judge(boolean kept, Trying otherwise) {
    if (kept) {
      next = trying;
      pause = 1;
      left = 0;
    } else {
      target = before;
      next = otherwise;
      pause = Math.min(LONGEST_WAIT, 2 * pause);
      left = pause; // the first of these intervals is not like the others: workers come or go
    }
    trying = Trying.NOTHING;
  }

  private void attempt(double rate) {
    if (next == Trying.MORE && target == most) {
      next = Trying.FEWER;
    } else if (next == Trying.FEWER && target == least) {
      next = Trying.MORE;
    }
    before = target;
    rateBefore = rate;
    int step = Math.max(1, target / PART);
    target = next == Trying.MORE ? Math.min(most, target + step) : Math.max(least, target - step);
    trying = next;
    left = 1;
  }
}
