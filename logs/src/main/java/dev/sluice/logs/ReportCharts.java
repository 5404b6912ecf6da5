package dev.sluice.logs;

import dev.sluice.logs.TimeLine.Series;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Draws the charts of a report as SVG: shapes only, whose sizes are attributes and whose colours
/// are classes, so that no style but the page's own sheet is needed. Texts stand beside them in
/// HTML, where they keep their size on any screen.
@SuppressWarnings("EnumOrdinal") // counts come as arrays with a place for each series
final class ReportCharts {
  private static final long MINUTE = 60;
  private static final long HOUR = 3_600;
  private static final long DAY = 86_400;
  private static final int LABELS = 5;

  /// A part of a whole.
  record Part(String label, long count, String look) {}

  /// A line of a table of counts.
  record Row(String label, long count, String look) {}

  private final Html html;

  ReportCharts(Html html) {
    this.html = html;
  }

  /// One bar of all parts, and what they are.
  void balance(List<Part> parts) {
    long whole = Math.max(1, parts.stream().mapToLong(Part::count).sum());
    html.raw(
        "<svg class=\"balance\" viewBox=\"0 0 1000 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    html.raw("<rect class=\"track\" width=\"1000\" height=\"1\"/>");
    double at = 0;
    for (var part : parts) {
      double width = 1000.0 * part.count() / whole;
      rect(part.look(), at, 0, width, 1);
      at += width;
    }
    html.raw("</svg><ul class=\"legend\">");
    for (var part : parts) {
      if (part.count() > 0) {
        legend(part.label(), part.count(), part.look(), share(part.count(), whole));
      }
    }
    html.raw("</ul>");
  }

