package dev.sluice.pipelines;

/// Stands in for the class of this name and counts nothing, so that what counting costs can be
/// measured. A run with it ends as ever, but its account and metrics are empty.
final class Tally {

  Tally(int stages) {}

  void settled(Outcome outcome) {}

  long count(Outcome outcome) {
    return 0;
  }

  void taken() {}

  long takenSoFar() {
    return 0;
  }

  void rests() {}

  void at(int stage) {}

  int at() {
    return 0;
  }

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
