package dev.sluice.channels;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.function.ToIntFunction;

/// A hand-off between threads: senders wait while it is full, receivers while it is empty.
///
/// A channel is open, then closed, and never reopens. Closing turns senders away at once but lets
/// receivers finish, so an item that [#send] accepted is never lost to a close:
///
/// | | room, or an item | full, or empty | closed, items left | closed and empty |
/// |---|---|---|---|---|
/// | `send(x)` | accepts | waits | throws | throws |
/// | `trySend(x)` | true | false | throws | throws |
/// | `send(x, patience)` | true | waits, then false | throws | throws |
/// | `receive()` | the item | waits | the item | throws |
/// | `tryReceive()` | the item | null | the item | null |
/// | `receive(patience)` | the item | waits, then null | the item | null |
/// | `for (T x : channel)` | the loop body | waits | continues | ends |
///
/// "Throws" is [ClosedException]. Any number of threads may send and receive. What a thread did
/// before sending an item _happens-before_ what another does after receiving it. Items leave in the
/// order in which they were accepted. The channel keeps no reference to what was taken.
///
/// Whoever stops waiting, by interrupt, timeout or close, neither loses an item nor keeps another
/// from being woken.
///
/// What may wait throws at once when the thread is interrupted already, as in
/// `java.util.concurrent`, even if it need not have waited: so an interrupt also ends a loop that
/// never waits. Once an item has been moved no interrupt takes that back: the call returns, and the
/// thread's interrupt flag stays set. All other calls never wait and leave the flag alone.
///
/// There are several kinds. All of them keep what is said here, but for:
///
/// | kind | order | is full when it holds | `size` | `sendAll` that fits |
/// |---|---|---|---|---|
/// | `bounded` | first in, first out | `capacity` items | exact | one step |
/// | `resizable` | first in, first out | the capacity that it has then | exact | one step |
/// | `weighed` | first in, first out | items whose weights leave no room | exact | one step |
/// | `priority` | lowest first; equals as they came | `capacity` items | exact | one step |
/// | `latest` | there is only one | never: it replaces | exact, 0 or 1 | an item at a time |
/// | `unbounded` | first in, first out | never | exact | one step |
/// | `stealing` | of one worker's, while it isn't stolen | `capacity` items | exact | to one worker |
/// | `rendezvous` | first in, first out | no receiver waits | 0 | an item at a time |
/// | `after` | there is only one | nobody sends | exact, 0 or 1 | none |
/// | `tick` | only the last that is due is there | nobody sends | exact, 0 or 1 | none |
///
/// | kind | overflow policies | fair | closes | removal from its middle |
/// |---|---|---|---|---|
/// | `bounded` | all | if set | when told to | with `removable()` |
/// | `resizable` | all; made smaller it may drop several for one | if set | when told to | yes |
/// | `weighed` | all; may drop several for one | its senders always | when told to | yes |
/// | `priority` | all; the next is the "oldest" | if set | when told to | yes |
/// | `latest` | drop oldest, with or without callback | if set | when told to | yes |
/// | `unbounded` | none | if set | when told to | yes |
/// | `stealing` | all; any worker's first is the "oldest" | if set | when told to | yes |
/// | `rendezvous` | all but drop oldest | always | when told to | no |
/// | `after` | none | if set | by itself, when due; or by `cancel` | no |
/// | `tick` | none | if set | by `cancel` | no |
///
/// With `dropOldest` a receiver may find a `bounded` channel empty for a moment, if its capacity is
/// 1; the others drop and take in as one step.
///
/// @param <T> what travels; never null
public interface Channel<T> extends Sender<T>, Receiver<T> {

  /// Makes a channel that holds up to `capacity` items.
  ///
  /// @param capacity exactly how many items fit, at least 1
  static <T> Channel<T> bounded(int capacity) {
    return Channel.<T>builder().bounded(capacity);
  }

  /// Makes a channel that holds nothing: a send meets a receive, and each waits for the other. What
  /// was sent has been received, by a thread that waited for it. Its size and capacity are 0, and
  /// `trySend` succeeds only when a receiver waits.
  static <T> Channel<T> rendezvous() {
    return Channel.<T>builder().rendezvous();
  }

  /// Makes a channel that holds up to `capacity` items, which can be changed while it is in use.
  ///
  /// It has a lock where [#bounded] has a ring, so it is slower.
  ///
  /// @param capacity at least 1
  static <T> ResizableChannel<T> resizable(int capacity) {
    return Channel.<T>builder().resizable(capacity);
  }

  /// Makes a channel that hands out the lowest item first, and equal ones in the order in which
  /// they came. Items need not be comparable themselves.
  ///
  /// @param capacity exactly how many items fit, at least 1
  /// @param order called under a lock, by senders and receivers: it must be quick. If it throws,
  ///   the caller of the channel gets that, and keeps its item or gets none
  static <T> Channel<T> priority(int capacity, Comparator<? super T> order) {
    return Channel.<T>builder().priority(capacity, order);
  }

