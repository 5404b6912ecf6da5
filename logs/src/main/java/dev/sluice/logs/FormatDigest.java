package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The part of a [Digest] that is of the records of one format, in bounded memory. For one thread
/// at a time.
final class FormatDigest {
  private static final int FEW = 1_000;
  private static final int KINDS = 10;
  private static final int SLOWEST = 10;
  private static final int LONGEST = 300;
  private static final int LONGEST_MESSAGE = 1_000;
  private static final int LEVELS = 16;
  private static final int NONE = -1;

  /// What a level means.
  ///
  /// @param name the text, in capitals
  private record Level(String text, String name, TimeLine.Series series) {}

  /// One of the records that took longest.
  ///
  /// @param took as [Latencies] has it
  record Slow(long took, String source, long line, @Nullable String time, String what) {
    /// The faster before the slower; of those that took equally long, the first is taken to be the
    /// slowest.
    static final Comparator<Slow> ORDER =
        Comparator.comparingLong(Slow::took)
            .thenComparing(Slow::source, Comparator.reverseOrder())
            .thenComparing(Slow::line, Comparator.reverseOrder());
  }

  /// Where a shape has what is looked at.
  @SuppressWarnings("EnumOrdinal") // an array for each shape, a place for each role
  record Places(int[] columns, Latencies.@Nullable Unit unit) {
    static Places of(Shape shape, Set<Role> roles) {
      var columns = new int[Role.values().length];
      for (var role : Role.values()) {
        columns[role.ordinal()] = roles.contains(role) ? find(shape, role) : NONE;
      }
      int latency = columns[Role.LATENCY.ordinal()];
      var unit = latency == NONE ? null : Latencies.unit(shape.columns().get(latency).name());
      return new Places(columns, unit);
    }

