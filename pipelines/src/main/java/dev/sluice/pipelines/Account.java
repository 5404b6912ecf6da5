package dev.sluice.pipelines;

/// What became of everything that the sources delivered, in items.
///
/// Always `in = out + filtered + dropped + deadLettered + abandoned + inFlight`, and at the end
/// `inFlight` is 0. An item counts once, however many sinks it goes to or however many items came
/// of it; where these fared differently, the worst counts (see [Outcome]).
///
/// @param in delivered by the sources
/// @param out done: every sink that was to have it has it
/// @param filtered turned away by a filter
/// @param dropped failed and skipped
/// @param deadLettered failed and handed to a dead-letter sink
/// @param abandoned not finished when the run stopped, or the cause of the stop
/// @param inFlight still on the way
public record Account(
    long in,
    long out,
    long filtered,
    long dropped,
    long deadLettered,
    long abandoned,
    long inFlight) {

  /// Whether the sum is right. False would be a bug of ours.
  public boolean balances() {
    return in == out + filtered + dropped + deadLettered + abandoned + inFlight && inFlight >= 0;
  }
}
