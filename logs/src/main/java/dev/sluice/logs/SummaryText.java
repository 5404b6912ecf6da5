package dev.sluice.logs;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.joining;

import dev.sluice.logs.SummaryTarget.Rejects;
import dev.sluice.logs.SummaryTarget.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Lays a summary out for a terminal. Whatever a log holds, a line is no wider than the terminal
/// and holds no character that would steer it.
final class SummaryText {
  private static final int TOP = 5;
  private static final int SOURCES = 10;
  private static final int BAR = 30;

  private enum Style {
    PLAIN(""),
    BOLD("\u001b[1m"),
    GREEN("\u001b[32m"),
    CYAN("\u001b[36m"),
    YELLOW("\u001b[33m"),
    RED("\u001b[31m");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  private final int width;
  private final boolean colour;
  private final List<String> lines = new ArrayList<>();

  SummaryText(int width, boolean colour) {
    this.width = width;
    this.colour = colour;
  }

  List<String> render(
      Digest digest,
      Map<String, Rejects> rejects,
      Map<String, Source> sources,
      long bytesRead,
      long filtered) {
    var formats = digest.formats();
    var firstTime = digest.firstTime();
    var lastTime = digest.lastTime();
    long records = formats.values().stream().mapToLong(counts -> counts.records).sum();
    heading(
        (records == 0 ? "No" : Figures.grouped(records))
            + (formats.size() == 1 ? " " + formats.keySet().iterator().next().id() : "")
            + (records == 1 ? " record" : " records")
            + (sources.size() == 1
                ? " from " + sources.keySet().iterator().next()
                : " from " + Figures.grouped(sources.size()) + " files")
            + ", "
            + Figures.size(bytesRead));
    if (formats.size() > 1) {
      line(
          formats.entrySet().stream()
              .map(e -> e.getKey().id() + " " + Figures.grouped(e.getValue().records)));
    }
    if (firstTime != null && lastTime != null) {
      line(
          Style.PLAIN,
          clock(firstTime) + " to " + clock(lastTime) + " UTC" + length(firstTime, lastTime));
    }
    if (filtered > 0) {
      line(Style.PLAIN, Figures.grouped(filtered) + " lines left out: filtered, or empty");
    }
    formats.forEach(
        (format, counts) -> format(counts, formats.size() == 1 ? "" : format.id() + ": "));
    rejected(rejects);
    sources(sources);
    return lines;
  }

  private void format(FormatDigest counts, String of) {
    statuses(counts, of);
    levels(counts, of);
    top(title(of, "top paths"), counts.paths, counts.records);
    top(title(of, "top messages, # for numbers"), counts.messages, counts.records);
  }

  private void statuses(FormatDigest counts, String of) {
    var bars = new ArrayList<Bar>();
    for (int i = 1; i < counts.statusClasses.length; i++) {
      if (counts.statusClasses[i] > 0) {
        var style =
            switch (i) {
              case 5 -> Style.RED;
              case 4 -> Style.YELLOW;
              case 3 -> Style.CYAN;
              default -> Style.GREEN;
            };
        bars.add(new Bar(i + "xx", counts.statusClasses[i], style));
      }
    }
    if (!bars.isEmpty()) {
      bars(
          title(of, "status")
              + (counts.bytesSent > 0 ? ", " + Figures.size(counts.bytesSent) + " sent" : ""),
          bars,
          counts.records);
      line(
          counts.statuses().stream()
              .limit(TOP)
              .map(entry -> entry.text() + " " + Figures.grouped(entry.count())));
    }
  }

  private void levels(FormatDigest counts, String of) {
    var bars =
        counts.levels.top(2 * TOP).stream()
            .map(entry -> new Bar(entry.text(), entry.count(), styleOf(entry.text())))
            .toList();
    if (!bars.isEmpty()) {
      bars(title(of, "levels") + about(counts.levels), bars, counts.records);
    }
  }

