package dev.sluice.pipelines;

/// Lets pass what fulfils a condition.
final class FilterStep extends Step.Through {
  private final ThrowingFunction<Object, Object> condition;
  private final Failures failures;

  FilterStep(ThrowingPredicate<Object> condition, Failures failures, Step next) {
    super(failures.stage(), next);
    this.condition = condition::test;
    this.failures = failures;
  }

  @Override
  Fate fate() {
    return next.fate();
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var passes = failures.apply(condition, value, lineage, tally);
    if (Boolean.TRUE.equals(passes)) {
      next.accept(value, lineage);
    } else {
      passed(-1);
      if (passes != null) {
        lineage.settle(Outcome.FILTERED, tally);
      }
    }
  }
}
