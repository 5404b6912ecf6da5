package dev.sluice.pipelines;

/// What a stage does with an item that its function, condition or sink threw an exception for.
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

  /// See [OnError#stop].
  record Stop() implements OnError {}

  /// See [OnError#skip(long)].
  record Skip(long limit) implements OnError {}

  /// See [OnError#deadLetter].
  record ToDeadLetters(Sink<? super DeadLetter> sink) implements OnError {}
}
