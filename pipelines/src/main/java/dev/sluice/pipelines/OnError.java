package dev.sluice.pipelines;

import java.util.function.Function;

/// What a stage does with an item that its function, condition or sink threw an exception for.
///
/// ```java
/// .onError(OnError.deadLetter(rejects).after(Retry.attempts(5)))
/// ```
///
/// An [Error] stops the run whatever the policy, and so does an exception that comes of an abort.
public sealed interface OnError {

  /// Stops the run: the item is abandoned, and `run` throws the same exception. The default.
  static OnError stop() {
    return new Stop();
  }

  /// Drops the item and goes on, up to `limit` times in a run; the next one stops it.
  ///
  /// @param limit how many items may be dropped, 0 or more
  static OnError skip(long limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must be 0 or more, but was " + limit);
    }
    return new Skip(limit);
  }

  /// Drops the item and goes on, however often.
  static OnError skip() {
    return new Skip(Long.MAX_VALUE);
  }

  /// Hands the item with its cause to `sink`, and goes on. If the sink throws, the run stops: a
  /// dead letter is never lost silently, nor made of a dead letter.
  ///
  /// @param sink called by one thread at a time; told of the end of the run if [Sink#finish] is
  static OnError deadLetter(Sink<? super DeadLetter> sink) {
    return new ToDeadLetters(sink);
  }

  /// Hands the item with its cause to `sink`, and then all later items of the same key too, untried
  /// and in order, so that none overtakes the one that failed. Where items of a key are not dealt
  /// with one at a time, those that are already at work are not held back.
  ///
  /// @param key of what the stage is given; one that throws stops the run
  /// @param sink as for [#deadLetter]
  /// @param <T> what the stage is given
  /// @param mostKeys how many keys may have failed in a run: the next one stops it, since all are
  ///   kept in memory
  @SuppressWarnings("unchecked") // the stage that it is said of is given Ts
  static <T> OnError deadLetterKey(
      Function<? super T, ?> key, int mostKeys, Sink<? super DeadLetter> sink) {
    if (mostKeys < 1) {
      throw new IllegalArgumentException("mostKeys must be at least 1, but was " + mostKeys);
    }
    return new KeyToDeadLetters((Function<Object, ?>) key, mostKeys, sink);
  }

  /// Tries the item again as `retry` says, before this.
  default OnError after(Retry retry) {
    return new Retried(retry, this);
  }

  /// See [OnError#stop].
  record Stop() implements OnError {}

  /// See [OnError#skip(long)].
  record Skip(long limit) implements OnError {}

  /// See [OnError#deadLetter].
  record ToDeadLetters(Sink<? super DeadLetter> sink) implements OnError {}

  /// See [OnError#deadLetterKey].
  record KeyToDeadLetters(Function<Object, ?> key, int mostKeys, Sink<? super DeadLetter> sink)
      implements OnError {}

  /// See [OnError#after].
  record Retried(Retry retry, OnError then) implements OnError {
    /// Refuses a policy that has attempts of its own.
    public Retried {
      if (then instanceof Retried) {
        throw new IllegalArgumentException("a policy has one retry, but was given a second");
      }
    }
  }
}
