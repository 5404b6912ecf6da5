package dev.sluice.logback;

/// What becomes of an event that finds the channel full.
public enum OverflowPolicy {
  /// The logging thread waits for room.
  WAIT,
  /// The event that has waited longest makes room, and is counted.
  DROP_OLDEST,
  /// The event itself is dropped, and counted.
  DROP_NEWEST
}
