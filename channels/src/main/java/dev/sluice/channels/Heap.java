package dev.sluice.channels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Lowest first, and among equals first in, first out: a binary heap in arrays.
///
/// What is lower is told by a number for each item, its rank, and among equal ranks by a comparator
/// if there is one.
final class Heap<T> extends Buffer<T> {

  /*
   * Item i has its rank and its number, by which equals are told apart, in the same place of the
   * other two arrays. Its children are 2i + 1 and 2i + 2, and neither comes before it.
   *
   * A comparator may throw. So an addition compares first, along a path that it doesn't touch yet,
   * and a removal takes back what it has moved.
   */

  private final int capacity;
  private final LongUnaryOperator rank;
  private final @Nullable Comparator<? super T> comparator;
  private @Nullable Object[] items;
  private long[] ranks;
  private long[] numbers;
  private int size;
  private long added;

  /// @param rank makes of an item's key its rank, when it is added
  Heap(int capacity, LongUnaryOperator rank, @Nullable Comparator<? super T> comparator) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
    }
    this.capacity = capacity;
    this.rank = rank;
    this.comparator = comparator;
    int places = Math.min(capacity, 64);
    items = new Object[places];
    ranks = new long[places];
    numbers = new long[places];
  }

  private Heap(Heap<T> other) {
    capacity = other.capacity;
    rank = other.rank;
    comparator = other.comparator;
    items = other.items.clone();
    ranks = other.ranks.clone();
    numbers = other.numbers.clone();
    size = other.size;
  }

  @Override
  boolean fits(long key) {
    return size < capacity;
  }

  @Override
  void add(T item, long key) {
    if (size == items.length) {
      int places = (int) Math.min(capacity, 2L * size);
      items = Arrays.copyOf(items, places);
      ranks = Arrays.copyOf(ranks, places);
      numbers = Arrays.copyOf(numbers, places);
    }
    long itsRank = rank.applyAsLong(key);
    int end = pathUp(size, item, itsRank, added);
    for (int i = size; i != end; i = parent(i)) {
      move(parent(i), i);
    }
    set(end, item, itsRank, added);
    added++;
    size++;
  }

  @Override
  @Nullable T take() {
    if (size == 0) {
      return null;
    }
    var item = item(0);
    removeAt(0);
    return item;
  }

  /// Takes out item `i`, and puts the last one where there is a place for it: that is near the end
  /// again, so the hole goes down to the end first, and then up to where the last one belongs.
  private void removeAt(int i) {
    int last = size - 1;
    var item = item(last);
    long itsRank = ranks[last];
    long number = numbers[last];
    var removed = items[i];
    long removedRank = ranks[i];
    long removedNumber = numbers[i];
    int hole = i;
    int end;
    try {
      for (int child = 2 * i + 1; child < last; child = 2 * hole + 1) {
        int other = child + 1;
        if (other < last && isBefore(item(other), ranks[other], numbers[other], child)) {
          child = other;
        }
        move(child, hole);
        hole = child;
      }
      while (hole > i && isBefore(item, itsRank, number, parent(hole))) {
        move(parent(hole), hole);
        hole = parent(hole);
      }
      end = hole == i ? pathUp(i, item, itsRank, number) : hole;
    } catch (RuntimeException | Error e) {
      for (; hole > i; hole = parent(hole)) {
        move(parent(hole), hole);
      }
      set(hole, removed, removedRank, removedNumber);
      throw e;
    }
    for (; hole != end; hole = parent(hole)) {
      move(parent(hole), hole);
    }
    if (hole < last) {
      set(hole, item, itsRank, number);
    }
    items[last] = null;
    size = last;
  }

  /// Where, from `i` upwards, an item belongs.
  private int pathUp(int i, T item, long itsRank, long number) {
    int end = i;
    while (end > 0 && isBefore(item, itsRank, number, parent(end))) {
      end = parent(end);
    }
    return end;
  }

  private boolean isBefore(T item, long itsRank, long number, int other) {
    if (itsRank != ranks[other]) {
      return itsRank < ranks[other];
    }
    int order = comparator == null ? 0 : comparator.compare(item, item(other));
    return order == 0 ? number < numbers[other] : order < 0;
  }

  private int indexOf(long number) {
    int i = 0;
    while (numbers[i] != number) {
      i++;
    }
    return i;
  }

  private static int parent(int i) {
    return (i - 1) >>> 1;
  }

  private void move(int from, int to) {
    set(to, items[from], ranks[from], numbers[from]);
  }

  private void set(int i, @Nullable Object item, long itsRank, long number) {
    items[i] = item;
    ranks[i] = itsRank;
    numbers[i] = number;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // only add fills places, and all below size
  private T item(int i) {
    return (T) items[i];
  }

  @Override
  @SuppressWarnings("unchecked") // only add fills places
  @Nullable T peek() {
    return (T) items[0];
  }

  @Override
  int removeIf(Predicate<? super T> filter, int max) {
    int removed = 0;
    var rest = new Heap<>(this);
    while (rest.size > 0 && removed < max) {
      long number = rest.numbers[0];
      if (filter.test(rest.item(0))) {
        removeAt(indexOf(number));
        removed++;
      }
      rest.removeAt(0);
    }
    return removed;
  }

  @Override
  List<T> toList() {
    var list = new ArrayList<T>(size);
    for (var rest = new Heap<>(this); rest.size > 0; rest.removeAt(0)) {
      list.add(rest.item(0));
    }
    return list;
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
