package dev.sluice.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What theory expects of the settings, stage by stage, and words for that.
///
/// @param stations each stage as theory sees it
/// @param predictions what is expected of each
/// @param bottleneck the stage, from 0 on, that has least to spare
record Theory(
    Settings settings, List<Station> stations, List<Prediction> predictions, int bottleneck) {
  private static final double CLOSE = 0.1;
  private static final long ENOUGH = 1_000;

  static Theory of(Settings settings) {
    var stations = new ArrayList<Station>();
    var predictions = new ArrayList<Prediction>();
    double arrivals = settings.number(Knob.PRODUCERS) * settings.get(Knob.RATE);
    double coming = arrivals;
    double offered = arrivals;
    double heaviest = 0;
    int bottleneck = 0;
    for (int stage = 0; stage < settings.number(Knob.STAGES); stage++) {
      var station =
          new Station(
              Math.max(1e-9, settings.branches() ? arrivals : coming),
              1 / (settings.service(stage) * attempts(settings)),
              settings.workers(stage),
              settings.room());
      var prediction = predict(settings, station, stage);
      stations.add(station);
      predictions.add(prediction);
      coming = prediction.throughput() * survivors(settings);
      // By what would come if nothing before it were too slow: else the first slow one is blamed.
      double load = offered / station.services() / station.consumers();
      if (load > heaviest) {
        heaviest = load;
        bottleneck = stage;
      }
      offered *= settings.branches() ? 1 : survivors(settings);
    }
    return new Theory(settings, List.copyOf(stations), List.copyOf(predictions), bottleneck);
  }

  private static Prediction predict(Settings settings, Station station, int stage) {
    int before =
        stage == 0 || settings.branches()
            ? settings.number(Knob.PRODUCERS)
            : settings.workers(stage - 1);
    return Prediction.of(station, settings.waits() ? before : 0);
  }

  /// How often an item is tried, on average.
  private static double attempts(Settings settings) {
    double fails = Math.min(0.99, settings.get(Knob.FAILS) / 100);
    double poisoned = settings.get(Knob.POISON) / 100;
    return switch (settings.text(Knob.POLICY)) {
      case "retry" -> (1 - poisoned) * (1 + fails + fails * fails) + poisoned * 3;
      case "retry-forever" -> 1 / (1 - fails);
      default -> 1;
    };
  }

  private static double survivors(Settings settings) {
    double fails = settings.get(Knob.FAILS) / 100;
    double well = 1 - settings.get(Knob.POISON) / 100;
    return switch (settings.text(Knob.POLICY)) {
      case "retry" -> well * (1 - fails * fails * fails);
      case "retry-forever" -> well;
      default -> well * (1 - fails);
    };
  }

  /// What limits, and what would help.
  String advice() {
    var station = stations.get(bottleneck);
    var now = predictions.get(bottleneck);
    var more =
        predict(
            settings,
            new Station(
                station.arrivals(),
                station.services(),
                station.consumers() + 1,
                station.capacity()),
            bottleneck);
    double able = station.consumers() * station.services();
    var limit =
        able < station.arrivals()
            ? "Stage %d limits: %.3g items a second come, and its workers can deal with %.3g."
            : "Nothing is too slow; stage %d has least to spare: %.3g items a second come, and its"
                + " workers can deal with %.3g.";
    var text = new StringBuilder();
    text.append(String.format(Locale.ROOT, limit, bottleneck + 1, station.arrivals(), able));
    text.append(String.format(Locale.ROOT, " One more worker there: %s.", change(now, more)));
    if (station.capacity() > 0 && !settings.is(Knob.KIND, "latest")) {
      var larger =
          predict(
              settings,
              new Station(
                  station.arrivals(),
                  station.services(),
                  station.consumers(),
                  2 * station.capacity()),
              bottleneck);
      text.append(String.format(Locale.ROOT, " A buffer twice as large: %s.", change(now, larger)));
    }
    return text.toString();
  }

  private static String change(Prediction now, Prediction then) {
    return String.format(
        Locale.ROOT,
        "%.3g items a second instead of %.3g, waiting %s instead of %s",
        then.throughput(),
        now.throughput(),
        seconds(then.waited()),
        seconds(now.waited()));
  }

  private static String seconds(double time) {
    return time < 1
        ? String.format(Locale.ROOT, "%.0f ms", time * 1e3)
        : String.format(Locale.ROOT, "%.1f s", time);
  }

  /// Whether what was measured is as expected, and why not.
  String verdict(List<Board.Measured> measured) {
    long taken = measured.stream().mapToLong(Board.Measured::taken).min().orElse(0);
    var strays = strays(measured);
    var reasons = reasons();
    if (strays == null) {
      return taken < ENOUGH / 10
          ? "Too few items yet to tell: %d.".formatted(taken)
          : "Measured and predicted agree within %.0f %%.".formatted(CLOSE * 100);
    }
    if (taken < ENOUGH) {
      reasons.add(
          "only %d item%s measured, and chance alone makes a difference with so few"
              .formatted(taken, taken == 1 ? " was" : "s were"));
    }
    if (reasons.isEmpty()) {
      reasons.add(
          "threads wake late, by a tenth of a millisecond and more when the machine is busy, which"
              + " counts where times are short");
    }
    return strays + " The theory (M/M/c/K) is not quite this: " + String.join("; ", reasons) + ".";
  }

  private @Nullable String strays(List<Board.Measured> measured) {
    for (int stage = 0; stage < measured.size() && stage < predictions.size(); stage++) {
      var was = measured.get(stage);
      var expected = predictions.get(stage);
      if (differ(was.throughput(), expected.throughput(), 0.05)) {
        return "Stage %d does %.3g items a second, expected were %.3g."
            .formatted(stage + 1, was.throughput(), expected.throughput());
      }
      if (differ(was.waiting(), expected.waiting(), 0.3)) {
        return "%.3g items wait for stage %d on average, expected were %.3g."
            .formatted(was.waiting(), stage + 1, expected.waiting());
      }
    }
    return null;
  }

  private static boolean differ(double one, double other, double least) {
    return Math.abs(one - other) > Math.max(least, CLOSE * Math.max(one, other));
  }

  private List<String> reasons() {
    var reasons = new ArrayList<String>();
    if (!settings.is(Knob.ARRIVALS, "random")) {
      reasons.add(
          settings.is(Knob.ARRIVALS, "bursty")
              ? "it expects items one by one, and bursts fill the buffer faster than that"
              : "it expects items at random, and an even pace makes fewer wait");
    }
    if (!settings.is(Knob.SERVICES, "exponential")) {
      reasons.add(
          settings.is(Knob.SERVICES, "constant")
              ? "it expects service times that vary, and equal ones make fewer wait"
              : "it expects service times that vary less, and a few very long ones hold up all"
                  + " behind them");
    }
    if (settings.number(Knob.STAGES) > 1) {
      reasons.add(
          settings.branches()
              ? "it takes each branch by itself, and a producer that waits for one is late for all"
              : "it takes each stage by itself, and a full buffer behind a stage stops its workers");
    }
    if (settings.overflow().equals("drop-oldest")) {
      reasons.add("it turns newcomers away, and here who waits longest is dropped");
    }
    if (settings.number(Knob.PRIME) > 0) {
      reasons.add("it lets workers begin at once, and here they wait until the buffer has filled");
    }
    if (settings.get(Knob.POISON) > 0 && settings.is(Knob.POLICY, "retry-forever")) {
      reasons.add(
          "a worker that tries a hopeless item for ever is lost, and it counts all of them");
    }
    return reasons;
  }
}
