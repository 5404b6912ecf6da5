package dev.sluice.queues;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that happened to an item.
///
/// @param item its id
/// @param time when
/// @param kind what
/// @param attempt how many attempts had failed then
/// @param holder who had it, as `PID@HOST`; null if nobody had
/// @param detail more about it: a cause, a queue; null if there is nothing to say
public record ItemEvent(
    long item,
    Instant time,
    Kind kind,
    int attempt,
    @Nullable String holder,
    @Nullable String detail) {

  /// What can happen.
  public enum Kind {
    /// It was stored.
    SENT,
    /// A receiver got it.
    RECEIVED,
    /// It was acknowledged, and is gone.
    ACKNOWLEDGED,
    /// It failed, and will be tried again.
    RETRIED,
    /// Its receiver gave it back without having tried.
    RELEASED,
    /// Its lease ended before it was settled.
    EXPIRED,
    /// It became a dead letter.
    DIED,
    /// It was a dead letter and is to be tried again.
    REPLAYED,
    /// It came from another queue.
    MOVED;

    private static final Kind[] ALL = values();

    /// The kind that the tables call `code`: their numbers are the order of the constants.
    static Kind of(int code) {
      return ALL[code];
    }
  }
}
