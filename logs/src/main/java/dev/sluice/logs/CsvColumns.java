package dev.sluice.logs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The columns of one CSV file, and how records become its rows.
final class CsvColumns {
  private static final int NONE = -1;

  private final List<String> header = new ArrayList<>();

  /// Where `source`, `line` and `time` go.
  private final int[] first = {0, 1, 2};

  private final Map<String, Integer> positions = new LinkedHashMap<>();
  private final ShapeCache<Place> places = new ShapeCache<>();

  /// Where the values of a shape go: to a cell each, or to `extra`.
  private record Place(int[] cells, BitSet rest) {}

  /// @param format what the records are; null if there are none
  /// @param sample the records whose keys become columns
  CsvColumns(@Nullable LogFormat format, List<LogRecord> sample) {
    header.addAll(ColumnNames.FIRST);
    var names = new ColumnNames();
    if (format != null) {
      add(format.columns(), names);
    }
    sample.forEach(logRecord -> add(logRecord.shape().columns(), names));
    end(format);
  }

  /// The columns of a file that was begun before.
  ///
  /// @param keys what [#keys] said then
  static CsvColumns of(LogFormat format, List<String> keys) {
    var columns = new CsvColumns();
    columns.add(
        keys.stream().map(key -> new Column(key, Column.Type.TEXT)).toList(), new ColumnNames());
    columns.end(format);
    return columns;
  }

  private CsvColumns() {
    header.addAll(ColumnNames.FIRST);
  }

  private void end(@Nullable LogFormat format) {
    if (format != null && format.dynamic()) {
      header.add(ColumnNames.EXTRA);
    }
  }

  private CsvColumns(List<String> names) {
    header.addAll(names);
    for (int i = 0; i < names.size(); i++) {
      positions.put(names.get(i), i);
    }
    for (int i = 0; i < first.length; i++) {
      first[i] = names.indexOf(ColumnNames.FIRST.get(i)); // -1 is NONE
    }
  }

  /// Exactly these fields, in this order.
  static CsvColumns chosen(List<String> names) {
    return new CsvColumns(names);
  }

  /// The keys that have a column, in the order of the columns.
  List<String> keys() {
    return List.copyOf(positions.keySet());
  }

  private void add(List<Column> columns, ColumnNames names) {
    for (var column : columns) {
      var name = names.find(column.name()) == null ? names.add(column.name()) : null;
      if (name != null) {
        positions.put(column.name(), header.size());
        header.add(name);
      }
    }
  }

  List<String> header() {
    return header;
  }

  /// One cell for each column; a null is an empty one.
  @Nullable Object[] row(LogRecord logRecord) {
    var row = new @Nullable Object[header.size()];
    if (first[0] != NONE) {
      row[first[0]] = logRecord.source();
    }
    if (first[1] != NONE) {
      row[first[1]] = logRecord.line();
    }
    if (first[2] != NONE) {
      row[first[2]] = logRecord.time();
    }
    var values = logRecord.values();
    var place = place(logRecord.shape());
    for (int i = 0; i < values.length; i++) {
      if (place.cells[i] != NONE) {
        row[place.cells[i]] = values[i];
      }
    }
    if (!place.rest.isEmpty()) {
      row[row.length - 1] = Extra.json(logRecord, place.rest);
    }
    return row;
  }

  private Place place(Shape shape) {
    var known = places.get(shape);
    if (known == null) {
      var columns = shape.columns();
      known = new Place(new int[columns.size()], new BitSet());
      for (int i = 0; i < columns.size(); i++) {
        known.cells[i] = positions.getOrDefault(columns.get(i).name(), NONE);
        known.rest.set(i, known.cells[i] == NONE);
      }
      places.put(shape, known);
    }
    return known;
  }
}
