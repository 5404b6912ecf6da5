package dev.sluice.pipelines;

import org.jspecify.annotations.Nullable;

/// One of several workers with the same steps.
final class BalanceWorker extends CrewWorker {
  private final Step first;

  BalanceWorker(Run run, int stage, Crew crew, Edge edge, Step first) {
    super(run, stage, first.tally, first.fate(), crew, edge);
    this.first = first;
  }

  @Override
  int room() {
    return Hand.MOST;
  }

  @Override
  void awaitRoom(long deadline) {
    // Each waits for room behind it when it has something to put there.
  }

  @Override
  long claim(int items) {
    return 0; // they go on in any order
  }

  @Override
  void process(Object value, Lineage lineage, long place) throws InterruptedException {
    first.accept(value, lineage);
  }

  @Override
  void finished() throws Exception {
    first.complete();
  }

  @Override
  void release() throws Exception {
    first.release();
  }

  @Override
  @Nullable Step first() {
    return first;
  }
}
