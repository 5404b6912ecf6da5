package dev.sluice.channels;

import java.util.List;

/// A bounded hand-off between threads: senders wait while it is full, receivers while it is empty.
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
