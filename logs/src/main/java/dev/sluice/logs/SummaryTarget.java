package dev.sluice.logs;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Counts what a person wants to know of a log at first sight, in bounded memory; shown by
/// [#render].
final class SummaryTarget implements Target {
  private static final Set<String> LEVEL_KEYS = Set.of("level", "severity", "lvl");
  private static final Set<String> MESSAGE_KEYS = Set.of("message", "msg");
  private static final int NONE = -1;

  private final Map<LogFormat, Counts> formats = new EnumMap<>(LogFormat.class);
  private final Map<String, Rejects> rejects = new LinkedHashMap<>();
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private final ShapeCache<Places> places = new ShapeCache<>();
  private long bytesRead;
  private long filtered;
  private @Nullable String firstTime;
  private @Nullable String lastTime;

  /// What is counted for the records of one format.
  static final class Counts {
    long records;
    long bytesSent;
    final long[] statusClasses = new long[6];
    final TopCounts statuses = new TopCounts();
    final TopCounts levels = new TopCounts();
    final TopCounts paths = new TopCounts();
    final TopCounts messages = new TopCounts();
  }

  /// How many lines were rejected for one reason, and where the first of them is.
  static final class Rejects {
    long count;
    final String example;

    Rejects(String example) {
      this.example = example;
    }
  }

  /// What came of one file. There are as many as the user named.
  static final class Source {
    long records;
    long rejected;
  }

  /// Where a shape has the values that are looked at; NONE where it has no such value.
  private record Places(int status, int bytes, int path, int level, int message) {
    static Places of(Shape shape) {
      boolean access = shape.format().isAccess();
      return new Places(
          find(shape, Set.of("status")),
          access ? find(shape, Set.of("bytes")) : NONE,
          find(shape, Set.of("path")),
          find(shape, LEVEL_KEYS),
          find(shape, MESSAGE_KEYS));
    }

    private static int find(Shape shape, Set<String> names) {
      for (int i = 0; i < shape.columns().size(); i++) {
        if (names.contains(shape.columns().get(i).name().toLowerCase(Locale.ROOT))) {
          return i;
        }
      }
      return NONE;
    }
  }

  @Override
  public String name() {
    return "summary";
  }

  @Override
  public Wanted wanted() {
    var columns = new HashSet<>(Set.of("status", "bytes", "path"));
    columns.addAll(LEVEL_KEYS);
    columns.addAll(MESSAGE_KEYS);
    return Wanted.anyCase(columns);
  }

  @Override
  public void open(List<LogFormat> formats) {}

  @Override
  public void write(List<ParsedBlock> blocks) {
    for (var block : blocks) {
      bytesRead += block.block().size();
      filtered += block.filtered();
      var source = sources.computeIfAbsent(block.block().source(), _ -> new Source());
      source.records += block.records().size();
      source.rejected += block.rejected().size();
      block.records().forEach(this::count);
      block.rejected().forEach(this::count);
    }
  }

  private void count(Rejected rejected) {
    rejects.computeIfAbsent(
            rejected.reason(),
            _ ->
                new Rejects(rejected.source() + (rejected.line() > 0 ? ":" + rejected.line() : "")))
        .count++;
  }

  private void count(LogRecord logRecord) {
    var shape = logRecord.shape();
    var counts = formats.computeIfAbsent(shape.format(), _ -> new Counts());
    counts.records++;
    if (logRecord.time() != null) {
      span(logRecord.time());
    }
    var known = places.get(shape);
    if (known == null) {
      known = Places.of(shape);
      places.put(shape, known);
    }
    if (at(logRecord, known.status()) instanceof Long status && status >= 100 && status <= 599) {
      counts.statusClasses[(int) (status / 100)]++;
      counts.statuses.add(status.toString());
    }
    if (at(logRecord, known.bytes()) instanceof Long bytes && bytes > 0) {
      long sum = counts.bytesSent + bytes;
      counts.bytesSent = sum < 0 ? Long.MAX_VALUE : sum;
    }
    if (at(logRecord, known.path()) instanceof String path) {
      int query = path.indexOf('?');
      counts.paths.add(query < 0 ? path : path.substring(0, query));
    }
    var level = at(logRecord, known.level());
    if (level instanceof String || level instanceof Long) {
      counts.levels.add(level.toString().toUpperCase(Locale.ROOT));
    }
    if (at(logRecord, known.message()) instanceof String message) {
      counts.messages.add(withoutNumbers(message));
    }
  }

  private static @Nullable Object at(LogRecord logRecord, int place) {
    return place == NONE ? null : logRecord.values()[place];
  }

  private void span(String time) {
    if (firstTime == null || SummaryText.compareTimes(time, firstTime) < 0) {
      firstTime = time;
    }
    if (lastTime == null || SummaryText.compareTimes(time, lastTime) > 0) {
      lastTime = time;
    }
  }

  /// Messages mostly differ in numbers: with `#` in place of each they can be counted.
  static String withoutNumbers(String message) {
    var text = new StringBuilder();
    for (int i = 0; i < message.length() && text.length() < TopCounts.LONGEST; i++) {
      char c = message.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (!digit) {
        text.append(c);
      } else if (text.isEmpty() || text.charAt(text.length() - 1) != '#') {
        text.append('#');
      }
    }
    return text.toString();
  }

  @Override
  public void close() {}

  /// The summary as lines for a terminal.
  ///
  /// @param width how many columns it has; fewer than 40 count as 40
  /// @param colour whether it understands ANSI colours
  List<String> render(int width, boolean colour) {
    return new SummaryText(Math.max(40, width), colour)
        .render(formats, rejects, sources, bytesRead, filtered, firstTime, lastTime);
  }
}
