package dev.sluice.channels;

/// Whether a way to wait without parking has been worth its while lately.
///
/// What pays depends on the machine, on what else runs on it, and on the other threads of the
/// channel, and it changes within milliseconds. So it is learned: each success earns a credit, each
/// failure costs one, and who has none tries only now and then, to notice when times have changed.
///
/// Threads race here on purpose: whatever they make of the numbers, waiting stays correct.
final class Bet {
  private static final int MOST = 8;
  private static final int SELDOM = 32;

  private int credit = MOST;
  private int passes;

  boolean isWorthIt() {
    return credit > 0 || ++passes % SELDOM == 0;
  }

  void won() {
    if (credit < MOST) {
      credit++;
    }
  }

  void lostMuch() {
    credit = 0;
  }

  void lost() {
    if (credit > 0) {
      credit--;
    }
  }
}
