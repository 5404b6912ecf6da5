package dev.sluice.pipelines;

import org.jspecify.annotations.Nullable;

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
  Fate fate() {
    return next.fate();
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    boolean refused = tally.isCareful() && failures.refuses(value, lineage, tally);
    var result = refused ? null : apply(value, lineage);
    if (result != null) {
      next.accept(result, lineage);
    } else {
      passed(-1);
    }
  }

  private @Nullable Object apply(Object value, Lineage lineage) throws InterruptedException {
    try {
      return failures.notNull(function.apply(value));
    } catch (Throwable e) {
      return failures.recover(function, value, lineage, e, tally);
    }
  }
}
