package dev.sluice.logs;

import dev.sluice.logs.Verdict.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields that an expression names, and where a record of some [Shape] has them.
///
/// A field is a path: `status`, or `http.status` for a value within a JSON column. A column whose
/// own name has dots is found before a path through a shorter one. `source`, `line` and `time` are
/// the record's own; a column of one of these names is found with an underscore behind it, as in
/// tables.
///
/// Fields are added first, by one thread; from then on any number of threads look them up.
final class KnownFields {
  private static final int CACHED_SHAPES = 256;

  /// A path, its number among the fields of the expression, and what to say where it is null.
  record Field(int slot, List<String> path, Failure isNull) {
    /// The value in a record, or null if the record has none.
    @Nullable Object in(LogRecord record, Place[] places) {
      return places[slot].value(record);
    }

    @Override
    public String toString() {
      return String.join(".", path);
    }
  }

  /// Where records of a shape have a field.
  ///
  /// @param column the position among the shape's columns, or one of the negative constants
  /// @param rest the way from there into a JSON value
  record Place(int column, List<String> rest) {
    private static final int NONE = -1;
    private static final int SOURCE = -2;
    private static final int LINE = -3;
    private static final int TIME = -4;
    private static final Map<String, Integer> OWN =
        Map.of("source", SOURCE, "line", LINE, "time", TIME);
    private static final Place NOWHERE = new Place(NONE, List.of());

    private @Nullable Object value(LogRecord record) {
      if (column >= 0) {
        var value = record.values()[column];
        return rest.isEmpty() ? value : value instanceof Json json ? Nested.at(json, rest) : null;
      }
      return switch (column) {
        case SOURCE -> record.source();
        case LINE -> (Object) record.line();
        case TIME -> record.time();
        default -> null;
      };
    }
  }

  private static final class Placed {
    private final Shape shape;
    private final Place[] places;

    Placed(Shape shape, Place[] places) {
      this.shape = shape;
      this.places = places;
    }
  }

  private final List<Field> fields = new ArrayList<>();
  private final Map<List<String>, Field> byPath = new HashMap<>();

  /*
   * A direct-mapped cache. Its entries are written and read without any order between threads: a Placed is immutable,
   * so whoever sees one sees all of it, and whoever misses one works it out again. Shapes that share an entry replace
   * each other, so a log with ever new shapes costs time and no memory.
   */
  private final @Nullable Placed[] cache = new @Nullable Placed[CACHED_SHAPES];

  /// The path that a name like `http.status` is.
  static List<String> path(String name) {
    return List.of(name.split("\\.", -1));
  }

  Field add(List<String> path) {
    return byPath.computeIfAbsent(
        List.copyOf(path),
        key -> {
          var field =
              new Field(fields.size(), key, new Failure(String.join(".", key) + " is null"));
          fields.add(field);
          return field;
        });
  }

  /// The column that is found as `name` since each record has a value of the column's own name:
  /// `line` for `line_`. Null if there is no such.
  static @Nullable String hidden(String name) {
    var column = name.endsWith("_") ? name.substring(0, name.length() - 1) : "";
    return Place.OWN.containsKey(column) ? column : null;
  }

  /// What of a record must be there for these fields to be found.
  Wanted wanted() {
    return Wanted.of(byPath.keySet());
  }

  /// Where records of `shape` have each field, by the fields' slots.
  Place[] places(Shape shape) {
    int entry = System.identityHashCode(shape) & (CACHED_SHAPES - 1);
    var cached = cache[entry];
    if (cached == null || cached.shape != shape) {
      cached = new Placed(shape, locate(shape));
      cache[entry] = cached;
    }
    return cached.places;
  }

  private Place[] locate(Shape shape) {
    var columns = new HashMap<String, Integer>();
    for (int i = 0; i < shape.columns().size(); i++) {
      var name = shape.columns().get(i).name();
      columns.putIfAbsent(Place.OWN.containsKey(name) ? name + "_" : name, i);
    }
    columns.putAll(Place.OWN);
    return fields.stream().map(field -> locate(field.path, columns)).toArray(Place[]::new);
  }

  private static Place locate(List<String> path, Map<String, Integer> columns) {
    for (int known = path.size(); known > 0; known--) {
      var name = String.join(".", path.subList(0, known));
      var rest = path.subList(known, path.size());
      var column = columns.get(name);
      if (column != null) {
        return new Place(column, rest);
      }
    }
    return Place.NOWHERE;
  }
}
