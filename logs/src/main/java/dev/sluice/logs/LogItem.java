package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What was read, for a pipeline that is no [LogRun]: a record, what is no record, or a blank line.
/// Immutable.
public final class LogItem {
  private static final ConcurrentLinkedDeque<JsonLineParser> PARSERS =
      new ConcurrentLinkedDeque<>();
  private static final SharedShapeCache<Plan> PLANS = new SharedShapeCache<>(LogItem::plan);

  /// A shape without the columns that every record has anyway.
  ///
  /// @param columns which of the shape's columns stay
  private record Plan(Shape shape, int[] columns) {}

  private final @Nullable LogRecord logRecord;
  private final @Nullable Rejected rejected;
  private final LogReading.@Nullable Share share;

  private LogItem(
      @Nullable LogRecord logRecord,
      @Nullable Rejected rejected,
      LogReading.@Nullable Share share) {
    this.logRecord = logRecord;
    this.rejected = rejected;
    this.share = share;
  }

  static LogItem of(LogRecord logRecord, LogReading.@Nullable Share share) {
    return new LogItem(logRecord, null, share);
  }

  static LogItem of(Rejected rejected, LogReading.Share share) {
    return new LogItem(null, rejected, share);
  }

  static LogItem blank(LogReading.Share share) {
    return new LogItem(null, null, share);
  }

  /// Makes an item of a JSON object. Its `source` and `line`, if it has them, are not taken over.
  ///
  /// @param source where it is said to be from
  /// @param line which line there
  /// @throws NoRecordException if `json` is no object of JSON in one line
  public static LogItem ofJson(String source, long line, String json) throws NoRecordException {
    var parser = PARSERS.pollFirst();
    if (parser == null) {
      parser = new JsonLineParser(new Assumptions(ZoneOffset.UTC, Instant.now()));
    }
    byte[] bytes = json.strip().getBytes(UTF_8);
    var parsed = parser.parse(source, line, bytes, 0, bytes.length);
    PARSERS.addFirst(parser); // one that threw is not used again
    return switch (parsed) {
      case LogRecord it -> of(withoutPlace(it), null);
      case Malformed it -> throw new NoRecordException(it.reason(), it.detail());
    };
  }

  private static LogRecord withoutPlace(LogRecord it) {
    var plan = PLANS.get(it.shape());
    int[] columns = plan.columns();
    if (columns.length == it.values().length) {
      return it;
    }
    var values = new @Nullable Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      values[i] = it.values()[columns[i]];
    }
    return new LogRecord(it.source(), it.line(), it.time(), plan.shape(), values);
  }

  private static Plan plan(Shape shape) {
    var kept = new ArrayList<Column>();
    int[] columns =
        IntStream.range(0, shape.columns().size())
            .filter(i -> !ColumnNames.FIRST.contains(shape.columns().get(i).name()))
            .toArray();
    for (int column : columns) {
      kept.add(shape.columns().get(column));
    }
    return new Plan(new Shape(shape.format(), kept), columns);
  }

  /// Whether it is a line of nothing but spaces.
  public boolean isBlank() {
    return logRecord == null && rejected == null;
  }

  /// This, if it is a record.
  ///
  /// @throws NoRecordException if it is none, with the reason
  public LogItem understood() throws NoRecordException {
    if (rejected != null) {
      throw new NoRecordException(rejected.reason(), rejected.detail());
    }
    return this;
  }

  /// Where it was read, as the user calls it.
  public String source() {
    return logRecord != null ? logRecord.source() : rejected != null ? rejected.source() : "";
  }

  /// Which line there, from 1; 0 if that is not known.
  public long line() {
    return logRecord != null ? logRecord.line() : rejected != null ? rejected.line() : 0;
  }

  /// A record as JSON; of what is none, its text.
  public String text() {
    if (logRecord != null) {
      var json = new JsonBuffer();
      new RecordJson().append(json, logRecord);
      return new String(json.take(), UTF_8);
    }
    return rejected == null ? "" : new String(rejected.bytes(), UTF_8);
  }

  /// The record; only where [#understood] has not thrown.
  LogRecord get() {
    if (logRecord == null) {
      throw new IllegalStateException("no record: " + source() + ":" + line());
    }
    return logRecord;
  }

  LogReading.@Nullable Share share() {
    return share;
  }

  @Override
  public String toString() {
    return text();
  }
}
