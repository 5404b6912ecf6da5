package dev.sluice.logs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The shapes of a format whose records have columns of their own behind those that all have. For
/// one thread at a time.
///
/// The type of such a column only ever widens (not yet known, INTEGER, REAL, TEXT), so that records
/// with the same columns soon have the same shape. Bounded, whatever names come: it forgets them
/// when they are too many.
final class OpenShapes {
  private static final int ROOM = 512;

  private final LogFormat format;
  private final List<Column> first;
  private final Map<String, Column.Type> types = new HashMap<>();
  private final Map<List<String>, Shape> shapes = new HashMap<>();
  private List<String> lastNames = List.of();
  private @Nullable Shape last;

  OpenShapes(LogFormat format, List<Column> first) {
    this.format = format;
    this.first = first;
  }

  /// @param names of the further columns
  /// @param values of all columns
  Shape of(List<String> names, @Nullable Object[] values) {
    boolean widened = false;
    for (int i = 0; i < names.size(); i++) {
      var type = Fields.typeOf(values[first.size() + i]);
      if (type != null) {
        var name = names.get(i);
        var known = types.get(name);
        if (known != type) {
          var wide = Fields.wider(known, type);
          if (wide != known) {
            types.put(name, wide);
            widened = true;
          }
        }
      }
    }
    if (widened || shapes.size() >= ROOM) {
      shapes.clear();
      last = null;
    }
    if (last != null && names.equals(lastNames)) {
      return last;
    }
    var known = shapes.get(names);
    if (known == null) {
      known = shape(names);
      shapes.put(List.copyOf(names), known);
    }
    lastNames = List.copyOf(names);
    last = known;
    return known;
  }

  private Shape shape(List<String> names) {
    var columns = new ArrayList<>(first);
    for (var name : names) {
      columns.add(new Column(name, types.getOrDefault(name, Column.Type.TEXT)));
    }
    if (types.size() > ROOM) {
      types.clear();
    }
    return new Shape(format, columns);
  }
}
