package dev.sluice.channels;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// The end of a channel that items go into.
///
/// Any number of threads may use it. What each call does in each state of the channel is told by
/// the table in [Channel].
///
/// @param <T> what travels; never null
public interface Sender<T> extends AutoCloseable {

  /// Sends `item`, waiting for room as long as it takes.
  ///
  /// @throws ClosedException if the channel is closed, or closes meanwhile; the item is still the
  ///   caller's
  /// @throws InterruptedException if interrupted before or while waiting; the item is still the
  ///   caller's
  void send(T item) throws InterruptedException;

  /// Sends `item` if there is room now.
  ///
  /// @return whether the channel took the item; on `false` it is still the caller's
  /// @throws ClosedException if the channel is closed; the item is still the caller's
  boolean trySend(T item);

  /// Sends `item`, waiting up to `patience` for room.
  ///
  /// @param patience how long to wait, on the monotonic clock; zero or less tries once
  /// @return whether the channel took the item; on `false` it is still the caller's
  /// @throws ClosedException if the channel is closed, or closes meanwhile; the item is still the
  ///   caller's
  /// @throws InterruptedException if interrupted before or while waiting; the item is still the
  ///   caller's
  boolean send(T item, Duration patience) throws InterruptedException;

  /// Sends all `items` in order, waiting for room as long as it takes, with as few claims as fit:
  /// as many items at a time as there is room for. Items of other senders may come between two such
  /// claims, never within one. An empty list is sent by doing nothing.
  ///
  /// @param items not to be changed meanwhile
  /// @throws ClosedException if the channel is closed, or closes meanwhile; the items after the
  ///   first [ClosedException#sent] are still the caller's
  /// @throws InterruptedSendException if interrupted before or while waiting; the items after the
  ///   first [InterruptedSendException#sent] are still the caller's
  /// @throws NullPointerException if an item is null; none was sent
  void sendAll(List<? extends T> items) throws InterruptedException;

  /// Sends `item` without keeping the caller waiting: the future completes once the channel has
  /// taken the item, and by then holds it. What one sender sends in this way gets in in the order
  /// of the calls.
  ///
  /// Whoever completes the future first (by `cancel`, `complete`, `orTimeout`, ...) withdraws the
  /// item: it is the caller's again. If these return false the channel has taken it, and the future
  /// completes by itself without delay. Cancelling what was derived from the future (`thenApply`,
  /// ...) withdraws nothing.
  ///
  /// Nothing runs while no call is pending; one virtual thread waits for all that are. What hangs
  /// on the future runs outside of all locks, and doesn't hold up other calls.
  ///
  /// @return completes exceptionally with [ClosedException] if the channel is closed, or closes
  ///   meanwhile, and with [FullException] where the overflow policy says so; then the item is
  ///   still the caller's
  CompletableFuture<Void> sendAsync(T item);

  /// A subscriber that sends what it is given: the end of a reactive stream. It asks for `prefetch`
  /// items, then for one more whenever the channel has accepted one, and sends from a virtual
  /// thread of its own: its publisher never waits.
  ///
  /// `onComplete` closes this sender, and `onError` closes it with the cause, after what came
  /// before has been sent. If the channel refuses an item, most often since it is closed, the
  /// subscription is cancelled; a publisher has no way to take items back, so up to `prefetch` that
  /// were on their way are dropped. An exception other than [ClosedException], and a publisher that
  /// sends more than it was asked for, close the sender with that cause.
  ///
  /// @param prefetch at most how many items are on their way at a time, at least 1
  /// @return to be subscribed once
  Flow.Subscriber<T> asSubscriber(int prefetch);

  /// Says "no more": whoever waits to send is turned away, and receivers see the end once they have
  /// taken what was accepted. Never waits; a second call does nothing.
  ///
  /// Of a registered sender ([Channel#newSender]) this says that _it_ is done: the channel closes
  /// with its last one.
  @Override
  void close();

  /// As [#close()], and says why: receivers get a [ClosedException] with `cause` once they have
  /// taken what was accepted, instead of a plain end. The first cause given stays.
  void close(@Nullable Throwable cause);

  /// Whether sending is over: every send from now on throws.
  boolean isClosed();
}
