package dev.sluice.pipelines;

/// Takes from an edge, item by item, into a step, and tells the step when its time has come.
final class RelayWorker extends Worker {
  private static final int ROUND = 1_024;

  private final Edge edge;
  private final Step first;

  /// Whether it is the worker of its stage, rather than of those after it.
  final boolean ofStage;

  RelayWorker(Run run, int stage, boolean ofStage, Edge edge, Step first) {
    super(run, stage, first.tally, first.fate());
    this.ofStage = ofStage;
    this.edge = edge;
    this.first = first;
  }

  @Override
  void work() throws Exception {
    do {
      relay();
    } while (await());
    first.complete();
  }

  /// Takes what is there. A method of its own, and not for long at a time: it is what the JVM shall
  /// compile as a whole.
  private void relay() throws InterruptedException {
    for (int i = 0; i < ROUND; i++) {
      var value = edge.poll();
      if (value == null) {
        return;
      }
      tally.taken();
      accept(first, value, edge.lineage());
    }
  }

  /// Waits for a value and takes it, or tells the step that its time has come.
  ///
  /// @return whether there may be more
  private boolean await() throws InterruptedException {
    var value = edge.poll();
    if (value == null) {
      tally.rests();
      long deadline = first.deadline();
      begin();
      value = edge.take(deadline, tally);
      begin();
    }
    if (value != null) {
      tally.taken();
      accept(first, value, edge.lineage());
      return true;
    }
    if (edge.isDone()) {
      return false;
    }
    first.tick();
    return true;
  }

  @Override
  void release() throws Exception {
    first.release();
  }

  @Override
  Step first() {
    return first;
  }
}
