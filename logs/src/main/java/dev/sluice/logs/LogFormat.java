package dev.sluice.logs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The formats that a log may have. `docs/formats/formats.md` describes each.
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
  /// [#COMBINED] or [#COMMON] with more fields behind, as nginx's own `main` has one.
  ACCESS(true, COMBINED.columns),
  /// [#ACCESS] with the virtual host and its port in front, as Debian's other_vhosts_access.log.
  VHOST(true, joined(List.of(text("vhost"), integer("port")), COMBINED.columns)),
  /// One JSON object on each line, or on several.
  JSON(true),
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
  LOGFMT(true),
  /// nginx's error log.
  NGINX_ERROR(
      text("level"),
      integer("pid"),
      integer("tid"),
      integer("connection"),
      text("message"),
      text("client"),
      text("server"),
      text("request"),
      text("upstream"),
      text("host"),
      text("referrer")),
  /// Apache's error log, as 2.4 and as 2.2 write it.
  APACHE_ERROR(
      text("module"),
      text("level"),
      integer("pid"),
      integer("tid"),
      text("client"),
      text("code"),
      text("message"),
      text("referer")),
  /// What programs write with Log4j, Logback, Spring Boot, Python's logging, glog and their like: a
  /// time, a level, perhaps thread and logger, a message, perhaps a stack trace on further lines.
  APP(
      text("level"),
      text("thread"),
      text("logger"),
      integer("pid"),
      text("message"),
      text("exception"),
      text("trace"),
      text("clock")),
  /// Any lines, some of them stack traces of Java or Python.
  TRACES(text("message"), text("exception"), text("trace")),
  /// Kubernetes' container runtime interface: `time stream P|F`, then a line of another format.
  CRI(true),
  /// Docker's json-file: `{"log":...,"stream":...,"time":...}` around a line of another format.
  DOCKER(true),
  /// W3C extended, as IIS writes it: `#Fields:` says what the columns are.
  W3C(true),
  /// The access log of an AWS application load balancer.
  ALB(AlbColumns.ALL),
  /// Values separated by commas, semicolons or bars, with a header.
  CSV(true),
  /// Values separated by tabs, with a header.
  TSV(true),
  /// systemd's journal as `journalctl -o export` writes it.
  JOURNAL(true),
  /// A pattern of the user's, made of named patterns: `grok:%{IP:client} %{GREEDYDATA:rest}`.
  GROK(true),
  /// A regular expression of the user's with named groups: `regex:(?<client>\S+) (?<rest>.*)`.
  REGEX(true),
  /// Any lines at all; nothing is malformed.
  PLAIN(text("message"));

  /// What else a user may call a format.
  private static final Map<String, LogFormat> ALIASES =
      Map.ofEntries(
          Map.entry("nginx", ACCESS),
          Map.entry("apache", COMBINED),
          Map.entry("other_vhosts", VHOST),
          Map.entry("log4j", APP),
          Map.entry("logback", APP),
          Map.entry("spring", APP),
          Map.entry("python", APP),
          Map.entry("glog", APP),
          Map.entry("klog", APP),
          Map.entry("java", TRACES),
          Map.entry("iis", W3C),
          Map.entry("elb", ALB),
          Map.entry("k8s", CRI),
          Map.entry("kubernetes", CRI),
          Map.entry("jsonl", JSON),
          Map.entry("ndjson", JSON),
          Map.entry("journald", JOURNAL),
          Map.entry("journal_export", JOURNAL));

  private final boolean dynamic;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.copyOf
  private final List<Column> columns;

  LogFormat(Column... columns) {
    this(false, List.of(columns));
  }

  LogFormat(List<Column> columns) {
    this(false, columns);
  }

  LogFormat(boolean dynamic) {
    this(dynamic, List.of());
  }

  LogFormat(boolean dynamic, List<Column> columns) {
    this.dynamic = dynamic;
    this.columns = List.copyOf(columns);
  }

  private static Column text(String name) {
    return new Column(name, Column.Type.TEXT);
  }

  private static Column integer(String name) {
    return new Column(name, Column.Type.INTEGER);
  }

  private static List<Column> joined(List<Column> first, List<Column> second) {
    var all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /// Returns the format that the user calls `id`. A hyphen in it counts as an underscore.
  ///
  /// @throws UsageException if there is none; its message names those that there are
  public static LogFormat of(String id) {
    var wanted = id.toLowerCase(Locale.ROOT).replace('-', '_');
    for (var format : values()) {
      if (format.id().equals(wanted)) {
        return format;
      }
    }
    var other = ALIASES.get(wanted);
    if (other != null) {
      return other;
    }
    var known = ids();
    var near = new ArrayList<>(known);
    near.addAll(ALIASES.keySet());
    throw new UsageException(
        "unknown format '%s'%s (expected %s)"
            .formatted(id, DidYouMean.hint(id, near), String.join(", ", known)));
  }

  /// What the user calls the formats, [#GROK] and [#REGEX] with what belongs behind them.
  public static List<String> ids() {
    return Arrays.stream(values())
        .map(format ->
            switch (format) {
              case GROK -> "grok:PATTERN";
              case REGEX -> "regex:PATTERN";
              default -> format.id();
            })
        .toList();
  }

  /// What the user calls this format, and what its tables are named after: `combined`.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The columns that each record has, besides `source`, `line` and `time`.
  List<Column> columns() {
    return columns;
  }

  /// Whether records bring columns of their own, besides [#columns].
  boolean dynamic() {
    return dynamic;
  }

  /// Whether it is one of the access logs of web servers.
  boolean isAccess() {
    return this == COMBINED || this == COMMON || this == ACCESS || this == VHOST;
  }

  /// Makes a parser of this format, for one thread at a time. Of a format that needs to know more,
  /// a [Dialect] makes better ones.
  LineParser newParser(Assumptions assumptions) {
    return Dialect.of(this).newParser(assumptions);
  }
}
