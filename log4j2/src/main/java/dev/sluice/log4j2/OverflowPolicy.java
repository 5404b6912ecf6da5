package dev.sluice.log4j2;

/// What becomes of an event that finds the queue full.
public enum OverflowPolicy {
  /// Log4j decides: it waits, or with `blocking="false"` hands the event to the appender of
  /// `errorRef`, or does what `log4j2.asyncQueueFullPolicy` says.
  LOG4J,
  /// The event that has waited longest makes room. It is counted.
  DROP_OLDEST,
  /// The event itself is dropped, and counted.
  DROP_NEWEST
}
