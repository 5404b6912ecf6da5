package dev.sluice.queues;

import dev.sluice.pipelines.Retry;
import java.time.Duration;

/// How a queue behaves.
///
/// The first six, and how many attempts there are, are stored with the queue and hold for all who
/// use it: who names them when opening the queue sets them. The others are those of this opening.
///
/// @param maxItems how many items it holds at most, dead letters included
/// @param maxBytes how many bytes of payload it holds at most
/// @param aging how much longer an item may wait for each step of priority: an item of priority 1
///   goes before one of priority 0 that was sent so much later; zero: priority is strict
/// @param strictKeys whether a dead letter holds up its key until it is replayed or purged
/// @param dedupKept how long after its item was settled a deduplication id is remembered
/// @param history whether each item's sending, deliveries and settlement are recorded, for a day;
///   what went wrong always is
/// @param lease for how long a received item belongs to its receiver, if it is not extended
/// @param extending whether leases are extended for as long as their holder lives and keeps the
///   [Leased]
/// @param retry how often an item is tried before it is a dead letter, and how long it is kept back
///   after a failure
public record QueueOptions(
    long maxItems,
    long maxBytes,
    Duration aging,
    boolean strictKeys,
    Duration dedupKept,
    boolean history,
    Duration lease,
    boolean extending,
    Retry retry) {
  private static final Duration SHORTEST = Duration.ofMillis(10);

  /// Checks the numbers.
  public QueueOptions {
    if (maxItems < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "a queue must hold at least 1 item and 1 byte, but was given %d and %d"
              .formatted(maxItems, maxBytes));
    }
    if (aging.isNegative() || dedupKept.isNegative()) {
      throw new IllegalArgumentException("times must not be negative");
    }
    if (lease.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("a lease must be at least 10 ms, but was " + lease);
    }
  }

  /// A million items and a GiB; strict priorities; a lease of 30 s, extended; 5 attempts, kept back
  /// from 1 s to 1 min; deduplication for a day.
  public static QueueOptions standard() {
    return new QueueOptions(
        1_000_000,
        1L << 30,
        Duration.ZERO,
        false,
        Duration.ofDays(1),
        false,
        Duration.ofSeconds(30),
        true,
        Retry.attempts(5).backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)));
  }

  /// With another bound.
  public QueueOptions bounded(long items, long bytes) {
    return new QueueOptions(
        items, bytes, aging, strictKeys, dedupKept, history, lease, extending, retry);
  }

  /// With priorities that age.
  public QueueOptions aging(Duration step) {
    return new QueueOptions(
        maxItems, maxBytes, step, strictKeys, dedupKept, history, lease, extending, retry);
  }

  /// With keys that a dead letter holds up.
  public QueueOptions strictKeys(boolean strict) {
    return new QueueOptions(
        maxItems, maxBytes, aging, strict, dedupKept, history, lease, extending, retry);
  }

  /// With another memory for deduplication ids.
  public QueueOptions dedupKept(Duration after) {
    return new QueueOptions(
        maxItems, maxBytes, aging, strictKeys, after, history, lease, extending, retry);
  }

  /// With everything recorded.
  public QueueOptions history(boolean recorded) {
    return new QueueOptions(
        maxItems, maxBytes, aging, strictKeys, dedupKept, recorded, lease, extending, retry);
  }

  /// With another lease.
  public QueueOptions lease(Duration length) {
    return new QueueOptions(
        maxItems, maxBytes, aging, strictKeys, dedupKept, history, length, extending, retry);
  }

  /// With leases that end, whatever their holder does, if it does not extend them itself.
  public QueueOptions extending(boolean extended) {
    return new QueueOptions(
        maxItems, maxBytes, aging, strictKeys, dedupKept, history, lease, extended, retry);
  }

  /// With other attempts and delays; [Retry#when] decides which failures are worth another attempt.
  public QueueOptions retry(Retry policy) {
    return new QueueOptions(
        maxItems, maxBytes, aging, strictKeys, dedupKept, history, lease, extending, policy);
  }
}
