package dev.sluice.pipelines;

/// Gathers the values of each period into a list.
final class TumblingStep extends GatherStep {
  private final Run run;
  private final long period;
  private final int most;
  private final long begun;

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
    if (gathered() > 0 && now >= end) {
      flushBefore(lineage);
    }
    if (gathered() == 0) {
      end = (now / period + 1) * period;
    }
    gather(value, lineage);
    if (gathered() == most) {
      flush();
    }
  }

  @Override
  long deadline() {
    return gathered() == 0 ? NEVER : begun + end;
  }

  @Override
  void tick() throws InterruptedException {
    if (run.clock().nanoTime() - begun >= end) {
      flush();
    }
  }
}