  private static Style styleOf(String level) {
    return switch (FormatDigest.seriesOf(level)) {
      case ERROR -> Style.RED;
      case WARNING -> Style.YELLOW;
      default -> Style.GREEN;
    };
  }

  private record Bar(String label, long count, Style style) {}

  private void bars(String title, List<Bar> bars, long whole) {
    heading(title);
    int label =
        Math.min(16, bars.stream().mapToInt(bar -> columns(safe(bar.label()))).max().orElse(0));
    int digits = digits(bars.stream().mapToLong(Bar::count).max().orElse(0));
    long most = bars.stream().mapToLong(Bar::count).max().orElse(1);
    int room = Math.min(BAR, width - label - digits - 15);
    for (var bar : bars) {
      String text = fit(bar.label(), label);
      long halves = room <= 0 ? 0 : Math.max(1, Math.round(2.0 * room * bar.count() / most));
      lines.add(
          "  "
              + text
              + " ".repeat(label - columns(text))
              + "  "
              + right(Figures.grouped(bar.count()), digits)
              + "  "
              + share(bar.count(), whole)
              + "  "
              + paint(bar.style(), "█".repeat((int) halves / 2) + (halves % 2 == 1 ? "▌" : "")));
    }
  }

  private void top(String title, TopCounts counts, long whole) {
    if (counts.isEmpty()) {
      return;
    }
    heading(title + about(counts));
    var top = counts.top(TOP);
    int digits = digits(top.getFirst().count());
    for (var entry : top) {
      line(
          Style.PLAIN,
          right(Figures.grouped(entry.count()), digits)
              + "  "
              + share(entry.count(), whole)
              + "  "
              + entry.text());
    }
  }

  private static String about(TopCounts counts) {
    return counts.error() == 0
        ? ""
        : " (about; up to " + Figures.grouped(counts.error()) + " more each)";
  }

  private void rejected(Map<String, Rejects> rejects) {
    if (rejects.isEmpty()) {
      return;
    }
    long all = rejects.values().stream().mapToLong(rejected -> rejected.count).sum();
    blank();
    lines.add(
        paint(
            Style.RED,
            fit("Rejected: " + Figures.grouped(all) + (all == 1 ? " line" : " lines"), width)));
    int digits =
        digits(rejects.values().stream().mapToLong(rejected -> rejected.count).max().orElse(0));
    int reason = Math.min(30, rejects.keySet().stream().mapToInt(String::length).max().orElse(0));
    rejects.entrySet().stream()
        .sorted(comparingLong((Map.Entry<String, Rejects> entry) -> -entry.getValue().count))
        .forEach(entry ->
            line(
                Style.PLAIN,
                right(Figures.grouped(entry.getValue().count), digits)
                    + "  "
                    + left(entry.getKey(), reason)
                    + "  first at "
                    + entry.getValue().example));
  }

  private void sources(Map<String, Source> sources) {
    if (sources.size() < 2) {
      return;
    }
    heading("Files");
    var most =
        sources.entrySet().stream()
            .sorted(comparingLong((Map.Entry<String, Source> entry) -> -entry.getValue().records))
            .limit(SOURCES)
            .toList();
    int digits = digits(most.getFirst().getValue().records);
    for (var entry : most) {
      long rejected = entry.getValue().rejected;
      line(
          Style.PLAIN,
          right(Figures.grouped(entry.getValue().records), digits)
              + "  "
              + entry.getKey()
              + (rejected > 0 ? "  (" + Figures.grouped(rejected) + " rejected)" : ""));
    }
    if (sources.size() > SOURCES) {
      line(Style.PLAIN, "and " + Figures.grouped(sources.size() - SOURCES) + " more");
    }
  }

  private void heading(String title) {
    blank();
    lines.add(paint(Style.BOLD, fit(title, width)));
  }

  private static String title(String of, String what) {
    return of.isEmpty() ? Character.toUpperCase(what.charAt(0)) + what.substring(1) : of + what;
  }

  private void blank() {
    if (!lines.isEmpty()) {
      lines.add("");
    }
  }

