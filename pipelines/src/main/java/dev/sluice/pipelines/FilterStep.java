package dev.sluice.pipelines;

/// Lets pass what fulfils a condition.
final class FilterStep extends Step.Through {
  private final ThrowingPredicate<Object> condition;
  private final Failures failures;

  FilterStep(ThrowingPredicate<Object> condition, Failures failures, Step next) {
    super(next);
    this.condition = condition;
    this.failures = failures;
  }

  @Override
  void accept(Object value, Lineage lineage) {
    boolean passes;
    at.setRelease(failures.stage());
    try {
      passes = condition.test(value);
    } catch (Throwable e) {
      failures.handle(value, lineage, e);
      return;
    }
    if (passes) {
      next.accept(value, lineage);
    } else {
      lineage.settle(Outcome.FILTERED);
    }
  }
}
