package dev.sluice.pipelines;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what the workers of a run have counted, and sums it up by stage.
final class Gauges {
  private final List<StageRun> stages;
  private final List<Worker> workers;

  /// What is known of a stage.
  private static final class Sum {
    int worker;
    int workers;
    long in;
    long out;
    long lived;
    long busy;
    long starved;
    long blocked;
    long delayed;
  }

  Gauges(List<StageRun> stages, List<Worker> workers) {
    this.stages = stages;
    this.workers = workers;
  }

  Metrics read(Duration elapsed) {
    var sums = new ArrayList<Sum>();
    stages.forEach(stage -> sums.add(new Sum()));
    var groups = new IdentityHashMap<Object, Integer>();
    for (var worker : workers) {
      readItems(worker, sums);
      readTime(worker, sums, groups);
    }
    var metrics = new ArrayList<Metrics.Stage>();
    for (int i = 0; i < stages.size(); i++) {
      if (sums.get(i).workers > 0 || !stages.get(i).edges.isEmpty()) {
        // otherwise it is a buffer, which is a part of the stage after it
        metrics.add(metrics(stages.get(i), sums.get(i)));
      }
    }
    return new Metrics(elapsed, List.copyOf(metrics));
  }

  /// A chain of steps counts what goes in; each step, how many more or fewer it passes on.
  private static void readItems(Worker worker, List<Sum> sums) {
    long items = worker.tally.takenSoFar();
    var first = sums.get(worker.stage);
    // What the others take, their first step takes.
    boolean passes =
        worker instanceof ReadWorker
            || (!runs(worker, worker.stage)
                && (worker instanceof BalanceWorker
                    || (worker instanceof RelayWorker relay && relay.ofStage)));
    if (passes || worker instanceof MapWorker) {
      first.in += items;
    }
    if (passes || worker instanceof EmitWorker) {
      first.out += items;
    }
    long passed = items;
    for (@Nullable Step step = worker.first(); step != null; step = step.next()) {
      if (step.stage != Step.NO_STAGE) {
        sums.get(step.stage).in += passed;
        passed += step.extra();
        sums.get(step.stage).out += passed;
      }
    }
  }

  /// The time that a worker has waited is that of each of its stages; the rest is shared as the
  /// samples say.
  private void readTime(Worker worker, List<Sum> sums, Map<Object, Integer> groups) {
    var tally = worker.tally;
    long lived = tally.lived();
    long busy =
        Math.max(0, lived - tally.starvedSoFar() - tally.blockedSoFar() - tally.delayedSoFar());
    long sampled = 0;
    for (int i = 0; i < stages.size(); i++) {
      sampled += tally.sampled(i);
    }
    var group = groupOf(worker, groups);
    for (int i = 0; i < stages.size(); i++) {
      if (isOf(worker, i)) {
        var sum = sums.get(i);
        sum.worker = group;
        sum.workers++;
        sum.lived += lived;
        sum.starved += tally.starvedSoFar();
        sum.blocked += tally.blockedSoFar();
        sum.delayed += tally.delayedSoFar();
        sum.busy +=
            sampled == 0
                ? (i == nowAt(worker) ? busy : 0)
                : (long) (busy * ((double) tally.sampled(i) / sampled));
      }
    }
  }

  private static int groupOf(Worker worker, Map<Object, Integer> groups) {
    return groups.computeIfAbsent(worker.group(), key -> groups.size());
  }

  private static boolean isOf(Worker worker, int stage) {
    boolean own =
        worker instanceof RelayWorker relay ? relay.ofStage : !(worker instanceof EmitWorker);
    return (own && stage == worker.stage) || runs(worker, stage);
  }

  /// The stage that all of a worker's time is ascribed to, as long as there is no sample: where it
  /// is, since an item that it never comes back from is never sampled.
  private int nowAt(Worker worker) {
    int at = worker.tally.at();
    return isOf(worker, at) ? at : firstOf(worker);
  }

  private int firstOf(Worker worker) {
    for (int i = 0; i < stages.size(); i++) {
      if (isOf(worker, i)) {
        return i;
      }
    }
    return Step.NO_STAGE;
  }

  private static boolean runs(Worker worker, int stage) {
    for (@Nullable Step step = worker.first(); step != null; step = step.next()) {
      if (step.stage == stage) {
        return true;
      }
    }
    return false;
  }

  private static Metrics.Stage metrics(StageRun stage, Sum sum) {
    long queued = 0;
    long capacity = 0;
    long dropped = 0;
    for (var edge : stage.edges) {
      queued += edge.size();
      capacity += edge.capacity();
      dropped += edge.dropped();
    }
    double lived = Math.max(1, sum.lived);
    return new Metrics.Stage(
        stage.name(),
        sum.worker,
        stage.crew == null ? sum.workers : stage.concurrency(),
        sum.in,
        sum.out,
        stage.failures.failed(),
        stage.failures.retried(),
        dropped,
        queued,
        capacity,
        sum.busy / lived,
        sum.starved / lived,
        sum.blocked / lived,
        sum.delayed / lived);
  }
}
