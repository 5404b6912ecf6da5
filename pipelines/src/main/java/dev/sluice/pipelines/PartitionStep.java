package dev.sluice.pipelines;

import java.util.List;

/// Hands each value to the lane of its key.
final class PartitionStep extends Step {
  private final ThrowingFunction<Object, Object> key;
  private final Failures failures;
  private final List<Step> lanes;

  PartitionStep(
      ThrowingFunction<Object, Object> key, Failures failures, List<Step> lanes, Tally tally) {
    super(tally, failures.stage());
    this.key = key;
    this.failures = failures;
    this.lanes = lanes;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var of = failures.apply(key, value, lineage, tally);
    if (of == null) {
      passed(-1);
      return;
    }
    int hash = of.hashCode() * 0x9E3779B9; // spreads keys whose hashes are close
    lanes.get((int) (((hash & 0xFFFFFFFFL) * lanes.size()) >>> 32)).accept(value, lineage);
  }

  @Override
  void complete() throws Exception {
    Steps.completeAll(lanes);
  }

  @Override
  void release() throws Exception {
    Steps.releaseAll(lanes);
  }
}
