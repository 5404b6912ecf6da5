package dev.sluice.logs;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Expressions about records, as `--where` and `--set` have them, for a pipeline that is no
/// [LogRun]. It knows the fields that a record may have at this point of the pipeline, so that a
/// misspelt one is told.
public final class LogExpressions {
  private FieldNames names;

  private LogExpressions(FieldNames names) {
    this.names = names;
  }

  /// Begins with records of these formats; of none: with any fields.
  public static LogExpressions of(Collection<LogFormat> formats) {
    var columns = new EnumMap<LogFormat, List<Column>>(LogFormat.class);
    formats.forEach(format -> columns.put(format, format.columns()));
    if (columns.isEmpty()) {
      columns.put(LogFormat.JSON, LogFormat.JSON.columns());
    }
    return new LogExpressions(new FieldNames(columns));
  }

  /// From here on a record may have any field.
  public void forget() {
    names = of(List.of()).names;
  }

  /// Any number of threads may test items.
  public static final class Condition {
    private final Where where;

    private Condition(Where where) {
      this.where = where;
    }

    /// Whether it holds; an error, such as a comparison with null, means that it does not.
    public boolean test(LogItem item) {
      return where.test(item.get());
    }

    /// For how many it was an error, by cause.
    public Map<String, Long> errors() {
      return where.errorsByCause();
    }
  }

  /// Any number of threads may change items.
  public static final class Field {
    private final SetField field;

    private Field(SetField field) {
      this.field = field;
    }

    /// The item with the field; null where it could not be computed.
    public LogItem apply(LogItem item) {
      return LogItem.of(field.apply(item.get()), null);
    }

    /// For how many it could not be computed, by cause.
    public Map<String, Long> errors() {
      return field.errorsByCause();
    }
  }

  /// Compiles a condition.
  ///
  /// @throws UsageException if `expression` cannot be understood, or is no condition
  public Condition condition(String expression) {
    return new Condition(Where.compile(expression, names.formats()));
  }

  /// Computes a field, which later expressions may name.
  ///
  /// @throws UsageException if `name` or `expression` cannot be understood
  public Field field(String name, String expression) {
    var field = SetField.parse(name + "=" + expression, names);
    names = names.with(field.column());
    return new Field(field);
  }
}
