package dev.sluice.lab;

/// What became of all that was produced. A copy for each branch counts as an item of its own.
///
/// @param produced how many there were
/// @param consumed dealt with
/// @param dropped by the buffer's overflow policy
/// @param refused the buffer was full, and its policy is to fail
/// @param skipped lost by a failure
/// @param deadLettered set aside after a failure
/// @param abandoned still there when everything was stopped
/// @param inFlight on their way
record Account(
    long produced,
    long consumed,
    long dropped,
    long refused,
    long skipped,
    long deadLettered,
    long abandoned,
    long inFlight) {

  /// What may become of an item.
  enum Outcome {
    CONSUMED,
    DROPPED,
    REFUSED,
    SKIPPED,
    DEAD_LETTERED,
    ABANDONED
  }

  /// Whether every item is accounted for.
  boolean balances() {
    return inFlight >= 0
        && produced == consumed + dropped + refused + skipped + deadLettered + abandoned + inFlight;
  }
}
