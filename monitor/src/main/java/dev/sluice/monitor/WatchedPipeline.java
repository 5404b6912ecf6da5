package dev.sluice.monitor;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Metrics;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.StageFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A run, and what of its past is needed to tell how it does lately. Read by one thread at a time.
final class WatchedPipeline {
  private final String name;
  private final Running running;
  private final Map<String, Ages> ages = new HashMap<>();
  private final Lately<Reading> lately = new Lately<>();
  private final Map<String, Integer> most = new HashMap<>();
  private volatile boolean draining;
  private volatile @Nullable Throwable failure;
  private volatile boolean ended;
  private Snapshot.@Nullable Pipeline last;

  private record Reading(Metrics metrics, Account account) {}

  WatchedPipeline(String name, Running running) {
    this.name = name;
    this.running = running;
    for (var stage : running.metrics().stages()) {
      most.put(stage.name(), running.stage(stage.name()).most());
    }
    Thread.ofVirtual().name("sluice-monitor-end-of-" + name).start(this::awaitEnd);
  }

  private void awaitEnd() {
    try {
      running.await();
    } catch (Exception | Error e) {
      failure = e; // told by the snapshot; whoever started the run is thrown the same
    }
    ended = true;
  }

  String name() {
    return name;
  }

  Running running() {
    return running;
  }

  boolean hasEnded() {
    return ended;
  }

  boolean hasFailed() {
    return failure != null;
  }

  /// Ends the run in order, without waiting for that.
  void drain(Duration patience) {
    draining = true;
    Thread.ofVirtual()
        .name("sluice-monitor-drain-of-" + name)
        .start(() -> {
          try {
            running.drain(patience);
          } catch (Exception e) {
            failure = e; // the same as awaitEnd is thrown
          }
        });
  }

  Snapshot.Pipeline read(long nanos) {
    if (ended && last != null && isFinal(last.state())) {
      return last;
    }
    var state = state(); // before the rest, so that what an ended one is shown with is final
    var account = running.account();
    var metrics = running.metrics();
    var then = lately.add(nanos, new Reading(metrics, account));
    double seconds = Math.max(1e-9, (nanos - then.nanos()) / 1e9);
    var before = new HashMap<String, Metrics.Stage>();
    then.reading().metrics.stages().forEach(stage -> before.put(stage.name(), stage));
    var stages = new ArrayList<Snapshot.Stage>();
    for (var stage : metrics.stages()) {
      var old = Objects.requireNonNullElse(before.get(stage.name()), stage);
      stages.add(
          stage(stage, old, metrics.elapsed(), then.reading().metrics.elapsed(), seconds, nanos));
    }
    last =
        new Snapshot.Pipeline(
            name,
            state,
            metrics.elapsed(),
            failure == null ? null : describe(failure),
            account,
            Math.max(0, account.in() - then.reading().account.in()) / seconds,
            isFinal(state) ? null : metrics.bottleneck().map(Metrics.Stage::name).orElse(null),
            running.explain(),
            List.copyOf(stages),
            running.links());
    return last;
  }

  private static boolean isFinal(Snapshot.State state) {
    return state == Snapshot.State.DONE || state == Snapshot.State.FAILED;
  }

  private Snapshot.State state() {
    if (ended) {
      return failure != null || running.account().abandoned() > 0
          ? Snapshot.State.FAILED
          : Snapshot.State.DONE;
    }
    if (draining) {
      return Snapshot.State.DRAINING;
    }
    return running.isPaused() ? Snapshot.State.PAUSED : Snapshot.State.RUNNING;
  }

  private Snapshot.Stage stage(
      Metrics.Stage now,
      Metrics.Stage then,
      Duration elapsed,
      Duration elapsedThen,
      double seconds,
      long nanos) {
    var oldest =
        ages.computeIfAbsent(now.name(), stage -> new Ages())
            .look(nanos, now.in() + now.queued(), now.in());
    var share = new Share(elapsed.toNanos(), elapsedThen.toNanos());
    return new Snapshot.Stage(
        now.name(),
        now.worker(),
        now.workers(),
        most.computeIfAbsent(now.name(), stage -> running.stage(stage).most()),
        now.in(),
        now.out(),
        Math.max(0, now.in() - then.in()) / seconds,
        Math.max(0, now.out() - then.out()) / seconds,
        now.failed(),
        now.retried(),
        now.dropped(),
        now.queued(),
        now.capacity(),
        oldest,
        share.lately(now.busy(), then.busy()),
        share.lately(now.starved(), then.starved()),
        share.lately(now.blocked(), then.blocked()),
        share.lately(now.delayed(), then.delayed()));
  }

  /// Makes of two shares of the time since the start the share of the time between. Workers that
  /// began late or ended early make it a little wrong: so it stays within its bounds.
  private record Share(double now, double then) {
    double lately(double shareNow, double shareThen) {
      double share =
          now - then < 1e6 ? shareNow : (shareNow * now - shareThen * then) / (now - then);
      return Math.max(0, Math.min(1, share));
    }
  }

  /// What a message says may be of the items, and who looks here need not be allowed to see them.
  private static String describe(Throwable failure) {
    return failure.getClass().getName()
        + Arrays.stream(failure.getSuppressed())
            .filter(StageFailure.class::isInstance)
            .findFirst()
            .map(where -> ", " + where.getMessage())
            .orElse("");
  }
}
