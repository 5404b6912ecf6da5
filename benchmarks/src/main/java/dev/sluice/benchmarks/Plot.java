package dev.sluice.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Bars in SVG: a group for each cell, each group on a scale of its own, ours in another colour.
final class Plot {

  private static final int BAR = 16;
  private static final int LABELS = 150;
  private static final int BARS = 440;
  private static final int WIDTH = LABELS + BARS + 210;

  private Plot() {}

  static String of(Report report) {
    Scenario scenario = Scenario.named(report.scenario());
    Map<String, List<Report.Row>> groups = new LinkedHashMap<>();
    for (Report.Row row : report.rows()) {
      groups.merge(scenario.group(row), List.of(row), Plot::joined);
    }
    var bars = new StringBuilder();
    int y = 46;
    for (var group : groups.entrySet()) {
      y += 22;
      bars.append(text(8, y, "group", group.getKey().replaceFirst(" (\\d+)$", ", capacity $1")));
      y += 8;
      double most = group.getValue().stream().mapToDouble(Report.Row::max).max().orElse(1);
      for (Report.Row row : group.getValue()) {
        double end = LABELS + BARS * row.median() / most;
        double low = LABELS + BARS * row.min() / most;
        double high = LABELS + BARS * row.max() / most;
        int middle = y + BAR / 2;
        bars.append(text(LABELS - 6, y + 12, "name", name(row)));
        bars.append(
            "<rect class='%s' x='%d' y='%d' width='%.1f' height='%d'/>%n"
                .formatted(style(row), LABELS, y + 2, Math.max(1, end - LABELS), BAR - 4));
        bars.append("<path d='M%.1f %dH%.1f'/>%n".formatted(low, middle, high));
        bars.append(
            text(
                (int) high + 6,
                y + 12,
                "figure",
                "%s ±%.0f%%".formatted(Report.figure(row.median()), row.spread() * 100)));
        y += BAR;
      }
    }
    int height = y + 20;
    return """
    <svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d'>
    <title>%s</title>
    <style>
    text { font: 12px sans-serif; fill: #222 }
    .head { font-size: 16px; font-weight: bold }
    .group { font-weight: bold }
    .name { text-anchor: end }
    .figure, .machine { font-size: 11px; fill: #555 }
    .ours { fill: #d9480f }
    .peer { fill: #4c7fb0 }
    .other { fill: #c3ccd5 }
    path { stroke: #222 }
    </style>
    <rect width='100%%' height='100%%' fill='#fff'/>
    %s%s%s</svg>
    """
        .formatted(
            WIDTH,
            height,
            WIDTH,
            height,
            escaped(report.scenario()),
            text(8, 22, "head", report.scenario() + ": " + report.unit() + better(report)),
            text(8, 40, "machine", report.machine()),
            bars);
  }

  private static String better(Report report) {
    boolean more = Scenario.named(report.scenario()).unit().moreIsBetter;
    return more ? "" : " (less is better)";
  }

  private static String name(Report.Row row) {
    return row.contestant() + (row.blocking() ? "" : "*");
  }

  private static String style(Report.Row row) {
    if (row.ours()) {
      return "ours";
    }
    return row.compared() ? "peer" : "other";
  }

  private static List<Report.Row> joined(List<Report.Row> some, List<Report.Row> others) {
    return java.util.stream.Stream.concat(some.stream(), others.stream()).toList();
  }

  private static String text(int x, int y, String style, String content) {
    return "<text class='%s' x='%d' y='%d'>%s</text>%n".formatted(style, x, y, escaped(content));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
