package dev.sluice.logs;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a report tells of the records of one format, counted in bounded memory. For one thread at a
/// time.
final class ReportCounts {
  private static final int FEW = 1_000;
  private static final int SLOWEST = 10;
  private static final int LONGEST = 300;
  private static final int NONE = -1;

  /// One of the records that took longest.
  ///
  /// @param took as [Latencies] has it
  record Slow(long took, String source, long line, @Nullable String time, String what) {}

  /// What is known of a field by its name.
  private enum Role {
    STATUS(
        "status",
        "status_code",
        "statuscode",
        "code",
        "sc-status",
        "elb_status_code",
        "http_status"),
    BYTES("bytes", "bytes_sent", "body_bytes_sent", "sc-bytes", "sent_bytes", "size"),
    METHOD("method", "cs-method", "verb", "http_method", "request_method"),
    PATH("path", "uri", "url", "cs-uri-stem", "route", "request_uri", "endpoint"),
    HOST("host", "client", "client_ip", "clientip", "c-ip", "remote_addr", "remote_ip", "ip"),
    AGENT("agent", "user_agent", "useragent", "user-agent", "cs(user-agent)", "http_user_agent"),
    REFERER("referer", "referrer", "http_referer", "cs(referer)"),
    APP("app", "service", "logger", "program", "unit", "container", "component", "module"),
    LEVEL("level", "severity", "lvl", "loglevel", "log.level", "log_level"),
    MESSAGE("message", "msg", "event", "log");

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> names;

    Role(String... names) {
      this.names = Set.of(names);
    }
  }

  /// Where a shape has what is looked at.
  @SuppressWarnings("EnumOrdinal") // an array for each shape, a place for each role
  private record Places(int[] columns, int latency, Latencies.@Nullable Unit unit) {
    static Places of(Shape shape) {
      var columns = new int[Role.values().length];
      for (var role : Role.values()) {
        columns[role.ordinal()] = find(shape, role);
      }
      for (int i = 0; i < shape.columns().size(); i++) {
        var unit = Latencies.unit(shape.columns().get(i).name());
        if (unit != null) {
          return new Places(columns, i, unit);
        }
      }
      return new Places(columns, NONE, null);
    }

    private static int find(Shape shape, Role role) {
      for (int i = 0; i < shape.columns().size(); i++) {
        if (role.names.contains(shape.columns().get(i).name().toLowerCase(Locale.ROOT))) {
          return i;
        }
      }
      return NONE;
    }

    @Nullable Object in(LogRecord logRecord, Role role) {
      int column = columns[role.ordinal()];
      return column == NONE ? null : logRecord.values()[column];
    }
  }

  long records;
  long bytesSent;
  long serverErrors;
  long notFound;
  long errors;
  final long[] statusClasses = new long[6];
  private final long[] statuses = new long[600];
  final TopCounts levels = new TopCounts(FEW);
  final TopCounts methods = new TopCounts(FEW);
  final TopCounts paths = new TopCounts();
  final TopCounts failing = new TopCounts(FEW);
  final TopCounts missing = new TopCounts(FEW);
  final TopCounts hosts = new TopCounts();
  final TopCounts agents = new TopCounts(FEW);
  final TopCounts referers = new TopCounts(FEW);
  final TopCounts apps = new TopCounts(FEW);
  final TopCounts messages = new TopCounts();
  final Latencies latencies = new Latencies();

  private final ShapeCache<Places> places = new ShapeCache<>();
  private final PriorityQueue<Slow> slowest =
      new PriorityQueue<>(Comparator.comparingLong(Slow::took));

