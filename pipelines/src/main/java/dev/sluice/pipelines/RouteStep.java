package dev.sluice.pipelines;

import java.util.List;

/// Hands each value to one of several branches.
final class RouteStep extends Step {
  private final ThrowingFunction<Object, Object> route;
  private final Failures failures;
  private final List<BranchesStep.To> branches;

  /// @param route gives the index of the branch
  RouteStep(
      ThrowingFunction<Object, Object> route,
      Failures failures,
      List<BranchesStep.To> branches,
      Tally tally) {
    super(tally, failures.stage());
    this.failures = failures;
    this.branches = branches;
    this.route =
        value -> {
          var index = (Integer) route.apply(value);
          if (index == null || index < 0 || index >= branches.size()) {
            throw new IllegalArgumentException(
                "there is no branch %s: there are %d, counted from 0"
                    .formatted(index, branches.size()));
          }
          return index;
        };
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var index = (Integer) failures.apply(route, value, lineage, tally);
    if (index == null) {
      passed(-1);
      return;
    }
    var branch = branches.get(index);
    if (branch.counts()) {
      branch.step().accept(value, lineage);
    } else {
      lineage.settle(Outcome.OUT, tally);
      branch.step().accept(value, Detached.LINEAGE);
    }
  }

  @Override
  void complete() throws Exception {
    Steps.completeAll(branches.stream().map(BranchesStep.To::step).toList());
  }

  @Override
  void release() throws Exception {
    Steps.releaseAll(branches.stream().map(BranchesStep.To::step).toList());
  }
}
