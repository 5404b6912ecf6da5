package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Gathers the values of each period into a list.
final class TumblingStep extends Step.Through {
  private final Run run;
  private final long period;
  private final int most;
  private final long begun;

  private List<Object> values = new ArrayList<>();
  private List<Lineage> lineages = new ArrayList<>();
  private long end;

  /// @param period in nanoseconds; counted from now
  /// @param most how many values a list has
  TumblingStep(Run run, int stage, long period, int most, Step next) {
    super(stage, next);
    this.run = run;
    this.period = period;
    this.most = most;
    this.begun = run.clock().nanoTime();
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    tally.at(stage);
    long now = run.clock().nanoTime() - begun;
    if (!values.isEmpty() && now >= end) {
      flushBefore(lineage);
    }
    if (values.isEmpty()) {
      end = (now / period + 1) * period;
    }
    values.add(value);
    lineages.add(lineage);
    if (values.size() == most) {
      flush();
    }
  }

  private void flushBefore(Lineage mine) throws InterruptedException {
    try {
      flush();
    } catch (InterruptedException | Stopped e) {
      mine.settle(Outcome.ABANDONED, tally);
      throw e;
    }
  }

  @Override
  long deadline() {
    return values.isEmpty() ? NEVER : begun + end;
  }

  @Override
  void tick() throws InterruptedException {
    if (run.clock().nanoTime() - begun >= end) {
      flush();
    }
  }

  private void flush() throws InterruptedException {
    if (values.isEmpty()) {
      return;
    }
    var window = Collections.unmodifiableList(values);
    var lineage = new BatchLineage(lineages);
    values = new ArrayList<>();
    lineages = new ArrayList<>();
    passed(1L - window.size());
    next.accept(window, lineage);
  }

  @Override
  void complete() throws Exception {
    flush();
    super.complete();
  }

  @Override
  void release() throws Exception {
    for (var lineage : lineages) {
      lineage.settle(Outcome.ABANDONED, tally);
    }
    lineages.clear();
    super.release();
  }
}