  /// Counts a record, and says what it is.
  TimeLine.Series add(LogRecord logRecord) {
    records++;
    var known = places.get(logRecord.shape());
    if (known == null) {
      known = Places.of(logRecord.shape());
      places.put(logRecord.shape(), known);
    }
    var path = path(known.in(logRecord, Role.PATH));
    int status = status(known.in(logRecord, Role.STATUS));
    if (path != null) {
      paths.add(path);
    }
    var series = TimeLine.Series.OTHER;
    if (status > 0) {
      series = countStatus(status, path);
    }
    if (known.in(logRecord, Role.BYTES) instanceof Long bytes && bytes > 0) {
      bytesSent = bytes > Long.MAX_VALUE - bytesSent ? Long.MAX_VALUE : bytesSent + bytes;
    }
    count(methods, known.in(logRecord, Role.METHOD));
    count(hosts, known.in(logRecord, Role.HOST));
    count(agents, known.in(logRecord, Role.AGENT));
    count(referers, known.in(logRecord, Role.REFERER));
    count(apps, known.in(logRecord, Role.APP));
    var level = known.in(logRecord, Role.LEVEL);
    if (level instanceof String || level instanceof Long) {
      var name = level.toString().toUpperCase(Locale.ROOT);
      levels.add(name);
      if (status == 0) {
        series = seriesOf(name);
        errors += series == TimeLine.Series.ERROR ? 1 : 0;
      }
    }
    var message = known.in(logRecord, Role.MESSAGE);
    if (message instanceof String text) {
      messages.add(SummaryTarget.withoutNumbers(text));
    }
    if (known.unit() != null) {
      long took = latencies.add(logRecord.values()[known.latency()], known.unit());
      if (took >= 0) {
        remember(took, logRecord, known, message);
      }
    }
    return series;
  }

  private TimeLine.Series countStatus(int status, @Nullable String path) {
    int kind = status / 100;
    statusClasses[kind]++;
    statuses[status]++;
    if (kind == 5) {
      serverErrors++;
      if (path != null) {
        failing.add(path);
      }
    } else if (status == 404 && path != null) {
      notFound++;
      missing.add(path);
    }
    return switch (kind) {
      case 5 -> TimeLine.Series.SERVER_ERROR;
      case 4 -> TimeLine.Series.CLIENT_ERROR;
      case 3 -> TimeLine.Series.REDIRECT;
      default -> TimeLine.Series.SUCCESS;
    };
  }

  /// The class of a level, by its usual names and the numbers of pino and bunyan.
  static TimeLine.Series seriesOf(String level) {
    return switch (level) {
      case "ERROR",
          "ERR",
          "FATAL",
          "CRIT",
          "CRITICAL",
          "ALERT",
          "EMERG",
          "EMERGENCY",
          "SEVERE",
          "PANIC",
          "50",
          "60" ->
          TimeLine.Series.ERROR;
      case "WARN", "WARNING", "40" -> TimeLine.Series.WARNING;
      case "INFO", "INFORMATION", "NOTICE", "CONFIG", "30" -> TimeLine.Series.NORMAL;
      case "DEBUG", "TRACE", "FINE", "FINER", "FINEST", "VERBOSE", "20", "10" ->
          TimeLine.Series.DETAIL;
      default -> TimeLine.Series.OTHER;
    };
  }

  private static int status(@Nullable Object value) {
    return value instanceof Long status && status >= 100 && status <= 599 ? status.intValue() : 0;
  }

  private static @Nullable String path(@Nullable Object value) {
    if (!(value instanceof String path)) {
      return null;
    }
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private static void count(TopCounts counts, @Nullable Object value) {
    if (value instanceof String text) {
      counts.add(text);
    } else if (value instanceof Long number) {
      counts.add(number.toString());
    }
  }

  private void remember(long took, LogRecord logRecord, Places known, @Nullable Object message) {
    if (slowest.size() == SLOWEST) {
      var fastest = slowest.peek();
      if (fastest != null && took <= fastest.took()) {
        return;
      }
      slowest.poll();
    }
    var path = known.in(logRecord, Role.PATH);
    var method = known.in(logRecord, Role.METHOD);
    var what =
        path == null
            ? String.valueOf(message == null ? "" : message)
            : (method == null ? "" : method + " ") + path;
    var kept = what.length() > LONGEST ? what.substring(0, LONGEST) + "\u2026" : what;
    slowest.add(new Slow(took, logRecord.source(), logRecord.line(), logRecord.time(), kept));
  }

  /// How many there were of each status, the most frequent first.
  List<TopCounts.Entry> statuses() {
    return IntStream.range(0, statuses.length)
        .filter(status -> statuses[status] > 0)
        .mapToObj(status -> new TopCounts.Entry(Integer.toString(status), statuses[status]))
        .sorted(Comparator.comparingLong(TopCounts.Entry::count).reversed())
        .toList();
  }

  /// Those that took longest, the slowest first.
  List<Slow> slowest() {
    return slowest.stream().sorted(Comparator.comparingLong(Slow::took).reversed()).toList();
  }
}
