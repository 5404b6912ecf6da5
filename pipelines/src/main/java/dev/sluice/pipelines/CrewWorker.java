package dev.sluice.pipelines;

import org.jspecify.annotations.Nullable;

/// One of a [Crew]: takes turns with the others to take from an edge.
abstract class CrewWorker extends Worker {
  /// How many items are taken at once at most.
  static final int CHUNK = 256;

  private final Crew crew;
  private final int place;
  private final Edge edge;

  // What it has in hand.
  private final @Nullable Object[] values = new Object[CHUNK];
  private final Lineage[] lineages = new Lineage[CHUNK];
  private int count;

  CrewWorker(Run run, int stage, Tally tally, Crew crew, Edge edge) {
    super(run, stage, tally);
    this.crew = crew;
    this.place = crew.next();
    this.edge = edge;
  }

  /// Waits until there is room for what will come of the next items.
  ///
  /// @return for how many
  abstract int awaitRoom() throws InterruptedException;

  /// The next `items` items are this worker's. Called in the order in which they were taken.
  abstract void claim(int items);

  /// Does its work with an item that is this worker's, in order.
  abstract void process(Object value, Lineage lineage) throws InterruptedException;

  @Override
  final Object group() {
    return crew;
  }

  /// There is nothing left to do.
  void finished() throws Exception {}

  @Override
  final void work() throws Exception {
    var chunk = new ChunkSize();
    while (crew.calls(place) || crew.rest(place, tally)) {
      tally.rests();
      if (!take(begin(), chunk.items())) {
        crew.finish();
        break;
      }
      long begun = begin();
      int items = count;
      processAll();
      chunk.took(System.nanoTime() - begun, items);
    }
    finished();
  }

  /// @return whether there was anything to take, or ever will be
  private boolean take(long now, int most) throws InterruptedException {
    awaitTurn();
    try {
      crew.tune(now);
      int room = Math.min(awaitRoom(), most);
      var value = edge.take(Step.NEVER, tally);
      count = 0;
      while (value != null) {
        values[count] = value;
        lineages[count++] = edge.lineage();
        value = count < room ? edge.poll() : null;
      }
      claim(count);
      return count > 0;
    } finally {
      crew.turn.unlock();
    }
  }

  private void awaitTurn() throws InterruptedException {
    if (!crew.turn.tryLock()) {
      long start = System.nanoTime();
      crew.turn.lockInterruptibly();
      tally.starved(System.nanoTime() - start);
    }
  }

  private void processAll() throws InterruptedException {
    int next = 0;
    try {
      while (next < count) {
        run.throwIfStopping();
        tally.taken();
        var value = values[next];
        values[next] = null;
        if (value != null) {
          process(value, lineages[next++]);
        }
      }
    } finally {
      for (; next < count; next++) {
        lineages[next].settle(Outcome.ABANDONED, tally);
        values[next] = null;
      }
    }
  }
}
