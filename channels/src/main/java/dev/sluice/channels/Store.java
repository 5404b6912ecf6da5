package dev.sluice.channels;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Where a channel's items are: it says whether an item fits and whether there is one, and knows no
/// thread. A kind of channel is a store; the rest is [AbstractChannel].
///
/// None of this waits, but for a hand-over that another thread has begun.
abstract class Store<T> {

  /// The end that hands out what is next, whoever asks.
  static final int ANY = -1;

  /// Takes `item` in if there is room and the store isn't sealed.
  abstract boolean offer(T item);

  /// Takes in as many of `items` as fit, from `from` on, as one step.
  ///
  /// @return how many
  abstract int offerAll(T[] items, int from);

  /// As `offer(item)`, of a store that has `keys`.
  boolean offer(T item, long key) {
    return offer(item);
  }

  /// As `offerAll(items, from)`, of a store that has `keys`.
  ///
  /// @param itemKeys the key of each item; null if the store has no `keys`
  int offerAll(T[] items, long @Nullable [] itemKeys, int from) {
    return offerAll(items, from);
  }

  /// Takes `item` in, and hands out as many as are in its way, unless the store is sealed.
  ///
  /// @param out gets what was handed out: also if the store comes to be sealed meanwhile
  /// @return whether the item was taken in
  boolean displace(T item, long key, List<T> out) {
    while (!isSealed()) {
      if (offer(item, key)) {
        return true;
      }
      var next = poll();
      if (next != null) {
        out.add(next);
      }
    }
    return false;
  }

  /// Hands out the next item, or null if there is none.
  abstract @Nullable T poll();

  /// Hands out up to `max` items that are there, as one step.
  abstract List<T> pollAll(int max);

  /// As `poll()`, at one of several ends.
  @Nullable T poll(int end) {
    return poll();
  }

  /// As `pollAll(max)`, at one of several ends.
  List<T> pollAll(int max, int end) {
    return pollAll(max);
  }

  /// The item that `poll` would hand out now, or null if there is none; it stays.
  abstract @Nullable T peek();

  /// The items that are there, in order: each was at some moment during the call.
  abstract List<T> snapshot();

  /// Whether an item might fit: whether it is worth waking a sender.
  abstract boolean hasRoom();

  /// Whether an item with this key might fit.
  boolean hasRoom(long key) {
    return hasRoom();
  }

  /// Whether there is an item.
  abstract boolean hasItem();

  /// Makes every later offer fail. What was taken in before can still be polled.
  abstract void seal();

  abstract boolean isSealed();

  /// How many items were ever taken in.
  abstract long accepted();

  /// How many items were ever handed out.
  abstract long taken();

  /// Nanoseconds until there will be an item without anybody's doing: for a store that time fills.
  long dueIn() {
    return AbstractChannel.FOREVER;
  }

  /// Hands out up to `max` items for which `filter` holds, wherever they are in the order.
  int pollIf(Predicate<? super T> filter, int max) {
    throw new UnsupportedOperationException(
        name()
            + " keeps its items in order and can't take one out of their middle; make it with"
            + " Channel.builder().removable(), or with another kind than bounded");
  }

  /// How much weight is in it.
  long weight() {
    return size();
  }

  /// How much weight fits.
  long maxWeight() {
    return capacity();
  }

  public abstract int size();

  public abstract int capacity();

  public abstract String name();
}
