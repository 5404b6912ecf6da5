package dev.sluice.logs;

import dev.sluice.logs.KnownFields.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Makes records of the fields that the user chose, in the user's order; null where a record has no
/// such field. `source`, `line` and `time` stay with each record, chosen or not: a target that
/// writes [#names] alone leaves them out.
///
/// Any number of threads may project.
final class Projection {
  private static final int MOST_SHAPES = 1_024;

  private final List<String> names;
  private final List<String> ownNames = new ArrayList<>();
  private final List<Field> own = new ArrayList<>();
  private final KnownFields fields = new KnownFields();

  /// One for all records whose fields have the same types: targets look a shape up for each record.
  private final ConcurrentHashMap<List<Object>, Shape> shapes = new ConcurrentHashMap<>();

  /// @throws UsageException if no record can have such a field, or one is named twice
  Projection(List<String> names, FieldNames known) {
    this.names = List.copyOf(names);
    var seen = new HashSet<String>();
    for (var name : names) {
      if (!seen.add(name)) {
        throw new UsageException("--fields names %s twice".formatted(name));
      }
      var path = known.path("--fields", name);
      if (!ColumnNames.FIRST.contains(name)) {
        ownNames.add(name);
        own.add(fields.add(path));
      }
    }
  }

  /// All that was chosen.
  List<String> names() {
    return names;
  }

  List<ParsedBlock> apply(List<ParsedBlock> blocks) {
    return blocks.stream()
        .map(block ->
            new ParsedBlock(
                block.block(),
                block.records().stream().map(this::apply).toList(),
                block.rejected(),
                block.filtered()))
        .toList();
  }

  LogRecord apply(LogRecord logRecord) {
    var places = fields.places(logRecord.shape());
    var values = new @Nullable Object[own.size()];
    var types = new ArrayList<Object>(values.length + 1);
    types.add(logRecord.shape().format());
    for (int i = 0; i < values.length; i++) {
      var value = Computed.held(own.get(i).in(logRecord, places));
      values[i] = value;
      types.add(type(value, places[own.get(i).slot()], logRecord.shape()));
    }
    return new LogRecord(
        logRecord.source(), logRecord.line(), logRecord.time(), shape(types), values);
  }

  private static Column.Type type(@Nullable Object value, KnownFields.Place place, Shape shape) {
    if (place.column() >= 0 && place.rest().isEmpty()) {
      return shape.columns().get(place.column()).type();
    }
    return switch (value) {
      case Long _ -> Column.Type.INTEGER;
      case Double _ -> Column.Type.REAL;
      case Boolean _ -> Column.Type.BOOLEAN;
      case Json _ -> Column.Type.JSON;
      case null, default -> Column.Type.TEXT;
    };
  }

  private Shape shape(List<Object> types) {
    var known = shapes.get(types);
    if (known == null) {
      known = make(types);
      if (shapes.size() < MOST_SHAPES) {
        var first = shapes.putIfAbsent(List.copyOf(types), known);
        known = first == null ? known : first;
      }
    }
    return known;
  }

  private Shape make(List<Object> types) {
    var columns = new ArrayList<Column>();
    for (int i = 0; i < ownNames.size(); i++) {
      columns.add(new Column(ownNames.get(i), (Column.Type) types.get(i + 1)));
    }
    return new Shape((LogFormat) types.getFirst(), columns);
  }
}
