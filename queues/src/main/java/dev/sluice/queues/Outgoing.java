package dev.sluice.queues;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An item to send, and how it is to be delivered.
///
/// @param value the item
/// @param delay how long it is kept back at least; zero for not at all
/// @param at when it is to be delivered at the earliest, by the wall clock; null for now
/// @param priority the smaller, the earlier it is delivered; 0 as a rule
/// @param key items of the same key are delivered one at a time and in the order in which they were
///   sent; null for none
/// @param dedup a second item with the same one is not stored; null for none
/// @param <T> what is sent
public record Outgoing<T>(
    T value,
    Duration delay,
    @Nullable Instant at,
    int priority,
    @Nullable String key,
    @Nullable String dedup) {
  private static final int MOST_TEXT = 512;

  /// Checks the lengths: a key and a deduplication id have at most 512 characters.
  public Outgoing {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, but was " + delay);
    }
    check("key", key);
    check("deduplication id", dedup);
  }

  private static void check(String what, @Nullable String text) {
    if (text != null && (text.length() > MOST_TEXT || text.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException(
          "a %s has at most %d characters and no U+0000, but one had %d characters"
              .formatted(what, MOST_TEXT, text.length()));
    }
  }

  /// `value`, to be delivered in its turn.
  public static <T> Outgoing<T> of(T value) {
    return new Outgoing<>(value, Duration.ZERO, null, 0, null, null);
  }

  /// Kept back for so long.
  public Outgoing<T> after(Duration least) {
    return new Outgoing<>(value, least, null, priority, key, dedup);
  }

  /// Kept back until `time`.
  public Outgoing<T> at(Instant time) {
    return new Outgoing<>(value, Duration.ZERO, time, priority, key, dedup);
  }

  /// Before those of larger and after those of smaller numbers.
  public Outgoing<T> priority(int number) {
    return new Outgoing<>(value, delay, at, number, key, dedup);
  }

  /// After all earlier items of the same key.
  public Outgoing<T> key(String shared) {
    return new Outgoing<>(value, delay, at, priority, shared, dedup);
  }

  /// Not at all if one of that id was sent before, is there still, or was settled less than
  /// [QueueOptions#dedupKept] ago.
  public Outgoing<T> dedup(String id) {
    return new Outgoing<>(value, delay, at, priority, key, id);
  }
}
