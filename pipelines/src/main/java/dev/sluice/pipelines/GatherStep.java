package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Gathers values into lists; when one is passed on, a kind of it says.
abstract class GatherStep extends Step.Through {
  private List<Object> values = new ArrayList<>();
  private List<Lineage> lineages = new ArrayList<>();

  GatherStep(int stage, Step next) {
    super(stage, next);
  }

  final int gathered() {
    return values.size();
  }

  final void gather(Object value, Lineage lineage) {
    values.add(value);
    lineages.add(lineage);
    passed(-1); // for now it stays here
  }

  /// Passes on what is gathered, if anything is.
  void flush() throws InterruptedException {
    if (values.isEmpty()) {
      return;
    }
    var list = Collections.unmodifiableList(values);
    var lineage = new BatchLineage(lineages);
    values = new ArrayList<>();
    lineages = new ArrayList<>();
    passed(1);
    next.accept(list, lineage);
  }

  /// The same on behalf of a value that is not gathered yet, and abandoned if this fails.
  final void flushBefore(Lineage mine) throws InterruptedException {
    try {
      flush();
    } catch (InterruptedException | Stopped e) {
      mine.settle(Outcome.ABANDONED, tally);
      throw e;
    }
  }

  @Override
  final void complete() throws Exception {
    flush();
    super.complete();
  }

  @Override
  final void release() throws Exception {
    for (var lineage : lineages) {
      lineage.settle(Outcome.ABANDONED, tally);
    }
    lineages.clear();
    super.release();
  }
}
