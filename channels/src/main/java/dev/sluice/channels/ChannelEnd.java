package dev.sluice.channels;

/// What a [Select] needs to know of a sender or a receiver: which channel it belongs to.
///
/// @param channel the channel
/// @param worker which of a stealing channel's ends it is, or [Store#ANY]
/// @param gate what closes it to senders
record ChannelEnd<T>(AbstractChannel<T> channel, int worker, Gate gate) {

  /// A sender or receiver of this library.
  interface Known<T> {
    ChannelEnd<T> end();
  }

  @SuppressWarnings("unchecked") // each of ours is known by the type of its items
  static <T> ChannelEnd<T> of(Object senderOrReceiver) {
    if (senderOrReceiver instanceof Known<?> known) {
      return (ChannelEnd<T>) known.end();
    }
    throw new IllegalArgumentException(
        "a select works on this library's own channels, but got a "
            + senderOrReceiver.getClass().getName());
  }

  boolean trySend(T item) {
    return worker == Store.ANY ? channel.trySend(item, gate) : channel.trySend(item, worker, gate);
  }
}
