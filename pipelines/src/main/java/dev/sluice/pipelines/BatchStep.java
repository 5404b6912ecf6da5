package dev.sluice.pipelines;

import java.util.function.ToLongFunction;

/// Gathers values into lists, until one is full or its time is over.
final class BatchStep extends GatherStep {
  private final Run run;
  private final Failures failures;
  private final int size;
  private final long linger;
  private final long weight;
  private final ThrowingFunction<Object, Object> weigher;

  private long weighs;
  private long deadline = NEVER;

  /// @param size how many values a batch has at most
  /// @param linger for how many nanoseconds its first one waits at most
  /// @param weight how much it weighs at most, unless a single value weighs more
  BatchStep(
      Run run,
      Failures failures,
      int size,
      long linger,
      long weight,
      ToLongFunction<Object> weigher,
      Step next) {
    super(failures.stage(), next);
    this.run = run;
    this.failures = failures;
    this.size = size;
    this.linger = linger;
    this.weight = weight;
    this.weigher = weigher::applyAsLong;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    long more = 1;
    if (weight != Long.MAX_VALUE) {
      var weighed = (Long) failures.apply(weigher, value, lineage, tally);
      if (weighed == null) {
        passed(-1);
        return;
      }
      more = Math.max(0, weighed);
      if (gathered() > 0 && more > weight - weighs) {
        flushBefore(lineage);
      }
    }
    tally.at(stage);
    gather(value, lineage);
    weighs += more;
    if (gathered() == 1 && linger != NEVER) {
      deadline = run.clock().nanoTime() + linger;
    }
    if (gathered() == size || weighs >= weight) {
      flush();
    }
  }

  @Override
  long deadline() {
    return deadline;
  }

  @Override
  void tick() throws InterruptedException {
    if (run.clock().nanoTime() - deadline >= 0) {
      flush();
    }
  }

  @Override
  void flush() throws InterruptedException {
    deadline = NEVER;
    weighs = 0;
    super.flush();
  }
}
