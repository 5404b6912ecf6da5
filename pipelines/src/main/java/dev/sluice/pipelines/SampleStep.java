package dev.sluice.pipelines;

import org.jspecify.annotations.Nullable;

/// Passes on the latest value once in each period, and drops the others.
final class SampleStep extends Step.Through {
  private final Run run;
  private final long period;
  private @Nullable Object latest;
  private Lineage lineage = Untracked.LINEAGE;
  private long due;

  /// @param period in nanoseconds
  SampleStep(Run run, int stage, long period, Step next) {
    super(stage, next);
    this.run = run;
    this.period = period;
    this.due = run.clock().nanoTime() + period;
  }

  @Override
  void accept(Object value, Lineage of) throws InterruptedException {
    tally.at(stage);
    passed(-1);
    if (latest != null) {
      lineage.settle(Outcome.DROPPED, tally);
    }
    latest = value;
    lineage = of;
    tick();
  }

  @Override
  long deadline() {
    return latest == null ? NEVER : due;
  }

  @Override
  void tick() throws InterruptedException {
    long late = run.clock().nanoTime() - due;
    if (late >= 0) {
      due += (late / period + 1) * period;
      emit();
    }
  }

  private void emit() throws InterruptedException {
    var value = latest;
    if (value != null) {
      latest = null;
      passed(1);
      next.accept(value, lineage);
    }
  }

  @Override
  void complete() throws Exception {
    emit();
    super.complete();
  }

  @Override
  void release() throws Exception {
    if (latest != null) {
      latest = null;
      lineage.settle(Outcome.ABANDONED, tally);
    }
    super.release();
  }
}
