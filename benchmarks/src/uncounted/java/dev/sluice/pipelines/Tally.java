package dev.sluice.pipelines;

/// Stands in for the class of this name and counts nothing, so that what counting costs can be
/// measured. A run with it ends as ever, but its account and metrics are empty.
final class Tally {
  private static final long ROUND = 1_024;

  private boolean careful;

  Tally(int stages) {}

  void belongsTo(int stage, Step.Fate fate) {
    careful = fate == Step.Fate.LATER;
  }

  void settled(Outcome outcome) {}

  boolean countsWritten() {
    return false;
  }

  long count(Outcome outcome) {
    return 0;
  }

  /// Those who must tell what became of an item do so here too.
  boolean isCareful() {
    return careful;
  }

  void taken() {}

  void takenUnsampled() {}

  long untilSample() {
    return careful ? 0 : ROUND;
  }

  long takenSoFar() {
    return 0;
  }

  void rests() {}

  void at(int stage) {}

  int at() {
    return 0;
  }

  void starves() {}

  void blocks() {}

  void delays() {}

  void leaves() {}

  void starved(long nanos) {}

  void blocked(long nanos) {}

  void delayed(long nanos) {}

  void rested(long nanos) {}

  void ended() {}

  long lived() {
    return 0;
  }

  long starvedSoFar() {
    return 0;
  }

  long blockedSoFar() {
    return 0;
  }

  long delayedSoFar() {
    return 0;
  }

  long sampled(int stage) {
    return 0;
  }
}
