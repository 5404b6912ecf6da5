package dev.sluice.channels;

import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
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
}
