package dev.sluice.channels;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// First in, first out, in chunks that are linked as they fill and let go as they empty; bounded by
/// weight, or by count: then each item weighs 1.
final class Fifo<T> extends Buffer<T> {

  /*
   *          head = 5
   *             v
   *   first: . . a b c d  ->  e f g h i j  ->  k l . . . .  :last
   *                                                ^
   *                                             tail = 2
   *
   * One chunk that was emptied is kept for the next one that is needed: so a channel that neither
   * grows nor shrinks much allocates nothing.
   */

  private static final int CHUNK = 64;

  private static final class Chunk {
    final @Nullable Object[] items = new Object[CHUNK];
    final long @Nullable [] weights;
    @Nullable Chunk next;

    Chunk(boolean weighed) {
      weights = weighed ? new long[CHUNK] : null;
    }

    long weight(int i) {
      return weights == null ? 1 : weights[i];
    }

    void set(int i, @Nullable Object item, long weight) {
      items[i] = item;
      if (weights != null) {
        weights[i] = weight;
      }
    }
  }

  private final boolean weighed;
  private long maxWeight;
  private long weight;
  private int size;
  private Chunk first;
  private Chunk last;
  private int head;
  private int tail;
  private @Nullable Chunk spare;

  /// @param maxWeight how much fits, at least 1
  /// @param weighed whether items differ in weight
  Fifo(long maxWeight, boolean weighed) {
    resize(maxWeight);
    this.weighed = weighed;
    first = new Chunk(weighed);
    last = first;
  }

  void resize(long maxWeight) {
    if (maxWeight < 1) {
      throw new IllegalArgumentException(
          "capacity must be at least 1, but was "
              + maxWeight
              + "; for a hand-off without a buffer use Channel.rendezvous()");
    }
    this.maxWeight = maxWeight;
  }

  @Override
  boolean fits(long key) {
    return key <= maxWeight - weight && size < Integer.MAX_VALUE;
  }

  @Override
  void add(T item, long key) {
    if (tail == CHUNK) {
      var next = spare == null ? new Chunk(weighed) : spare;
      spare = null;
      last.next = next;
      last = next;
      tail = 0;
    }
    last.set(tail++, item, key);
    weight += key;
    size++;
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  @Nullable T take() {
    if (size == 0) {
      return null;
    }
    var item = (T) first.items[head];
    weight -= first.weight(head);
    first.items[head++] = null;
    size--;
    if (size == 0) {
      head = 0; // of the same chunk: it is the only one
      tail = 0;
    } else if (head == CHUNK) {
      spare = first;
      first = next(spare);
      spare.next = null;
      head = 0;
    }
    return item;
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  @Nullable T peek() {
    return (T) first.items[head]; // which is null if there is none
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  int removeIf(Predicate<? super T> filter, int max) {
    int removed = 0;
    var chunk = first;
    int i = head;
    for (int left = size; left > 0 && removed < max; left--) {
      var itsChunk = chunk;
      int itsPlace = i;
      if (++i == CHUNK && left > 1) {
        chunk = next(chunk); // before a removal may let go of this one
        i = 0;
      }
      if (filter.test((T) itsChunk.items[itsPlace])) {
        removeAt(itsChunk, itsPlace);
        removed++;
      }
    }
    return removed;
  }

  /// Moves all items before this one a place on, into its own, and takes the first place away.
  private void removeAt(Chunk chunk, int i) {
    var from = first;
    int j = head;
    Object carried = null;
    long carriedWeight = 0;
    while (true) {
      var item = from.items[j];
      long itemWeight = from.weight(j);
      from.set(j, carried, carriedWeight);
      carried = item;
      carriedWeight = itemWeight;
      if (from == chunk && j == i) {
        break;
      }
      if (++j == CHUNK) {
        from = next(from);
        j = 0;
      }
    }
    first.set(head, carried, carriedWeight);
    take();
  }

  private static Chunk next(Chunk chunk) {
    var next = chunk.next;
    if (next == null) {
      throw new AssertionError("there are more items, but no more chunks");
    }
    return next;
  }

  @Override
  List<T> toList() {
    var items = new ArrayList<T>(size);
    removeIf(
        item -> {
          items.add(item);
          return false;
        },
        Integer.MAX_VALUE);
    return items;
  }

  @Override
  int size() {
    return size;
  }

  @Override
  int capacity() {
    return (int) Math.min(maxWeight, Integer.MAX_VALUE);
  }

  @Override
  long weight() {
    return weight;
  }

  @Override
  long maxWeight() {
    return maxWeight;
  }
}
