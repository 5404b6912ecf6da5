package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a channel does with an item that there is no room for.
///
/// What is dropped is counted ([Stats#dropped]) and handed to a callback, on the thread of the
/// sender whose item caused it and after the channel has settled: the callback may use the channel.
/// What it throws reaches that sender, whose item, or items, count as sent: it is thrown when all
/// of them are, and all that was dropped has been handed over.
///
/// @param <T> what travels
public final class Overflow<T> {
  enum Policy {
    WAIT,
    FAIL,
    DROP_OLDEST,
    DROP_NEWEST
  }

  final Policy policy;
  private final @Nullable Consumer<? super T> dropped;

  private Overflow(Policy policy, @Nullable Consumer<? super T> dropped) {
    this.policy = policy;
    this.dropped = dropped;
  }

  /// The sender waits for room: back-pressure, and the default.
  public static <T> Overflow<T> await() {
    return new Overflow<>(Policy.WAIT, null);
  }

  /// The sender gets a [FullException] from whatever would have waited.
  public static <T> Overflow<T> fail() {
    return new Overflow<>(Policy.FAIL, null);
  }

  /// The item that has waited longest (of a priority channel: the next one) makes room.
  ///
  /// @param dropped gets each dropped item
  public static <T> Overflow<T> dropOldest(Consumer<? super T> dropped) {
    return new Overflow<>(Policy.DROP_OLDEST, requireNonNull(dropped, "dropped is null"));
  }

  /// The item that there is no room for is dropped; to its sender it is sent.
  ///
  /// @param dropped gets each dropped item
  public static <T> Overflow<T> dropNewest(Consumer<? super T> dropped) {
    return new Overflow<>(Policy.DROP_NEWEST, requireNonNull(dropped, "dropped is null"));
  }

  /// Hands over all `items`, whatever the callback throws, and throws that afterwards.
  ///
  /// @param failed what the sender is to get in any case
  void drop(List<T> items, @Nullable RuntimeException failed) {
    Throwable failure = failed;
    if (dropped != null) {
      for (var item : items) {
        try {
          dropped.accept(item);
        } catch (RuntimeException | Error e) {
          if (failure == null) {
            failure = e;
          } else if (!failure.equals(e)) {
            failure.addSuppressed(e);
          }
        }
      }
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      default -> throw (Error) failure;
    }
  }
}
