package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// Parses a field of records by a format, for a pipeline that is no [LogRun]: the fields of its
/// text take its place, and its time, if it has one, that of the record. Any number of threads may
/// use it.
public final class LogParsing {
  private static final int NOWHERE = -1;

  private final String field;
  private final Dialect format;
  private final Assumptions assumptions = new Assumptions(ZoneOffset.UTC, Instant.now());
  private final ConcurrentLinkedDeque<LineParser> parsers = new ConcurrentLinkedDeque<>();
  private final SharedShapeCache<Place> places = new SharedShapeCache<>(this::place);

  /// Where records of a shape have the field, and what they become.
  private record Place(int column, SharedShapeCache<Plan> plans) {}

  /// Where the values of a new record come from.
  ///
  /// @param from which one of the record's values, or with its bits turned round which one of those
  ///   that were parsed
  private record Plan(Shape shape, int[] from) {}

  private LogParsing(String field, Dialect format) {
    this.field = field;
    this.format = format;
  }

  /// Parses `field` as a line of `format`.
  ///
  /// @throws UsageException if a line of that format cannot be understood by itself
  public static LogParsing of(String field, Dialect format) {
    switch (format.format()) {
      case CSV, TSV, W3C ->
          throw new UsageException(
              "a line of %s says nothing without its header: parse it where it is read"
                  .formatted(format.format().id()));
      case CRI, DOCKER, TRACES ->
          throw new UsageException(
              "%s is no format of a single field: parse it where it is read"
                  .formatted(format.format().id()));
      default -> {}
    }
    if (ColumnNames.FIRST.contains(field)) {
      throw new UsageException(field + " tells where a record is from: it cannot be parsed");
    }
    return new LogParsing(field, format);
  }

  /// The record with what its field says.
  ///
  /// @throws NoRecordException if it has no such field, or that is no text of the format
  public LogItem apply(LogItem item) throws NoRecordException {
    var whole = item.get();
    var place = places.get(whole.shape());
    var value = place.column() == NOWHERE ? null : whole.values()[place.column()];
    if (value == null) {
      throw new NoRecordException("no-field", "there is no field '%s'".formatted(field));
    }
    var part =
        switch (parsed(whole, value.toString().getBytes(UTF_8))) {
          case LogRecord it -> it;
          case Malformed it ->
              throw new NoRecordException(it.reason(), "%s: %s".formatted(field, it.detail()));
        };
    var plan = place.plans().get(part.shape());
    var values = new @Nullable Object[plan.from().length];
    for (int i = 0; i < values.length; i++) {
      int from = plan.from()[i];
      values[i] = from >= 0 ? whole.values()[from] : part.values()[~from];
    }
    var time = part.time() == null ? whole.time() : part.time();
    return LogItem.of(
        new LogRecord(whole.source(), whole.line(), time, plan.shape(), values), item.share());
  }

  @Override
  public String toString() {
    return "%s as %s".formatted(field, format.format().id());
  }

  private Parsed parsed(LogRecord whole, byte[] text) {
    if (Bytes.isBlank(text, 0, text.length)) {
      return new Malformed("blank", "it is empty");
    }
    var parser = parsers.pollFirst();
    if (parser == null) {
      parser = format.newParser(assumptions);
      parser.want(Wanted.ALL);
    }
    var parsed = parser.parse(whole.source(), whole.line(), text, 0, text.length);
    parsers.addFirst(parser); // one that threw is not used again
    return parsed;
  }

  private Place place(Shape whole) {
    int column = NOWHERE;
    for (int i = 0; i < whole.columns().size(); i++) {
      if (whole.columns().get(i).name().equals(field)) {
        column = i;
      }
    }
    int without = column;
    return new Place(column, new SharedShapeCache<>(part -> plan(whole, without, part)));
  }

  private static Plan plan(Shape whole, int without, Shape part) {
    var columns = new LinkedHashMap<String, Column>();
    var from = new LinkedHashMap<String, Integer>();
    for (int i = 0; i < whole.columns().size(); i++) {
      if (i != without) {
        columns.put(whole.columns().get(i).name(), whole.columns().get(i));
        from.put(whole.columns().get(i).name(), i);
      }
    }
    for (int i = 0; i < part.columns().size(); i++) {
      columns.put(part.columns().get(i).name(), part.columns().get(i));
      from.put(part.columns().get(i).name(), ~i);
    }
    // Records of any fields, as those of JSON are.
    return new Plan(
        new Shape(LogFormat.JSON, new ArrayList<>(columns.values())),
        from.values().stream().mapToInt(i -> i).toArray());
  }
}
