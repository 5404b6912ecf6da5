package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a record as an object of JSON: `source`, `line` and `time`, then its own values; see
/// `docs/formats/text.md`. A key that is taken already gets `_` appended until it is free.
final class RecordJson {
  private static final byte[] SOURCE = "{\"source\":".getBytes(UTF_8);
  private static final byte[] LINE = ",\"line\":".getBytes(UTF_8);
  private static final byte[] TIME = ",\"time\":".getBytes(UTF_8);

  private final ShapeCache<byte[][]> names = new ShapeCache<>();
  private @Nullable List<String> chosen;

  /// Writes only these fields from now on.
  void choose(List<String> fields) {
    chosen = fields;
  }

  void append(JsonBuffer json, LogRecord logRecord) {
    if (chosen != null) {
      appendChosen(json, logRecord, chosen);
      return;
    }
    json.raw(SOURCE).string(logRecord.source());
    json.raw(LINE).number(logRecord.line());
    json.raw(TIME).value(logRecord.time());
    var keys = keys(logRecord.shape());
    var values = logRecord.values();
    for (int i = 0; i < keys.length; i++) {
      json.raw(keys[i]).value(values[i]);
    }
    json.raw('}');
  }

  /// What was chosen alone, in that order: a record's own values have it already.
  private static void appendChosen(JsonBuffer json, LogRecord logRecord, List<String> names) {
    var values = logRecord.values();
    int own = 0;
    char before = '{';
    for (var name : names) {
      json.raw(before).string(name).raw(':');
      before = ',';
      switch (name) {
        case "source" -> json.string(logRecord.source());
        case "line" -> json.raw(Long.toString(logRecord.line()));
        case "time" -> json.value(logRecord.time());
        default -> json.value(values[own++]);
      }
    }
    json.raw('}');
  }

  /// The text before each value: `,"status":`.
  private byte[][] keys(Shape shape) {
    var known = names.get(shape);
    if (known == null) {
      var taken = new HashSet<>(ColumnNames.FIRST);
      var columns = shape.columns();
      known = new byte[columns.size()][];
      for (int i = 0; i < known.length; i++) {
        String key = columns.get(i).name();
        while (!taken.add(key)) {
          key += "_";
        }
        known[i] = new JsonBuffer().raw(',').string(key).raw(':').toString().getBytes(UTF_8);
      }
      names.put(shape, known);
    }
    return known;
  }
}
