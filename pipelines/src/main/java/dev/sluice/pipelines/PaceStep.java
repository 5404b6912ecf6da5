package dev.sluice.pipelines;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;

/// Passes on a value in each period, from a store that it fills first.
final class PaceStep extends Step.Through {

  private record Kept(Object value, Lineage lineage) {}

  private final Run run;
  private final long period;
  private final int high;
  private final int low;
  private final LongAdder underflows;
  private final ArrayDeque<Kept> store = new ArrayDeque<>();
  private boolean plays;
  private long due;

  /// @param period in nanoseconds
  /// @param high how many values must be in the store before it begins, and at most are
  /// @param low down to how many it goes on before it fills the store again
  PaceStep(Run run, int stage, long period, int high, int low, LongAdder underflows, Step next) {
    super(stage, next);
    this.run = run;
    this.period = period;
    this.high = high;
    this.low = low;
    this.underflows = underflows;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    tally.at(stage);
    store.add(new Kept(value, lineage));
    if (!plays && store.size() >= high) {
      plays = true;
      due = run.clock().nanoTime();
    }
    if (plays) {
      tick();
    }
    while (store.size() > high) {
      play();
    }
  }

  @Override
  long deadline() {
    return plays ? due : NEVER;
  }

  @Override
  void tick() throws InterruptedException {
    while (plays && run.clock().nanoTime() - due >= 0) {
      if (store.size() <= low) {
        plays = false;
        underflows.increment();
      } else {
        emit();
      }
    }
  }

  /// Waits for the next value's time.
  private void play() throws InterruptedException {
    run.delayUntil(due, tally);
    emit();
  }

  private void emit() throws InterruptedException {
    var first = store.remove();
    due += period;
    next.accept(first.value, first.lineage);
  }

  /// What is left is played at its pace.
  @Override
  void complete() throws Exception {
    if (!plays) {
      due = run.clock().nanoTime();
    }
    while (!store.isEmpty()) {
      play();
    }
    super.complete();
  }

  @Override
  void release() throws Exception {
    for (var kept : store) {
      kept.lineage.settle(Outcome.ABANDONED, tally);
    }
    store.clear();
    super.release();
  }
}
