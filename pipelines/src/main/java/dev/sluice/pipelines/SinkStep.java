package dev.sluice.pipelines;

/// Writes to a sink: the last step of a branch.
final class SinkStep extends Step {
  private final Sink<Object> sink;
  private final ThrowingFunction<Object, Object> write;
  private final Failures failures;

  SinkStep(Sink<Object> sink, Failures failures, Tally tally) {
    super(tally, failures.stage());
    this.sink = sink;
    this.write =
        value -> {
          sink.write(value);
          return true;
        };
    this.failures = failures;
  }

  @Override
  Fate fate() {
    return Fate.WRITTEN;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    if (tally.isCareful()) {
      acceptCarefully(value, lineage);
    } else if (!writes(value, lineage)) {
      passed(-1);
    }
  }

  private void acceptCarefully(Object value, Lineage lineage) throws InterruptedException {
    if (failures.refuses(value, lineage, tally) || !writes(value, lineage)) {
      passed(-1);
    } else if (!tally.countsWritten()) {
      lineage.settle(Outcome.OUT, tally);
    }
  }

  /// @return whether it did; if not, the lineage is settled
  private boolean writes(Object value, Lineage lineage) throws InterruptedException {
    try {
      sink.write(value);
      return true;
    } catch (Throwable e) {
      return failures.recover(write, value, lineage, e, tally) != null;
    }
  }

  @Override
  void complete() {
    // What there is to do at the end is done in release, which always follows.
  }

  @Override
  void release() throws Exception {
    tally.at(stage);
    sink.finish();
  }
}