  /// Makes a channel that hands out the item of the lowest level first, and those of the same level
  /// in the order in which they came. Faster than by a comparator.
  ///
  /// @param capacity exactly how many items fit, at least 1
  /// @param level asked once for each item
  /// @see ChannelBuilder#ageing
  static <T> Channel<T> priority(int capacity, ToIntFunction<? super T> level) {
    return Channel.<T>builder().priority(capacity, level);
  }

  /// Makes a channel that keeps the newest item only: who sends replaces what is there, and never
  /// waits. For what is out of date when there is something newer.
  static <T> Channel<T> latest() {
    return Channel.<T>builder().latest();
  }

  /// Makes a channel that is never full. If senders are faster than receivers for long it takes all
  /// the memory there is: prefer a bound.
  static <T> Channel<T> unbounded() {
    return Channel.<T>builder().unbounded();
  }

  /// Makes a channel with a queue for each of `workers`, for those who make work for each other.
  ///
  /// @param workers at least 1
  /// @param capacity exactly how many items fit into all queues together, at least 1
  static <T> StealingChannel<T> stealing(int workers, int capacity) {
    return Channel.<T>builder().stealing(workers, capacity);
  }

  /// Opens a channel that gives one item, when `delay` has passed, and has ended then. The item is
  /// the delay. It costs no thread, and nothing at all while nobody waits for it.
  ///
  /// @param delay zero or less is due at once
  static Receiver<Duration> after(Duration delay) {
    return Channel.<Duration>builder().after(delay);
  }

  /// Opens a channel that gives an item each time that another `period` has passed: the time since
  /// it was opened, at which the item was due. Who comes late gets the last one that is due; those
  /// before it are not kept. It ends by [Receiver#cancel].
  ///
  /// @param period above zero
  static Receiver<Duration> tick(Duration period) {
    return Channel.<Duration>builder().tick(period);
  }

  /// Starts the settings of a channel: a name, what happens when it is full, fairness.
  static <T> ChannelBuilder<T> builder() {
    return new ChannelBuilder<>();
  }

  /// Registers one more producer. The channel closes when the last registered one has closed.
  ///
  /// Register all of them before the first can be done, that is before their threads start, or take
  /// them together from [#senders]: a channel whose only producer is done has closed.
  ///
  /// A producer that fails closes with a cause. The others go on; the channel's receivers get the
  /// first cause when the last producer has closed.
  ///
  /// The channel remains a sender itself: it needs no registration to send, and closing it closes
  /// every registered one.
  ///
  /// @throws ClosedException if the channel is closed already
  Sender<T> newSender();

  /// Registers `count` producers at once, so that none can be the last before all are there: see
  /// [#newSender].
  ///
  /// @param count at least 1
  /// @throws ClosedException if the channel is closed already
  List<Sender<T>> senders(int count);

  /// This channel as a queue of `java.util.concurrent`: for executors, loggers, and whoever else
  /// asks for one. It keeps nothing of its own: both may be used at the same time.
  ///
  /// Where the two differ it does what a queue does: `drainTo` refuses the queue itself, and
  /// negative limits mean 0. A closed channel shows like this: `put`, `offer` and `add` throw
  /// [ClosedException], `take` throws it once the channel is empty, and `poll` returns null. An
  /// overflow policy holds for the queue too, so that `put` may drop or fail instead of waiting.
  ///
  /// Iterators, streams and `toArray` show what was there when they began. Removing from the middle
  /// (`remove(Object)`, `removeIf`, `removeAll`, `retainAll`, an iterator's `remove`) needs a
  /// channel that was made for it; others throw [UnsupportedOperationException]. An iterator
  /// removes the very object that it returned, if it is still there, and not another that is equal
  /// to it; of one object that is in the channel twice, the first place goes.
  ///
  /// `drainTo` into a collection that refuses an item throws [RefusedItemsException], which hands
  /// over what was taken and not added.
  BlockingQueue<T> asBlockingQueue();

  /// How many items are in the channel now: from 0 to [#capacity].
  int size();

  /// How many items fit.
  int capacity();

  /// What it is called in messages, stats and monitors.
  String name();

  /// What it has done and who waits for it. Reading it costs the channel's users nothing.
  Stats stats();

  /// Tells `listener` when `high` items have piled up, and then when no more than `low` are left:
  /// between the two it hears nothing, so that a size that trembles around a line doesn't.
  ///
  /// If the backlog is high already the listener is told at once, on the calling thread.
  ///
  /// @param high above `low`
  /// @param low 0 or more
  void onBacklog(int high, int low, BacklogListener listener);
}
