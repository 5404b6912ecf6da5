package dev.sluice.channels;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The items of a [LockedChannel], in the order in which they leave. Used under its lock only.
abstract class Buffer<T> {

  /// Whether an item with this key fits.
  abstract boolean fits(long key);

  /// Adds an item that fits. If it throws, nothing has changed.
  abstract void add(T item, long key);

  /// Takes out the next item, or returns null if there is none. If it throws, nothing has changed.
  abstract @Nullable T take();

  /// As `take()`, at one of several ends.
  @Nullable T take(int end) {
    return take();
  }

  /// One item has been added, or all that came together: what comes next may go elsewhere.
  void filled() {}

  /// One item has been taken, or all that go together: what goes next may come from elsewhere.
  void emptied() {}

  abstract @Nullable T peek();

  /// Takes out up to `max` items for which `filter` holds, from the next to the last. If it throws,
  /// those before are out.
  ///
  /// @return how many
  abstract int removeIf(Predicate<? super T> filter, int max);

  /// All items, in order.
  abstract List<T> toList();

  abstract int size();

  /// How many items fit.
  abstract int capacity();

  /// How much weight is in it.
  long weight() {
    return size();
  }

  /// How much weight fits.
  long maxWeight() {
    return capacity();
  }
}
