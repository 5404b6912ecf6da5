package dev.sluice.logs;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Remembers what was worked out for a [Shape], for any number of threads.
///
/// A direct-mapped cache whose entries are written and read without any order between threads: an
/// entry never changes, so whoever sees one sees all of it, and whoever misses one works it out
/// again. Shapes that share a place replace each other, so a log with ever new shapes costs time
/// and no memory.
///
/// @param <T> immutable, with final fields only
final class SharedShapeCache<T> {
  private static final int PLACES = 256;

  private static final class Entry<T> {
    private final Shape shape;
    private final T value;

    Entry(Shape shape, T value) {
      this.shape = shape;
      this.value = value;
    }
  }

  private final @Nullable Object[] places = new @Nullable Object[PLACES];
  private final Function<Shape, T> make;

  SharedShapeCache(Function<Shape, T> make) {
    this.make = make;
  }

  @SuppressWarnings("unchecked") // nothing else is put there
  T get(Shape shape) {
    int place = System.identityHashCode(shape) & (PLACES - 1);
    var entry = (Entry<T>) places[place];
    if (entry == null || entry.shape != shape) {
      entry = new Entry<>(shape, make.apply(shape));
      places[place] = entry;
    }
    return entry.value;
  }
}
