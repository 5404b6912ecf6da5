package dev.sluice.pipelines;

import java.util.List;

/// Hands the same value to several branches, each of which counts or does not.
final class BranchesStep extends Step {

  /// @param counts whether what becomes of a value there counts for its outcome
  record To(Step step, boolean counts) {}

  private final List<To> branches;
  private final int counting;

  BranchesStep(int stage, List<To> branches, Tally tally) {
    super(tally, stage);
    this.branches = branches;
    this.counting = (int) branches.stream().filter(To::counts).count();
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    lineage.split(counting + 1); // one part is held until all have theirs
    int taken = 0;
    try {
      for (var branch : branches) {
        if (branch.counts) {
          taken++; // a branch that throws has settled its part
          branch.step.accept(value, lineage);
        } else {
          branch.step.accept(value, Detached.LINEAGE);
        }
      }
    } catch (InterruptedException | Stopped e) {
      for (int i = taken; i < counting + 1; i++) {
        lineage.settle(Outcome.ABANDONED, tally);
      }
      throw e;
    }
    lineage.settle(Outcome.OUT, tally);
  }

  @Override
  void complete() throws Exception {
    for (var branch : branches) {
      branch.step.complete();
    }
  }

  @Override
  void release() throws Exception {
    Steps.releaseAll(branches.stream().map(To::step).toList());
  }
}
