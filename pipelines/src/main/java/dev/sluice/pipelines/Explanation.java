package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Says in words how a run is doing.
final class Explanation {
  private final Metrics metrics;
  private final Account account;

  private Explanation(Metrics metrics, Account account) {
    this.metrics = metrics;
    this.account = account;
  }

  static String of(Metrics metrics, Account account) {
    return new Explanation(metrics, account).text();
  }

  private String text() {
    var lines = new ArrayList<String>();
    lines.add(balance());
    groups().forEach(group -> lines.add(line(group)));
    lines.addAll(advice());
    return String.join("\n", lines);
  }

  private String balance() {
    double seconds = Math.max(1e-9, metrics.elapsed().toNanos() / 1e9);
    var text =
        new StringBuilder(
            format(
                "%,d items in %.1f s, %,.0f a second: %,d out",
                account.in(), seconds, account.in() / seconds, account.out()));
    add(text, account.filtered(), "filtered");
    add(text, account.dropped(), "dropped");
    add(text, account.deadLettered(), "dead-lettered");
    add(text, account.abandoned(), "abandoned");
    add(text, account.inFlight(), "on the way");
    return text.append('.').toString();
  }

  private static void add(StringBuilder text, long count, String what) {
    if (count > 0) {
      text.append(format(", %,d %s", count, what));
    }
  }

  /// Stages that share their workers, in order.
  private List<List<Metrics.Stage>> groups() {
    var groups = new ArrayList<List<Metrics.Stage>>();
    for (var stage : metrics.stages()) {
      var last = groups.isEmpty() ? null : groups.getLast();
      if (last != null && last.getFirst().worker() == stage.worker() && stage.workers() > 0) {
        last.add(stage);
      } else {
        groups.add(new ArrayList<>(List.of(stage)));
      }
    }
    return groups;
  }

  private static String line(List<Metrics.Stage> group) {
    var first = group.getFirst();
    double busy = group.stream().mapToDouble(Metrics.Stage::busy).sum();
    var text =
        new StringBuilder(
            format(
                "  %s: %d worker%s, busy %.0f %%, starved %.0f %%, blocked %.0f %%",
                group.stream().map(Metrics.Stage::name).collect(Collectors.joining(" + ")),
                first.workers(),
                first.workers() == 1 ? "" : "s",
                100 * busy,
                100 * first.starved(),
                100 * first.blocked()));
    if (first.delayed() >= 0.005) {
      text.append(format(", delayed %.0f %%", 100 * first.delayed()));
    }
    if (first.capacity() > 0) {
      text.append(format(", %,d of %,d waiting before it", first.queued(), first.capacity()));
    }
    return text.toString();
  }

  private List<String> advice() {
    var found = metrics.bottleneck();
    if (found.isEmpty()) {
      return List.of(
          "Nothing here limits the rate: every worker waits for others most of the time.");
    }
    var stage = found.get();
    boolean held = stage.delayed() > stage.busy();
    double waits = 100 * (1 - stage.load());
    var says =
        waits < 1
            ? format("'%s' limits the rate: it hardly ever waits for others.", stage.name())
            : format(
                "'%s' limits the rate: it waits for others only %.0f %% of the time.",
                stage.name(), waits);
    return List.of(says, held ? heldBack(stage) : tooBusy(stage));
  }

  private static String heldBack(Metrics.Stage stage) {
    return stage.retried() > 0
        ? format(
            "It spends %.0f %% of its time waiting before another attempt (%,d so far): see why items fail, or make it parallel.",
            100 * stage.delayed(), stage.retried())
        : format(
            "It waits %.0f %% of its time because it is told to: only a higher rate would help.",
            100 * stage.delayed());
  }

  private String tooBusy(Metrics.Stage stage) {
    if (stage.equals(metrics.stages().getFirst())) {
      return "The source gives no more: more readers would help if there are several sources (Pipeline.merge).";
    }
    var companions =
        metrics.stages().stream()
            .filter(other -> !other.equals(stage) && other.worker() == stage.worker())
            .filter(other -> other.busy() > 0.1)
            .map(Metrics.Stage::name)
            .toList();
    if (!companions.isEmpty()) {
      return format(
          "It shares its worker with %s: a buffer between them would let them work at the same time, and Parallel.ordered(2) would give it a second worker.",
          String.join(" and ", companions));
    }
    return stage.workers() > 1
        ? format(
            "All of its %d workers are busy: more would help if there are processors for them (Running.stage(\"%s\").concurrency).",
            stage.workers(), stage.name())
        : "A second worker would help, if items need not be dealt with one after the other (Parallel.ordered(2)); or batches, if each call costs much.";
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is another library's
  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
