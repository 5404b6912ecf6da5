package dev.sluice.logs;

import dev.sluice.logs.Verdict.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One `--set NAME=EXPR`: gives records a field that an expression computes, in place of one of the
/// same name or after all others.
///
/// Where the expression is an error, as `bytes * 8` is where there are no bytes, the field is null,
/// and that is counted.
final class SetField {
  private static final int LONGEST = 128;

  private final String name;
  private final Computed computed;
  private final SharedShapeCache<Plan> plans = new SharedShapeCache<>(this::plan);
  private final Causes causes = new Causes();

  /// Where a shape has the field, or the shapes that have it too, by its type.
  private record Plan(int column, Map<Column.Type, Shape> grown) {}

  private SetField(String name, Computed computed) {
    this.name = name;
    this.computed = computed;
  }

  /// @param text as the user typed it: `NAME=EXPR`
  /// @param names the fields that the expression may name
  /// @throws UsageException if it cannot be understood
  static SetField parse(String text, FieldNames names) {
    int equals = text.indexOf('=');
    var name = (equals < 0 ? text : text.substring(0, equals)).strip();
    if (equals < 0
        || name.isEmpty()
        || (equals + 1 < text.length() && text.charAt(equals + 1) == '=')) {
      throw new UsageException(
          "--set: '%s' is not NAME=EXPR, as in --set 'slow=duration_ms > 500'".formatted(text));
    }
    if (ColumnNames.FIRST.contains(name)) {
      throw new UsageException(
          "--set: %s cannot be set: it tells where a record is from".formatted(name));
    }
    if (name.length() > LONGEST || name.chars().anyMatch(c -> c < ' ')) {
      throw new UsageException("--set: '%s' is no name of a field".formatted(Bytes.excerpt(name)));
    }
    var expression = text.substring(equals + 1);
    return new SetField(name, new WhereCompiler(expression, names.formats()).compileValue());
  }

  /// The field as others may name it.
  Column column() {
    return new Column(name, computed.type() == null ? Column.Type.JSON : computed.type());
  }

  LogRecord apply(LogRecord logRecord) {
    var value = computed.value(logRecord);
    if (value instanceof Failure failure) {
      causes.count(name + ": " + failure.cause());
      value = null;
    }
    var plan = plans.get(logRecord.shape());
    var values = logRecord.values();
    if (plan.column() >= 0) {
      var own = values.clone();
      own[plan.column()] = value;
      return with(logRecord, logRecord.shape(), own);
    }
    var own = Arrays.copyOf(values, values.length + 1);
    own[values.length] = value;
    var shape = plan.grown().getOrDefault(typeOf(value), logRecord.shape());
    return with(logRecord, shape, own);
  }

  private static LogRecord with(LogRecord logRecord, Shape shape, @Nullable Object[] values) {
    return new LogRecord(logRecord.source(), logRecord.line(), logRecord.time(), shape, values);
  }

  private Column.Type typeOf(@Nullable Object value) {
    var known = computed.type();
    if (known != null) {
      return known;
    }
    return switch (value) {
      case Long _ -> Column.Type.INTEGER;
      case Double _ -> Column.Type.REAL;
      case Boolean _ -> Column.Type.BOOLEAN;
      case Json _ -> Column.Type.JSON;
      case null, default -> Column.Type.TEXT;
    };
  }

  private Plan plan(Shape shape) {
    var columns = shape.columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return new Plan(i, Map.of());
      }
    }
    var grown = new EnumMap<Column.Type, Shape>(Column.Type.class);
    for (var type : Column.Type.values()) {
      var more = new ArrayList<>(columns);
      more.add(new Column(name, type));
      grown.put(type, new Shape(shape.format(), more));
    }
    return new Plan(-1, grown);
  }

  /// For how many records the field could not be computed, by cause: `rate: bytes is null`.
  Map<String, Long> errorsByCause() {
    return causes.byCause();
  }
}
