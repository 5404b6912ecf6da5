package dev.sluice.cli;

import static dev.sluice.cli.Progress.Snapshot.UNKNOWN;

import dev.sluice.cli.Progress.Snapshot;
import dev.sluice.logs.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How far a run has come, in one line.
///
/// ```text
///    61% ━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌ 412 of 675 MB  3,124,567 lines  210 MB/s  880 k lines/s  slowest: parse  0:02 left
/// ```
///
/// @param bytesPerSecond lately
/// @param linesPerSecond lately
/// @param steady whether the rates are of enough time to say how much is left
record ProgressLine(
    Snapshot snapshot, double bytesPerSecond, double linesPerSecond, boolean steady) {

  private static final int SLOWEST_FROM = 120;
  private static final int RATES_FROM = 100;
  private static final int BAR_FROM = 60;
  private static final int SHORTEST_BAR = 10;
  private static final int LONGEST_BAR = 40;
  private static final String GAP = "  ";
  private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final String[] COUNTS = {"", " k", " M", " G", " T", " P", " E"};

  /// The line for a screen. On a narrow one the slowest stage and the rates are left out, on a very
  /// narrow one the bar too, and at last whatever does not fit.
  ///
  /// @param columns how wide the line may be at most
  String within(int columns, boolean unicode) {
    var parts = new ArrayList<>(List.of(bytes(), lines()));
    if (columns >= RATES_FROM - 1) {
      parts.addAll(rates());
    }
    if (columns >= SLOWEST_FROM - 1) {
      parts.addAll(slowest());
    }
    parts.addAll(trouble());
    parts.addAll(left());
    while (parts.size() > 1 && prefix("", parts).length() > columns) {
      parts.remove(1); // the first and what is last, the time left, are worth the most
    }
    var withoutBar = prefix("", parts);
    var room = Math.min(columns - withoutBar.length() - 1, LONGEST_BAR);
    if (!known() || columns < BAR_FROM - 1 || room < SHORTEST_BAR) {
      return withoutBar.substring(0, Math.min(withoutBar.length(), Math.max(columns, 0)));
    }
    return prefix(bar(room, unicode) + " ", parts);
  }

  /// The line for a file or another program.
  String plain() {
    var parts = new ArrayList<String>();
    if (known()) {
      parts.add(percent() + "%");
    }
    parts.addAll(List.of(bytes(), lines()));
    parts.addAll(rates());
    parts.addAll(slowest());
    parts.addAll(trouble());
    parts.addAll(left());
    return String.join(", ", parts);
  }

  private String prefix(String bar, List<String> parts) {
    var percent = known() ? "%3d%% ".formatted(percent()) : "";
    return percent + bar + String.join(GAP, parts);
  }

  private boolean known() {
    return snapshot.total() != UNKNOWN;
  }

  private double share() {
    var total = snapshot.total();
    return total == 0 ? 1 : Math.clamp((double) snapshot.done() / total, 0, 1);
  }

  private int percent() {
    return (int) (share() * 100);
  }

  private String bar(int width, boolean unicode) {
    var full = (int) (share() * width);
    return (unicode ? "━" : "#").repeat(full) + (unicode ? "╌" : ".").repeat(width - full);
  }

  private String bytes() {
    return known()
        ? size(snapshot.done()) + " of " + size(snapshot.total())
        : size(snapshot.done());
  }

  private static String size(long bytes) {
    return scaled((double) bytes, " ", BYTES);
  }

  private String lines() {
    return counted(snapshot.lines(), "line");
  }

  private List<String> rates() {
    return List.of(
        scaled(bytesPerSecond, " ", BYTES) + "/s", scaled(linesPerSecond, "", COUNTS) + " lines/s");
  }

  /// Only once it has been so for some time: at the start everybody waits for everybody.
  private List<String> slowest() {
    var stage = snapshot.slowest();
    return stage == null || !steady ? List.of() : List.of("slowest: " + stage);
  }

  private List<String> trouble() {
    return snapshot.rejected() == 0
        ? List.of()
        : List.of(Figures.grouped(snapshot.rejected()) + " rejected");
  }

  private List<String> left() {
    var rest = snapshot.total() - snapshot.done();
    if (!known() || !steady || rest <= 0 || bytesPerSecond <= 0) {
      return List.of();
    }
    var seconds = (long) Math.ceil(rest / bytesPerSecond);
    var hours = seconds / 3600;
    var minutes = seconds / 60 % 60;
    var time =
        hours > 0
            ? "%d:%02d:%02d".formatted(hours, minutes, seconds % 60)
            : "%d:%02d".formatted(minutes, seconds % 60);
    return List.of(time + " left");
  }

  private static String counted(long count, String what) {
    return Figures.grouped(count) + " " + what + (count == 1 ? "" : "s");
  }

  /// Three digits and a unit: `1.23 MB`, `12.3 MB`, `123 MB`; below a thousand as it is.
  private static String scaled(double value, String gap, String[] units) {
    var unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    var digits = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f", value) + gap + units[unit];
  }
}
