package dev.sluice.pipelines;

/// Hands each value to a branch, and on.
final class AlsoStep extends Step.Through {
  private final BranchesStep.To branch;

  AlsoStep(int stage, BranchesStep.To branch, Step next) {
    super(stage, next);
    this.branch = branch;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    if (branch.counts()) {
      lineage.split(2);
    }
    try {
      branch.step().accept(value, branch.counts() ? lineage : Detached.LINEAGE);
    } catch (InterruptedException | Stopped e) {
      lineage.settle(Outcome.ABANDONED, tally);
      throw e;
    }
    next.accept(value, lineage);
  }

  @Override
  void complete() throws Exception {
    branch.step().complete();
    super.complete();
  }

  @Override
  void release() throws Exception {
    try {
      branch.step().release();
    } finally {
      super.release();
    }
  }
}
