package dev.sluice.logs;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// Remembers what was worked out for a [Shape], so that it is worked out once and not for each
/// record.
///
/// Bounded, however many shapes come and however long their names are: it forgets all of them when
/// it is full, which costs less than it seems, since those in use come back at once.
final class ShapeCache<T> {
  private static final int ROOM = 1 << 20;

  private final IdentityHashMap<Shape, T> known = new IdentityHashMap<>();
  private int used;

  @Nullable T get(Shape shape) {
    return known.get(shape);
  }

  void put(Shape shape, T value) {
    int size = 100;
    for (var column : shape.columns()) {
      size += 20 + column.name().length();
    }
    if (used + size > ROOM) {
      clear();
    }
    known.put(shape, value);
    used += size;
  }

  void clear() {
    known.clear();
    used = 0;
  }
}
