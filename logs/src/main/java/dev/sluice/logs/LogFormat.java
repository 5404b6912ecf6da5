package dev.sluice.logs;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The formats that a log may have, the most specific first.
public enum LogFormat {
  /// Apache's and nginx's combined access log: [#COMMON] with the quoted fields referer and agent.
  COMBINED(
      text("host"),
      text("ident"),
      text("user"),
      text("method"),
      text("path"),
      text("protocol"),
      integer("status"),
      integer("bytes"),
      text("referer"),
      text("agent"),
      text("request")),
  /// The common access log: `host ident user [time] "request" status bytes`.
  COMMON(
      text("host"),
      text("ident"),
      text("user"),
      text("method"),
      text("path"),
      text("protocol"),
      integer("status"),
      integer("bytes"),
      text("request")),
  /// One JSON object on each line.
  JSON,
  /// Syslog: RFC 5424, RFC 3164 with or without its priority, and rsyslog's file format with ISO
  /// times.
  SYSLOG(
      text("host"),
      text("app"),
      text("pid"),
      text("msgid"),
      text("facility"),
      text("severity"),
      new Column("structured", Column.Type.JSON),
      text("message")),
  /// `key=value` pairs, with quotes where a value needs them.
  LOGFMT,
  /// Any lines at all; nothing is malformed.
  PLAIN(text("message"));

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Column> columns;

  LogFormat(Column... columns) {
    this.columns = List.of(columns);
  }

  private static Column text(String name) {
    return new Column(name, Column.Type.TEXT);
  }

  private static Column integer(String name) {
    return new Column(name, Column.Type.INTEGER);
  }

  /// Returns the format that the user calls `id`.
  ///
  /// @throws UsageException if there is none; its message names those that there are
  public static LogFormat of(String id) {
    for (var format : values()) {
      if (format.id().equals(id)) {
        return format;
      }
    }
    var known = Arrays.stream(values()).map(LogFormat::id).toList();
    throw new UsageException(
        "unknown format '%s'%s (expected %s)"
            .formatted(id, DidYouMean.hint(id, known), String.join(", ", known)));
  }

  /// What the user calls this format, and what its tables are named after: `combined`.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The columns that each record has, besides `source`, `line` and `time`; none if [#dynamic].
  List<Column> columns() {
    return columns;
  }

  /// Whether each record brings its own columns.
  boolean dynamic() {
    return columns.isEmpty();
  }

  /// Makes a parser of this format, for one thread at a time.
  LineParser newParser(Assumptions assumptions) {
    return switch (this) {
      case COMBINED, COMMON -> new AccessLogParser(this, assumptions);
      case JSON -> new JsonLineParser(assumptions);
      case SYSLOG -> new SyslogParser(assumptions);
      case LOGFMT -> new LogfmtParser(assumptions);
      case PLAIN -> new PlainParser();
    };
  }
}
