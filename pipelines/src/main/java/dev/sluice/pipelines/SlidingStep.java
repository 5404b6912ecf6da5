package dev.sluice.pipelines;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;

/// Makes lists of the last values, so that a value may be in several.
final class SlidingStep extends Step.Through {

  /// A value that is in the next list, or may come to be. It holds a part of its lineage until it
  /// is in no further list.
  private static final class Kept {
    final Object value;
    final Lineage lineage;
    boolean wasInOne;

    Kept(Object value, Lineage lineage) {
      this.value = value;
      this.lineage = lineage;
    }
  }

  private final int size;
  private final int step;
  private final ArrayDeque<Kept> kept = new ArrayDeque<>();
  private long untilNext;

  SlidingStep(int stage, int size, int step, Step next) {
    super(stage, next);
    this.size = size;
    this.step = step;
    this.untilNext = size;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    tally.at(stage);
    passed(-1);
    if (kept.size() == size) {
      letGo();
    }
    kept.add(new Kept(value, lineage));
    untilNext--;
    if (untilNext == 0) {
      untilNext = step;
      emit();
    }
  }

  private void letGo() {
    var oldest = kept.remove();
    oldest.lineage.settle(oldest.wasInOne ? Outcome.OUT : Outcome.FILTERED, tally);
  }

  private void emit() throws InterruptedException {
    var values = new ArrayList<Object>();
    var lineages = new ArrayList<Lineage>();
    for (var one : kept) {
      one.lineage.split(2);
      one.wasInOne = true;
      values.add(one.value);
      lineages.add(one.lineage);
    }
    passed(1);
    next.accept(Collections.unmodifiableList(values), new BatchLineage(lineages));
  }

  /// What has been in no list yet makes a last, shorter one.
  @Override
  void complete() throws Exception {
    while (!kept.isEmpty() && kept.peek().wasInOne) {
      letGo();
    }
    if (!kept.isEmpty()) {
      emit();
    }
    while (!kept.isEmpty()) {
      letGo();
    }
    super.complete();
  }

  @Override
  void release() throws Exception {
    for (var one : kept) {
      one.lineage.settle(Outcome.ABANDONED, tally);
    }
    kept.clear();
    super.release();
  }
}
