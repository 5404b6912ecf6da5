package dev.sluice.pipelines;

/// Takes what a [Window] has put in order into a step.
@SuppressWarnings("ReferenceEquality") // NOTHING is itself
final class EmitWorker extends Worker {
  private final Window window;
  private final Step first;

  EmitWorker(Run run, int stage, Window window, Step first) {
    super(run, stage, first.tally, first.fate());
    this.window = window;
    this.first = first;
  }

  @Override
  void work() throws Exception {
    begin();
    for (var value = window.take(tally); value != null; value = window.take(tally)) {
      if (value != Window.NOTHING) {
        tally.taken();
        accept(first, value, window.lineage());
      }
    }
    tally.rests();
    first.complete();
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
