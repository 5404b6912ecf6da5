package dev.sluice.pipelines;

/// Applies a function.
final class MapStep extends Step.Through {
  private final ThrowingFunction<Object, Object> function;
  private final Failures failures;

  MapStep(ThrowingFunction<Object, Object> function, Failures failures, Step next) {
    super(next);
    this.function = function;
    this.failures = failures;
  }

  @Override
  void accept(Object value, Lineage lineage) {
    Object result;
    at.setRelease(failures.stage());
    try {
      result = failures.notNull(function.apply(value));
    } catch (Throwable e) {
      failures.handle(value, lineage, e);
      return;
    }
    next.accept(result, lineage);
  }
}