    private static int find(Shape shape, Role role) {
      for (int i = 0; i < shape.columns().size(); i++) {
        if (role.isOf(shape.columns().get(i).name())) {
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
  final TopCounts levels;
  final TopCounts methods;
  final TopCounts paths;
  final TopCounts failing;
  final TopCounts missing;
  final TopCounts hosts;
  final TopCounts agents;
  final TopCounts referers;
  final TopCounts apps;
  final TopCounts messages;
  private final List<TopCounts> tops;
  final Latencies latencies = new Latencies();
  private final @Nullable Level[] recentLevels = new Level[LEVELS];
  private final PriorityQueue<Slow> slowest = new PriorityQueue<>(Slow.ORDER);

  /// That of a run.
  FormatDigest() {
    this(() -> new TopCounts(FEW), TopCounts::new);
  }

  /// @param few makes counts of which a few different texts are enough
  /// @param many makes counts of which there may be many
  private FormatDigest(Supplier<TopCounts> few, Supplier<TopCounts> many) {
    levels = few.get();
    methods = few.get();
    paths = many.get();
    failing = many.get();
    missing = many.get();
    hosts = many.get();
    agents = few.get();
    referers = few.get();
    apps = few.get();
    messages = many.get();
    tops =
        List.of(levels, methods, paths, failing, missing, hosts, agents, referers, apps, messages);
  }

  /// What one thread that parses keeps from block to block, for the records of one format.
  static final class Tables {
    private final List<TextTable> tables = new ArrayList<>();

    /// @param places how many texts of each kind may have, a power of two
    Tables(int places) {
      for (int i = 0; i < KINDS; i++) {
        tables.add(new TextTable(places));
      }
    }

    /// The digest of a block. Before the next is made of the same tables, its records must have
    /// been added.
    FormatDigest begin() {
      tables.replaceAll(TextTable::orNext);
      var each = tables.iterator();
      Supplier<TopCounts> next = () -> TopCounts.ofBlock(each.next());
      return new FormatDigest(next, next);
    }
  }

  /// Counts a record, and says what it is.
  TimeLine.Series add(LogRecord logRecord, Places known) {
    records++;
    var path = known.in(logRecord, Role.PATH);
    int status = status(known.in(logRecord, Role.STATUS));
    countPath(paths, path);
    var series = TimeLine.Series.OTHER;
    if (status > 0) {
      series = countStatus(status, path);
    }
    if (known.in(logRecord, Role.BYTES) instanceof Long bytes && bytes > 0) {
      addBytesSent(bytes);
    }
    count(methods, known.in(logRecord, Role.METHOD));
    count(hosts, known.in(logRecord, Role.HOST));
    count(agents, known.in(logRecord, Role.AGENT));
    count(referers, known.in(logRecord, Role.REFERER));
    count(apps, known.in(logRecord, Role.APP));
    var level = made(known.in(logRecord, Role.LEVEL));
    if (level instanceof String || level instanceof Long) {
      var meant = level(level.toString());
      levels.add(meant.name());
      if (status == 0) {
        series = meant.series();
        errors += series == TimeLine.Series.ERROR ? 1 : 0;
      }
    }
    var message = made(known.in(logRecord, Role.MESSAGE));
    if (message instanceof String text) {
      countMessage(text);
    }
    if (known.unit() != null) {
      long took = latencies.add(made(known.in(logRecord, Role.LATENCY)), known.unit());
      if (took >= 0) {
        remember(took, logRecord, known, message);
      }
    }
    return series;
  }

  /// Adds all that the digest of a block has; always to the same one.
  void addAll(FormatDigest other) {
    records += other.records;
    addBytesSent(other.bytesSent);
    serverErrors += other.serverErrors;
    notFound += other.notFound;
    errors += other.errors;
    add(statusClasses, other.statusClasses);
    add(statuses, other.statuses);
    for (int i = 0; i < tops.size(); i++) {
      tops.get(i).addAll(other.tops.get(i));
    }
    latencies.addAll(other.latencies);
    other.slowest.forEach(this::remember);
  }

  private static void add(long[] counts, long[] others) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += others[i];
    }
  }

  private void addBytesSent(long bytes) {
    bytesSent = bytes > Long.MAX_VALUE - bytesSent ? Long.MAX_VALUE : bytesSent + bytes;
  }

  private TimeLine.Series countStatus(int status, @Nullable Object path) {
    int kind = status / 100;
    statusClasses[kind]++;
    statuses[status]++;
    if (kind == 5) {
      serverErrors++;
      countPath(failing, path);
    } else if (status == 404 && isText(path)) {
      notFound++;
      countPath(missing, path);
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

  private static @Nullable Object made(@Nullable Object value) {
    return value instanceof Slice slice ? slice.toString() : value;
  }

  private static boolean isText(@Nullable Object value) {
    return value instanceof String || value instanceof Slice;
  }

  /// Counts a path without its query, if it is one.
  private static void countPath(TopCounts counts, @Nullable Object value) {
    if (value instanceof Slice slice) {
      int query = Bytes.indexOf(slice.bytes(), slice.from(), slice.to(), '?');
      counts.add(slice.bytes(), slice.from(), query < 0 ? slice.to() : query);
    } else if (value instanceof String path) {
      int query = path.indexOf('?');
      counts.add(query < 0 ? path : path.substring(0, query));
    }
  }

  private static void count(TopCounts counts, @Nullable Object value) {
    if (value instanceof Slice slice) {
      counts.add(slice.bytes(), slice.from(), slice.to());
    } else if (value instanceof String text) {
      counts.add(text);
    } else if (value instanceof Long number) {
      counts.add(number.toString());
    }
  }

  private Level level(String text) {
    int place = text.hashCode() & (LEVELS - 1);
    var known = recentLevels[place];
    if (known == null || !known.text().equals(text)) {
      var name = text.toUpperCase(Locale.ROOT);
      known = new Level(text, name, seriesOf(name));
      recentLevels[place] = known;
    }
    return known;
  }

  /// Counts a message. They mostly differ in numbers: with `#` in place of each they recur.
  private void countMessage(String message) {
    var head = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message;
    byte[] text = head.getBytes(UTF_8);
    int length = 0;
    for (byte b : text) {
      boolean digit = Bytes.isDigit(b);
      if (!digit || length == 0 || text[length - 1] != '#') {
        text[length++] = digit ? (byte) '#' : b;
      }
    }
    messages.add(text, 0, length);
  }

  private void remember(long took, LogRecord logRecord, Places known, @Nullable Object message) {
    var fastest = slowest.peek();
    if (slowest.size() == SLOWEST && fastest != null && took <= fastest.took()) {
      return; // mostly, and a record of a block comes after those that are here
    }
    var path = known.in(logRecord, Role.PATH);
    var method = known.in(logRecord, Role.METHOD);
    var what =
        path == null
            ? String.valueOf(message == null ? "" : message)
            : (method == null ? "" : method + " ") + path;
    var kept = what.length() > LONGEST ? what.substring(0, LONGEST) + "\u2026" : what;
    remember(new Slow(took, logRecord.source(), logRecord.line(), logRecord.time(), kept));
  }

  private void remember(Slow slow) {
    slowest.add(slow);
    if (slowest.size() > SLOWEST) {
      slowest.remove();
    }
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
    return slowest.stream().sorted(Slow.ORDER.reversed()).toList();
  }
}
