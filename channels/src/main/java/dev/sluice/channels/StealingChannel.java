package dev.sluice.channels;

/// A channel for workers that make work for each other: a queue for each, and whoever has nothing
/// left takes from the others.
///
/// A worker that sends and receives at its own end ([#worker]) meets the others only when it has
/// run out of items. Items leave a worker's queue at the front for the worker, first in, first out,
/// and at the back for the others; so there is no order among all items, unless there is one
/// worker.
///
/// What is sent to the channel itself is spread over the workers, in turn, a [#sendAll] as a whole.
/// Who receives from the channel itself takes from the front of any worker's queue.
///
/// @param <T> what travels; never null
public interface StealingChannel<T> extends Channel<T> {

  /// The end of worker `index`. Any thread may use it, and any number, but it is made for one.
  ///
  /// @param index from 0 on, less than the number of workers
  Worker<T> worker(int index);

  /// One worker's end: it sends to the worker's own queue, and receives from it, or from another's
  /// if it is empty. It waits when all are empty.
  ///
  /// Closing or cancelling it is closing or cancelling the channel.
  ///
  /// @param <T> what travels; never null
  interface Worker<T> extends Sender<T>, Receiver<T> {}
}
