package dev.sluice.pipelines;

import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes of each value any number of others, and passes on each before it asks for the next.
final class FlatMapStep extends Step.Through {
  private final Run run;
  private final ThrowingFunction<Object, Object> function;
  private final Failures failures;

  FlatMapStep(
      Run run,
      ThrowingFunction<Object, ? extends Iterable<?>> function,
      Failures failures,
      Step next) {
    super(failures.stage(), next);
    this.run = run;
    this.function =
        value ->
            Objects.requireNonNull(function.apply(value), "a flatMap returned null").iterator();
    this.failures = failures;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var results = (Iterator<?>) failures.apply(function, value, lineage, tally);
    long made = 0;
    if (results != null) {
      // The value keeps a part of the lineage until all that comes of it has been passed on.
      for (var part = next(results, value, lineage, made);
          part != null;
          part = next(results, value, lineage, made)) {
        made++;
        lineage.split(2);
        try {
          next.accept(part, lineage);
          run.throwIfStopping();
        } catch (InterruptedException | Stopped e) {
          lineage.settle(Outcome.ABANDONED, tally);
          throw e;
        }
      }
    }
    passed(made - 1);
  }

  /// @param made how many have come of the value so far
  /// @return null at the end, with the value's own part settled
  private @Nullable Object next(Iterator<?> results, Object value, Lineage lineage, long made) {
    tally.at(stage);
    try {
      if (results.hasNext()) {
        return Objects.requireNonNull(results.next(), "a flatMap's result contains null");
      }
    } catch (Throwable e) {
      failures.settle(value, lineage, e, 1, tally);
      return null;
    }
    lineage.settle(made == 0 ? Outcome.FILTERED : Outcome.OUT, tally);
    return null;
  }
}
