package dev.sluice.pipelines;

import java.util.concurrent.atomic.AtomicReference;

/// Writes to a sink: the last step of a branch.
final class SinkStep extends Step {
  private final Sink<Object> sink;
  private final Failures failures;

  SinkStep(Sink<Object> sink, Failures failures) {
    super(new AtomicReference<>(failures.stage()));
    this.sink = sink;
    this.failures = failures;
  }

  @Override
  void accept(Object value, Lineage lineage) {
    at.setRelease(failures.stage());
    try {
      sink.write(value);
    } catch (Throwable e) {
      failures.handle(value, lineage, e);
      return;
    }
    lineage.settle(Outcome.OUT);
  }

  @Override
  void complete() {
    // What there is to do at the end is done in release, which always follows.
  }

  @Override
  void release() throws Exception {
    sink.finish();
  }
}
