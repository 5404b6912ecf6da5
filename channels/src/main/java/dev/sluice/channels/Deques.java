package dev.sluice.channels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A deque for each worker, which together hold up to `capacity` items. The key of an item is the
/// worker that it is for, or [Store#ANY] for the one whose turn it is.
final class Deques<T> extends Buffer<T> {

  /// One worker's items: `size` of them from `head` on, around the end of the array.
  private static final class Deque {
    @Nullable Object[] places = new Object[16];
    int head;
    int size;

    private int place(int i) {
      return (head + i) & (places.length - 1);
    }

    void addLast(Object item) {
      if (size == places.length) {
        var more = Arrays.copyOf(places, 2 * size);
        System.arraycopy(places, 0, more, size, head); // those around the end follow the others now
        Arrays.fill(more, 0, head, null);
        places = more;
      }
      places[place(size)] = item;
      size++;
    }

    @Nullable Object takeFirst() {
      int i = place(0);
      var item = places[i];
      places[i] = null;
      head = place(1);
      size--;
      return item;
    }

    @Nullable Object takeLast() {
      int i = place(size - 1);
      var item = places[i];
      places[i] = null;
      size--;
      return item;
    }

    @Nullable Object get(int i) {
      return places[place(i)];
    }

    /// Takes out up to `max` items; also if `filter` throws, those before are out.
    int removeIf(Predicate<@Nullable Object> filter, int max) {
      int i = 0;
      int kept = 0;
      try {
        for (; i < size && i - kept < max; i++) {
          var item = get(i);
          if (!filter.test(item)) {
            places[place(kept++)] = item;
          }
        }
      } finally {
        for (; i < size; i++) {
          places[place(kept++)] = get(i);
        }
        for (int k = kept; k < size; k++) {
          places[place(k)] = null;
        }
        i = size - kept;
        size = kept;
      }
      return i;
    }
  }

  private final int capacity;
  private final List<Deque> deques;
  private int size;

  /// Which deque is filled next, and which is emptied, by whoever is no worker.
  private int fill;

  private int empty;

  Deques(int workers, int capacity) {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, but was " + workers);
    }
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
    }
    this.capacity = capacity;
    deques = IntStream.range(0, workers).mapToObj(i -> new Deque()).toList();
  }

  @Override
  boolean fits(long key) {
    return size < capacity;
  }

  @Override
  void add(T item, long key) {
    deques.get(key == Store.ANY ? fill : (int) key).addLast(item);
    size++;
  }

  @Override
  void filled() {
    fill = next(fill);
  }

  @Override
  void emptied() {
    empty = next(empty);
  }

  private int next(int worker) {
    return worker + 1 == deques.size() ? 0 : worker + 1;
  }

  @Override
  @Nullable T take() {
    if (size == 0) {
      return null;
    }
    while (deques.get(empty).size == 0) {
      empty = next(empty);
    }
    return takeFirst(deques.get(empty));
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  @Nullable T take(int worker) {
    if (worker == Store.ANY || size == 0) {
      return take();
    }
    var own = deques.get(worker);
    if (own.size > 0) {
      return takeFirst(own);
    }
    int victim = next(worker);
    while (deques.get(victim).size == 0) {
      victim = next(victim);
    }
    size--;
    return (T) deques.get(victim).takeLast();
  }

  @SuppressWarnings("unchecked") // only add fills places
  private @Nullable T takeFirst(Deque deque) {
    size--;
    return (T) deque.takeFirst();
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  @Nullable T peek() {
    if (size == 0) {
      return null;
    }
    int worker = empty;
    while (deques.get(worker).size == 0) {
      worker = next(worker);
    }
    return (T) deques.get(worker).get(0);
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  int removeIf(Predicate<? super T> filter, int max) {
    int removed = 0;
    for (var deque : deques) {
      int before = deque.size;
      try {
        removed += deque.removeIf((Predicate<@Nullable Object>) filter, max - removed);
      } finally {
        size -= before - deque.size;
      }
    }
    return removed;
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  List<T> toList() {
    var items = new ArrayList<T>(size);
    for (var deque : deques) {
      for (int i = 0; i < deque.size; i++) {
        items.add((T) deque.get(i));
      }
    }
    return items;
  }

  @Override
  int size() {
    return size;
  }

  @Override
  int capacity() {
    return capacity;
  }
}
