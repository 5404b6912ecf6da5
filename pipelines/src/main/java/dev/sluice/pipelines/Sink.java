package dev.sluice.pipelines;

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

  /// Told once at the end of each run, after its last write and on the thread that wrote, whether
  /// the run went well or not. What it throws fails the run.
  default void finish() throws Exception {}
}
