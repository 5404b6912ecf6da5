package dev.sluice.logs;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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

  /// What some fields of a record hold, to tell records apart. Any number of threads may ask.
  public static final class Key {
    private final KnownFields fields = new KnownFields();
    private final List<KnownFields.Field> chosen;

    private Key(List<List<String>> paths) {
      chosen = paths.stream().map(fields::add).toList();
    }

    /// Equal for records whose fields are; never null. A field that is not there is like one that
    /// is null.
    public Object of(LogItem item) {
      var it = item.get();
      var places = fields.places(it.shape());
      return Arrays.asList(chosen.stream().map(field -> field.in(it, places)).toArray());
    }
  }

  /// Tells records that are new from those that are equal to an earlier one. Any number of threads
  /// may ask.
  public static final class Distinct {
    private final ReentrantLock lock = new ReentrantLock();
    private final Dedupe dedupe;

    private Distinct(Dedupe dedupe) {
      this.dedupe = dedupe;
    }

    /// Whether none equal to it was kept within the time before.
    public boolean keeps(LogItem item) {
      lock.lock();
      try {
        return dedupe.keeps(item.get());
      } finally {
        lock.unlock();
      }
    }

    /// How many records were forgotten that a later one might have been equal to.
    public long forgotten() {
      return dedupe.forgotten();
    }
  }

  /// Makes a key of some fields.
  ///
  /// @param option who asks, for the message
  /// @throws UsageException if no record can have one of them
  public Key key(String option, List<String> fields) {
    return new Key(paths(option, fields));
  }

  /// Looks for records that are equal, as `--dedupe` and `--within` do.
  ///
  /// @param by the fields that make them so; none for all of them
  /// @param within how long after one its equals are left out, by the records' own time; null for
  ///   ever
  /// @throws UsageException if no record can have one of the fields
  public Distinct distinct(List<String> by, @Nullable Duration within) {
    return new Distinct(new Dedupe(paths("dedupe", by), within));
  }

  private List<List<String>> paths(String option, List<String> fields) {
    return fields.stream().map(field -> names.path(option, field)).toList();
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
