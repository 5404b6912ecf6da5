package dev.sluice.pipelines;

/// Applies a function.
final class MapStep extends Step.Through {
  private final ThrowingFunction<Object, Object> function;
  private final Failures failures;

  MapStep(ThrowingFunction<Object, Object> function, Failures failures, Step next) {
    super(failures.stage(), next);
    this.function = function;
    this.failures = failures;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var result = failures.apply(function, value, lineage, tally);
    if (result != null) {
      next.accept(result, lineage);
    } else {
      passed(-1);
    }
  }
}
