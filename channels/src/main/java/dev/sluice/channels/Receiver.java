package dev.sluice.channels;

import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The end of a channel that items come out of.
///
/// Any number of threads may use it; each item goes to one of them. What each call does in each
/// state of the channel is told by the table in [Channel].
///
/// @param <T> what travels; never null, so that null can mean "none"
public interface Receiver<T> extends Iterable<T> {

  /// Takes the next item, waiting for one as long as it takes.
  ///
  /// @throws ClosedException if the channel is closed and empty, or comes to be; its cause is what
  ///   the channel was closed with
  /// @throws InterruptedException if interrupted before or while waiting; nothing was taken
  T receive() throws InterruptedException;

  /// Takes the next item if there is one now.
  ///
  /// @return the item, or null if there is none; [#isEnded] tells whether there may ever be one
  ///   again
  @Nullable T tryReceive();

  /// Takes the next item, waiting up to `patience` for one.
  ///
  /// @param patience how long to wait, on the monotonic clock; zero or less tries once
  /// @return the item, or null if none came in time or none will ever come; [#isEnded] tells which
  /// @throws InterruptedException if interrupted before or while waiting; nothing was taken
  @Nullable T receive(Duration patience) throws InterruptedException;

  /// Takes a batch: waits for the first item as long as it takes, and then up to `linger` until
  /// there are `min`. Takes what is there at once, with one claim, up to `max`.
  ///
  /// @param min at least 1: with 1 there is no lingering
  /// @param max at least `min`
  /// @return from 1 to `max` items, in order, in a list of the caller's own; fewer than `min` if
  ///   time ran out, the channel ended, or the thread was interrupted after it had taken some: then
  ///   its interrupt flag stays set
  /// @throws ClosedException if the channel is closed and empty, or comes to be before the first
  ///   item
  /// @throws InterruptedException if interrupted before or while waiting for the first item;
  ///   nothing was taken
  List<T> receiveMany(int min, int max, Duration linger) throws InterruptedException;

  /// Takes up to `max` items that are there now, in order, with one claim, and adds them to `into`.
  /// Never waits.
  ///
  /// @param max 0 or more
  /// @return how many were taken: 0 if there were none now, or never will be
  /// @throws RefusedItemsException if `into` refused an item by throwing; the exception hands over
  ///   that item and those behind it
  int drainTo(Collection<? super T> into, int max);

  /// Whether the channel is closed and empty: nothing will come any more.
  boolean isEnded();

  /// Closes the channel and takes what is left in it: for a receiver that gives up. Never waits;
  /// works on a closed channel too.
  ///
  /// @return what had been accepted and not received, in order; it is the caller's now, and nobody
  ///   else gets it
  List<T> cancel();

  /// Receives until the channel ends: `for (T item : channel)`.
  ///
  /// A loop can't throw what [#receive] does. An interrupt becomes an [InterruptedWaitException],
  /// with the thread's interrupt flag set again; a channel closed with a cause throws
  /// [ClosedException] after its last item, so that a failure can't pass for an end. Several loops
  /// may share the items of one channel, each with its own iterator.
  ///
  /// `hasNext` takes the item that `next` will return, so whoever leaves an iterator between the
  /// two leaves the item in it. The `for` statement never does.
  @Override
  Iterator<T> iterator();

  /// As [#iterator], for a pipeline of `java.util.stream`: sequential, and lazy: it receives an
  /// item when the pipeline asks for one, and none ahead. Closing the stream leaves the channel
  /// open.
  ///
  /// It can't be split: `parallel()` has no effect on how items are received.
  Stream<T> stream();

  /// Takes the next item without keeping the caller waiting: the future completes with it. Calls
  /// get their items in the order of the calls.
  ///
  /// Whoever completes the future first (by `cancel`, `complete`, `orTimeout`, ...) withdraws the
  /// call: no item is taken for it. If these return false an item has been taken for it already,
  /// and the future completes with that without delay: no item is ever lost between the two.
  /// Cancelling what was derived from the future (`thenApply`, ...) withdraws nothing.
  ///
  /// Nothing runs while no call is pending; one virtual thread waits for all that are. What hangs
  /// on the future runs outside of all locks, and doesn't hold up other calls.
  ///
  /// @return completes exceptionally with [ClosedException] if the channel is closed and empty, or
  ///   comes to be
  CompletableFuture<T> receiveAsync();

  /// A publisher of what is received: the beginning of a reactive stream. Each subscription takes
  /// items as any receiver does, so several of them compete, and each item goes to one.
  ///
  /// A subscription takes an item only when its subscriber has asked for one. An item that has been
  /// taken when the subscription is cancelled is still delivered; after that none is taken. Signals
  /// come one after the other from one virtual thread for each subscription, which ends with it;
  /// what a subscriber throws ends the subscription and goes to that thread's handler of uncaught
  /// exceptions.
  ///
  /// The end of the channel is `onComplete`, or `onError` with the cause that it was closed with. A
  /// subscriber that has asked for nothing may hear of it with its next request only.
  Flow.Publisher<T> asPublisher();
}