  private void line(Stream<String> parts) {
    line(Style.PLAIN, parts.collect(joining(" · ")));
  }

  private void line(Style style, String text) {
    lines.add("  " + paint(style, fit(text, width - 2)));
  }

  private String paint(Style style, String text) {
    return colour && style != Style.PLAIN ? style.code + text + "\u001b[0m" : text;
  }

  /// Compares times as [LogRecord] has them, with more or fewer digits of the second.
  static int compareTimes(String a, String b) {
    int aEnd = a.endsWith("Z") ? a.length() - 1 : a.length();
    int bEnd = b.endsWith("Z") ? b.length() - 1 : b.length();
    int both = Math.min(aEnd, bEnd);
    for (int i = 0; i < both; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        return Character.compare(a.charAt(i), b.charAt(i));
      }
    }
    return Integer.compare(aEnd, bEnd);
  }

  static String clock(String time) {
    return (time.endsWith("Z") ? time.substring(0, time.length() - 1) : time).replace('T', ' ');
  }

  static String length(String from, String to) {
    Duration span;
    try {
      span = Duration.between(Instant.parse(from), Instant.parse(to));
    } catch (DateTimeParseException e) {
      return ""; // a time without seconds, or of the far future, is fine to show and no use to
      // subtract
    }
    if (span.toDays() > 0) {
      return " ("
          + Figures.grouped(span.toDays())
          + (span.toDays() == 1 ? " day " : " days ")
          + span.toHoursPart()
          + " h)";
    }
    if (span.toHours() > 0) {
      return " (" + span.toHours() + " h " + span.toMinutesPart() + " min)";
    }
    return span.toMinutes() > 0
        ? " (" + span.toMinutes() + " min " + span.toSecondsPart() + " s)"
        : " (" + span.toSeconds() + " s)";
  }

  private static String share(long part, long whole) {
    double percent = 100.0 * part / whole;
    return percent < 0.05 ? "<0.1 %" : right(Figures.fixed(percent, 1) + " %", 6);
  }

  private static int digits(long number) {
    return Figures.grouped(number).length();
  }

  private static String right(String text, int columns) {
    return " ".repeat(Math.max(0, columns - text.length())) + text;
  }

  private static String left(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - text.length()));
  }

  /// What of `text` may go to a terminal, cut to so many of its columns.
  private static String fit(String text, int columns) {
    var safe = safe(text);
    if (columns(safe) <= columns) {
      return safe;
    }
    int used = 0;
    int end = 0;
    while (used + columns(safe.codePointAt(end)) < columns) {
      used += columns(safe.codePointAt(end));
      end += Character.charCount(safe.codePointAt(end));
    }
    return safe.substring(0, end) + "…";
  }

  static String safe(String text) {
    var safe = new StringBuilder();
    text.codePoints()
        .map(c ->
            switch (Character.getType(c)) {
              case Character.CONTROL,
                  Character.FORMAT,
                  Character.SURROGATE,
                  Character.LINE_SEPARATOR,
                  Character.PARAGRAPH_SEPARATOR,
                  Character.UNASSIGNED,
                  Character.PRIVATE_USE ->
                  '\uFFFD';
              default -> c;
            })
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }

  static int columns(String text) {
    return text.codePoints().map(SummaryText::columns).sum();
  }

  /// How many columns of a terminal a character takes: none if it joins the one before, two for
  /// East Asian ones.
  private static int columns(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        (c >= 0x1100 && c <= 0x115F)
            || (c >= 0x2E80 && c <= 0xA4CF)
            || (c >= 0xAC00 && c <= 0xD7A3)
            || (c >= 0xF900 && c <= 0xFAFF)
            || (c >= 0xFE30 && c <= 0xFE6F)
            || (c >= 0xFF00 && c <= 0xFF60)
            || (c >= 0xFFE0 && c <= 0xFFE6)
            || (c >= 0x1F300 && c <= 0x1FAFF)
            || (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
  }
}
