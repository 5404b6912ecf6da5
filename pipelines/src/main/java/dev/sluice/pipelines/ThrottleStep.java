package dev.sluice.pipelines;

import java.util.function.BooleanSupplier;

/// Lets each value wait for the moment that it may pass.
final class ThrottleStep extends Step.Through {
  private final Run run;
  private final Throttle throttle;
  private int changes;
  private final BooleanSupplier changed;

  ThrottleStep(Run run, int stage, Throttle throttle, Step next) {
    super(stage, next);
    this.run = run;
    this.throttle = throttle;
    this.changed = () -> throttle.changes() != changes;
  }

  @Override
  Fate fate() {
    return next.fate();
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    if (tally.isCareful()) {
      tally.at(stage);
    }
    try {
      awaitMoment();
    } catch (InterruptedException | Stopped e) {
      lineage.settle(Outcome.ABANDONED, tally);
      throw e;
    }
    next.accept(value, lineage);
  }

  private void awaitMoment() throws InterruptedException {
    long moment;
    do {
      changes = throttle.changes();
      moment = throttle.reserve();
      if (moment - run.clock().nanoTime() > 0) {
        throttle.enter(Thread.currentThread());
        try {
          run.delayUntil(moment, changed, tally);
        } finally {
          throttle.leave(Thread.currentThread());
        }
      }
    } while (changed.getAsBoolean() && moment - run.clock().nanoTime() > 0);
  }
}
