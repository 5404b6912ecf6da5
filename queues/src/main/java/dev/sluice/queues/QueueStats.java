package dev.sluice.queues;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How a queue is at a moment: the five states, which are one picture, and its totals.
///
/// @param ready how many items wait for a receiver
/// @param leased how many a receiver has
/// @param delayed how many are kept back until their time
/// @param blocked how many wait for an earlier one of their key
/// @param dead how many are dead letters
/// @param sent how many were stored since the queue was made
/// @param settled how many were acknowledged since then
/// @param bytes how many bytes of payload it holds
/// @param oldest for how long the oldest item that could be received has been waiting since it
///   could; null if there is none
/// @param paused whether receivers get nothing
/// @param taken when this was so
public record QueueStats(
    long ready,
    long leased,
    long delayed,
    long blocked,
    long dead,
    long sent,
    long settled,
    long bytes,
    @Nullable Duration oldest,
    boolean paused,
    Instant taken) {

  /// How many items it holds.
  public long depth() {
    return ready + leased + delayed + blocked + dead;
  }

  /// How many items were sent in each second since `earlier`.
  public double sentPerSecond(QueueStats earlier) {
    return rate(sent - earlier.sent, earlier);
  }

  /// How many items were acknowledged in each second since `earlier`.
  public double settledPerSecond(QueueStats earlier) {
    return rate(settled - earlier.settled, earlier);
  }

  private double rate(long count, QueueStats earlier) {
    return count * 1000.0 / Math.max(1, Duration.between(earlier.taken, taken).toMillis());
  }
}
