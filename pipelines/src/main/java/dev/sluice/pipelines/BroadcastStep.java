package dev.sluice.pipelines;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// Hands the same value to several branches.
final class BroadcastStep extends Step {
  private final List<Step> branches;

  BroadcastStep(List<Step> branches) {
    super(new AtomicReference<>());
    this.branches = branches;
  }

  @Override
  void accept(Object value, Lineage lineage) {
    lineage.split(branches.size());
    int taken = 0;
    try {
      for (var branch : branches) {
        taken++; // a branch that throws has settled its part
        branch.accept(value, lineage);
      }
    } finally {
      for (; taken < branches.size(); taken++) {
        lineage.settle(Outcome.ABANDONED);
      }
    }
  }

  @Override
  void complete() throws Exception {
    for (var branch : branches) {
      branch.complete();
    }
  }

  @Override
  void release() throws Exception {
    for (var branch : branches) {
      branch.release();
    }
  }
}
