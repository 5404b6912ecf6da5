package dev.sluice.pipelines;

import dev.sluice.channels.Sender;
import java.util.List;

/// Where items go. A run writes to each of its sinks from one thread.
///
/// @param <T> what it takes
@FunctionalInterface
public interface Sink<T> {

  /// Takes `item`. When this returns the item counts as out: a sink that buffers should be given
  /// batches instead ([Pipe#batch]), and return when it has put them where they are to be.
  ///
  /// @throws Exception if it did not take the item; the stage's [OnError] decides what follows
  void write(T item) throws Exception;

  /// A sink of lists ([Pipe#batch]) that says which items of a list it could not write: those are
  /// tried again, skipped or made dead letters one by one.
  static <T> Sink<List<T>> batches(BatchWriter<T> writer) {
    return new BatchSink<>(writer);
  }

  /// What sends each item into `channel`, waiting for room, and leaves it open.
  static <T> Sink<T> of(Sender<? super T> channel) {
    return channel::send;
  }

  /// What forgets each item.
  static <T> Sink<T> discard() {
    return item -> {};
  }

  /// Told once at the end of each run, after its last write and on the thread that wrote, whether
  /// the run went well or not. What it throws fails the run.
  default void finish() throws Exception {}
}
