package dev.sluice.benchmarks;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.benchmarks.Scenario.Unit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// What came of a scenario, as `results/SCENARIO.json` has it. All ratios are such that more than 1
/// means that we are ahead, except those of CPU, where less than 1 means that we use less.
///
/// @param ratioToBestBlockingPeer geometric mean over the cells; null without one of ours
/// @param ratioToBestSelfBlockingPeer the same against those that block without a wrapper of ours
/// @param pairs only where ours is compared with ours
/// @param failures what did not run, or did not deliver each item exactly once
record Report(
    String scenario,
    String command,
    String machine,
    String unit,
    List<Row> rows,
    @Nullable Double ratioToBestBlockingPeer,
    @Nullable Double ratioToBestSelfBlockingPeer,
    @Nullable Double lowestRatio,
    @Nullable Double highestCpuRatio,
    List<Comparison> cells,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Paired> pairs,
    List<String> failures) {

  /// A contestant in a cell.
  ///
  /// @param compared whether it counts as a peer, or is ours
  /// @param median over the iterations of all forks, as are `min` and `max`
  /// @param ratioOfOurs ours over this one, in the same cell; null where ours is missing
  record Row(
      String contestant,
      boolean ours,
      boolean blocking,
      boolean compared,
      String threads,
      String shape,
      int capacity,
      double median,
      double min,
      double max,
      @JsonProperty("cpu_s_per_million") double cpuSPerMillion,
      double bytesPerItem,
      int forks,
      int iterations,
      String note,
      @Nullable Double ratioOfOurs) {

    /// Half of the way from the least to the most, as a part of the median.
    double spread() {
      return median > 0 ? (max - min) / 2 / median : 0;
    }

    String room() {
      return capacity == Cell.UNBOUNDED ? "unbounded" : Integer.toString(capacity);
    }

    /// Coroutines stand beside virtual threads.
    String cell() {
      return (threads.equals("coroutine") ? "virtual" : threads) + " " + shape + " " + room();
    }
  }

  /// Ours beside the best peers of a cell.
  ///
  /// @param cpuRatio our CPU for an item over that of the fastest peer; null if its was too little
  ///   for the clock
  record Comparison(
      String threads,
      String shape,
      int capacity,
      String ours,
      String bestPeer,
      double ratio,
      @Nullable Double cpuRatio,
      @Nullable String bestSelfBlockingPeer,
      @Nullable Double ratioToSelfBlocking) {}

  /// What one contestant did in one cell.
  static final class Samples {
    final List<Double> figures = new ArrayList<>();
    double items;
    double cpuNanos;
    double bytes;
    int forks;
    private int ofEarlierForks;
    private final Map<Integer, Double> medians = new HashMap<>();

    /// Adds an iteration.
    ///
    /// @param asked the rate, where one is asked for
    void add(Unit unit, double asked, double items, double nanos, double cpuNanos, double bytes) {
      figures.add(
          switch (unit) {
            case ITEMS_PER_SECOND, ROUND_TRIPS_PER_SECOND -> items * 1e9 / nanos;
            case NANOS_PER_PAIR -> nanos / items;
            case CPU_MILLIS -> cpuNanos / nanos * 10_000;
            case SHARE_OF_RATE -> items * 1e9 / nanos / asked;
          });
      this.items += items;
      this.cpuNanos += cpuNanos;
      this.bytes += bytes;
    }

    /// What came since the last call was that fork's.
    void endFork(int number) {
      List<Double> own = figures.subList(ofEarlierForks, figures.size());
      medians.put(number, median(own.stream().mapToDouble(d -> d).sorted().toArray()));
      ofEarlierForks = figures.size();
      forks++;
    }
  }

  /// Two contestants that took turns: how much faster one was than the other.
  ///
  /// @param pairs of forks; a fork counts with the median of its iterations
  /// @param median of the ratios of the pairs
  /// @param upper95 what the true median ratio is below with a confidence of 95 %: one of the
  ///   ratios, found by the binomial distribution, which assumes nothing of how they scatter; null
  ///   with fewer than five pairs
  record Paired(
      String shape,
      String faster,
      String slower,
      int pairs,
      double median,
      @Nullable Double upper95) {

    static @Nullable Paired of(
        String shape, String faster, Samples fast, String slower, Samples slow) {
      double[] ratios =
          fast.medians.entrySet().stream()
              .filter(e -> slow.medians.containsKey(e.getKey()))
              .mapToDouble(e -> e.getValue() / requireNonNull(slow.medians.get(e.getKey())))
              .sorted()
              .toArray();
      return ratios.length == 0
          ? null
          : new Paired(
              shape, faster, slower, ratios.length, Report.median(ratios), upperBound(ratios));
    }
  }

  /// The least of `sorted` that the median of all there could be is below in 95 of 100 cases.
  static @Nullable Double upperBound(double[] sorted) {
    int n = sorted.length;
    double chance = Math.pow(0.5, n);
    double below = 0;
    for (int i = 0; i < n; i++) {
      below += chance; // that at most i of n are below the median
      if (below >= 0.95) {
        return sorted[i];
      }
      chance *= (double) (n - i) / (i + 1);
    }
    return null;
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  static Row row(Scenario scenario, Contestant contestant, Cell cell, Samples samples) {
    double[] sorted = samples.figures.stream().mapToDouble(d -> d).sorted().toArray();
    int n = sorted.length;
    return new Row(
        contestant.name(),
        contestant.kind() == Contestant.Kind.OURS,
        contestant.blocking(),
        contestant.kind() == Contestant.Kind.OURS || isCompared(scenario, contestant, cell),
        cell.threads().toString(),
        cell.shape(),
        cell.capacity(),
        median(sorted),
        sorted[0],
        sorted[n - 1],
        samples.cpuNanos / samples.items / 1e3,
        samples.bytes / samples.items,
        samples.forks,
        n,
        contestant.note(),
        null);
  }

  private static boolean isCompared(Scenario scenario, Contestant contestant, Cell cell) {
    return contestant.isPeer()
        && !(scenario.coroutinesApart() && cell.threads() == Cell.Threads.COROUTINE);
  }

  static Report of(
      Scenario scenario,
      String command,
      String machine,
      List<Row> measured,
      List<Paired> pairs,
      List<String> failures) {
    Unit unit = scenario.unit();
    List<Row> rows = new ArrayList<>();
    List<Comparison> comparisons = new ArrayList<>();
    var cells = new LinkedHashSet<String>();
    measured.forEach(row -> cells.add(scenario.group(row)));
    for (String cell : cells) {
      List<Row> here = measured.stream().filter(r -> scenario.group(r).equals(cell)).toList();
      Optional<Row> ours = here.stream().filter(Row::ours).findFirst();
      Comparator<Row> bySpeed = Comparator.comparingDouble(row -> speed(unit, row));
      here.stream()
          .sorted(bySpeed.reversed())
          .map(row ->
              ours.map(our -> withRatio(row, speed(unit, our) / speed(unit, row))).orElse(row))
          .forEach(rows::add);
      Predicate<Row> peer = row -> row.compared() && !row.ours();
      Optional<Row> best = here.stream().filter(peer).max(bySpeed);
      Optional<Row> bestSelf =
          here.stream()
              .filter(peer)
              .filter(row ->
                  scenario.contestant(row.contestant()).kind() == Contestant.Kind.SELF_BLOCKING)
              .max(bySpeed);
      if (ours.isPresent() && best.isPresent()) {
        Row our = ours.get();
        comparisons.add(
            new Comparison(
                our.threads(),
                our.shape(),
                our.capacity(),
                our.contestant(),
                best.get().contestant(),
                speed(unit, our) / speed(unit, best.get()),
                best.get().cpuSPerMillion() > 0
                    ? our.cpuSPerMillion() / best.get().cpuSPerMillion()
                    : null,
                bestSelf.map(Row::contestant).orElse(null),
                bestSelf.map(self -> speed(unit, our) / speed(unit, self)).orElse(null)));
      }
    }
    return new Report(
        scenario.name(),
        command,
        machine,
        unit.text,
        rows,
        mean(comparisons, Comparison::ratio),
        comparisons.stream().anyMatch(c -> c.ratioToSelfBlocking() == null)
            ? null
            : mean(comparisons, c -> c.ratioToSelfBlocking()),
        comparisons.stream().map(Comparison::ratio).min(Double::compare).orElse(null),
        comparisons.stream()
            .map(Comparison::cpuRatio)
            .filter(Objects::nonNull)
            .max(Double::compare)
            .orElse(null),
        comparisons,
        pairs,
        failures);
  }

  /// A step of the process's CPU clock, in 10 s, if it was looked at for 3 s. Less is all the same.
  private static final double CPU_STEP_MILLIS = 35;

  /// The more the better, whatever the unit.
  private static double speed(Unit unit, Row row) {
    if (unit == Unit.SHARE_OF_RATE) {
      return Math.min(row.median(), 1 / row.median());
    }
    double least = unit == Unit.CPU_MILLIS ? CPU_STEP_MILLIS : Double.MIN_NORMAL;
    return unit.moreIsBetter ? row.median() : 1 / Math.max(row.median(), least);
  }

  private static Row withRatio(Row row, double ratio) {
    return new Row(
        row.contestant,
        row.ours,
        row.blocking,
        row.compared,
        row.threads,
        row.shape,
        row.capacity,
        row.median,
        row.min,
        row.max,
        row.cpuSPerMillion,
        row.bytesPerItem,
        row.forks,
        row.iterations,
        row.note,
        ratio);
  }

  private static @Nullable Double mean(List<Comparison> cells, ToDoubleFunction<Comparison> ratio) {
    if (cells.isEmpty()) {
      return null;
    }
    return Math.exp(cells.stream().mapToDouble(ratio).map(Math::log).average().orElseThrow());
  }

  // ---- As text

  String table() {
    var text = new StringBuilder();
    text.append("\n## ").append(scenario).append(" (").append(unit).append(")\n\n");
    text.append(
        "| contestant | threads | shape | capacity | median | min..max | spread |"
            + " CPU s/million | bytes/item | ours / this |\n");
    text.append("|---|---|---|---|---|---|---|---|---|---|\n");
    for (Row row : rows) {
      text.append(
          "| %s%s | %s | %s | %s | %s | %s..%s | ±%.0f%% | %.3f | %.1f | %s |%n"
              .formatted(
                  row.ours() ? "**" + row.contestant() + "**" : row.contestant(),
                  row.blocking() ? "" : "*",
                  row.threads(),
                  row.shape(),
                  row.room(),
                  figure(row.median()),
                  figure(row.min()),
                  figure(row.max()),
                  row.spread() * 100,
                  row.cpuSPerMillion(),
                  row.bytesPerItem(),
                  ratio(row.ratioOfOurs())));
    }
    if (!cells.isEmpty()) {
      text.append(
          "\n| ours beside the best peer | threads | shape | capacity | ratio | CPU ratio |"
              + " best that blocks by itself | ratio |\n");
      text.append("|---|---|---|---|---|---|---|---|\n");
      for (Comparison cell : cells) {
        text.append(
            "| %s / %s | %s | %s | %d | %s | %s | %s | %s |%n"
                .formatted(
                    cell.ours(),
                    cell.bestPeer(),
                    cell.threads(),
                    cell.shape(),
                    cell.capacity(),
                    ratio(cell.ratio()),
                    ratio(cell.cpuRatio()),
                    cell.bestSelfBlockingPeer() == null ? "-" : cell.bestSelfBlockingPeer(),
                    ratio(cell.ratioToSelfBlocking())));
      }
    }
    text.append(
        "%nratio to the best blocking peer %s (lowest %s), to the best that blocks by itself %s; highest CPU ratio %s%n"
            .formatted(
                ratio(ratioToBestBlockingPeer),
                ratio(lowestRatio),
                ratio(ratioToBestSelfBlockingPeer),
                ratio(highestCpuRatio)));
    for (Paired pair : pairs) {
      text.append(
          "%s over %s, shape %s: median ratio %.3f of %d pairs, 95 %% upper bound %s%n"
              .formatted(
                  pair.faster(),
                  pair.slower(),
                  pair.shape(),
                  pair.median(),
                  pair.pairs(),
                  pair.upper95() == null ? "-" : "%.3f".formatted(pair.upper95())));
    }
    failures.forEach(failure -> text.append("FAILED ").append(failure).append('\n'));
    return text.toString();
  }

  static String figure(double value) {
    if (value >= 10e6) {
      return "%.1f M".formatted(value / 1e6);
    } else if (value >= 1e6) {
      return "%.2f M".formatted(value / 1e6);
    } else if (value >= 10e3) {
      return "%.0f k".formatted(value / 1e3);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
  }

  private static String ratio(@Nullable Double value) {
    return value == null ? "-" : "%.2f".formatted(value);
  }
}