  private void legend(String label, long count, String look, String more) {
    html.raw("<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"").raw(look);
    html.raw("\" width=\"1\" height=\"1\" rx=\".25\"/></svg>").text(label).raw(" <b>");
    html.text(Figures.grouped(count)).raw("</b> ").text(more).raw("</li>");
  }

  /// A table of counts with a bar for each.
  void rows(List<Row> rows, long whole) {
    long most = Math.max(1, rows.stream().mapToLong(Row::count).max().orElse(1));
    html.raw("<table class=\"top\">");
    for (var row : rows) {
      html.raw("<tr><td class=\"n\">").text(Figures.grouped(row.count()));
      html.raw("</td><td class=\"n share\">").text(share(row.count(), whole));
      html.raw(
          "</td><td class=\"b\"><svg class=\"bar\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
      html.raw("<rect class=\"track\" width=\"100\" height=\"1\"/>");
      rect(row.look(), 0, 0, 100.0 * row.count() / most, 1);
      html.raw("</svg></td><td class=\"t\">").foreign(row.label()).raw("</td></tr>");
    }
    html.raw("</table>");
  }

  /// Records over time, stacked by what they are.
  void timeLine(TimeLine.Parts parts) {
    int count = parts.counts().length;
    long most = 1;
    var sums = new long[Series.values().length];
    for (var bucket : parts.counts()) {
      most = Math.max(most, TimeLine.total(bucket));
      for (int i = 0; i < sums.length; i++) {
        sums[i] += bucket[i];
      }
    }
    long top = roundUp(most);
    html.raw("<div class=\"chart\"><div class=\"y\"><span>").text(Figures.grouped(top));
    html.raw("</span><span>")
        .text(top % 2 == 0 ? Figures.grouped(top / 2) : "")
        .raw("</span><span>0</span></div>");
    html.raw(
        "<svg class=\"time\" viewBox=\"0 0 "
            + count * 10
            + " 100\" preserveAspectRatio=\"none\" role=\"img\"");
    html.attribute("aria-label", "records over time; a table follows").raw(">");
    for (int y : new int[] {0, 50, 100}) {
      html.raw(
          "<line class=\"rule\" x1=\"0\" x2=\""
              + count * 10
              + "\" y1=\""
              + y
              + "\" y2=\""
              + y
              + "\"/>");
    }
    for (int i = 0; i < count; i++) {
      bar(parts, i, top);
    }
    html.raw("</svg><div class=\"x\">");
    int labels = Math.min(LABELS, count);
    for (int i = 0; i < labels; i++) {
      int at = labels == 1 ? 0 : (int) ((long) i * (count - 1) / (labels - 1));
      boolean inner = i > 0 && i < labels - 1;
      html.raw(inner ? "<span class=\"wide\">" : "<span>").text(time(parts, at)).raw("</span>");
    }
    html.raw("</div></div><ul class=\"legend\">");
    for (var series : Series.values()) {
      if (sums[series.ordinal()] > 0) {
        legend(series.label(), sums[series.ordinal()], series.look(), "");
      }
    }
    html.raw("</ul>");
    if (parts.outside() > 0) {
      html.raw("<p class=\"note\">")
          .text(
              Figures.grouped(parts.outside())
                  + " records are of times far from all others and not shown")
          .raw("</p>");
    }
    table(parts, sums);
  }

  private void bar(TimeLine.Parts parts, int index, long top) {
    var counts = parts.counts()[index];
    long total = TimeLine.total(counts);
    if (total == 0) {
      return;
    }
    html.raw("<g><title>").text(time(parts, index) + " UTC: " + Figures.grouped(total));
    for (var series : Series.values()) {
      long part = counts[series.ordinal()];
      if (part > 0 && part < total) {
        html.text(", " + series.label() + " " + Figures.grouped(part));
      }
    }
    html.raw("</title>");
    double y = 100;
    for (var series : Series.values()) {
      double height = 100.0 * counts[series.ordinal()] / top;
      y -= height;
      rect(series.look(), index * 10 + 0.8, y, 8.4, height);
    }
    html.raw("<rect class=\"hit\" x=\"" + index * 10 + "\" width=\"10\" height=\"100\"/></g>");
  }

  private void table(TimeLine.Parts parts, long[] sums) {
    html.raw(
        "<details><summary>As a table</summary><div class=\"scroll\"><table><tr><th>From (UTC)</th><th class=\"n\">Records</th>");
    for (var series : Series.values()) {
      if (sums[series.ordinal()] > 0) {
        html.raw("<th class=\"n\">").text(series.label()).raw("</th>");
      }
    }
    html.raw("</tr>");
    for (int i = 0; i < parts.counts().length; i++) {
      html.raw("<tr><td class=\"nowrap\">").text(time(parts, i)).raw("</td><td class=\"n\">");
      html.text(Figures.grouped(TimeLine.total(parts.counts()[i]))).raw("</td>");
      for (var series : Series.values()) {
        if (sums[series.ordinal()] > 0) {
          html.raw("<td class=\"n\">")
              .text(Figures.grouped(parts.counts()[i][series.ordinal()]))
              .raw("</td>");
        }
      }
      html.raw("</tr>");
    }
    html.raw("</table></div></details>");
  }

  private void rect(String look, double x, double y, double width, double height) {
    if (width > 0 && height > 0) {
      html.raw("<rect class=\"" + look + "\" x=\"" + decimal(x) + "\" y=\"" + decimal(y));
      html.raw("\" width=\"" + decimal(width) + "\" height=\"" + decimal(height) + "\"/>");
    }
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.3f", value).replaceFirst("\\.?0+$", "");
  }

  /// When a part begins, as exactly as its length needs.
  private static String time(TimeLine.Parts parts, int index) {
    long second = parts.start() + index * parts.step();
    var form =
        parts.step() >= DAY
            ? "uuuu-MM-dd"
            : parts.step() >= MINUTE ? "uuuu-MM-dd HH:mm" : "uuuu-MM-dd HH:mm:ss";
    return DateTimeFormatter.ofPattern(form, Locale.ROOT)
        .format(Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC));
  }

  /// The next of 1, 2, 4, 5, 6, 8 and 10 times a power of ten.
  private static long roundUp(long number) {
    long power = 1;
    while (power * 10 <= number) {
      power *= 10;
    }
    for (int factor : new int[] {1, 2, 4, 5, 6, 8}) {
      if (factor * power >= number) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /// `6 hours`, `minute`.
  static String duration(long seconds) {
    if (seconds % DAY == 0) {
      return counted(seconds / DAY, "day");
    }
    return seconds % HOUR == 0
        ? counted(seconds / HOUR, "hour")
        : seconds % MINUTE == 0 ? counted(seconds / MINUTE, "minute") : counted(seconds, "second");
  }

  private static String counted(long count, String what) {
    return count == 1 ? what : Figures.grouped(count) + " " + what + "s";
  }

  static String share(long part, long whole) {
    if (part == 0 || whole == 0) {
      return "0 %";
    }
    double percent = 100.0 * part / whole;
    return percent < 0.05 ? "<0.1 %" : Figures.fixed(percent, 1) + " %";
  }
}
