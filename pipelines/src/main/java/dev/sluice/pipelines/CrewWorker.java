package dev.sluice.pipelines;

/// One of a [Crew]: takes turns with the others to take from an edge.
abstract class CrewWorker extends Worker {
  final Hand hand = new Hand();
  private final Crew crew;
  private final int place;
  private final Edge edge;

  CrewWorker(Run run, int stage, Tally tally, Step.Fate fate, Crew crew, Edge edge) {
    super(run, stage, tally, fate);
    this.crew = crew;
    this.place = crew.next();
    this.edge = edge;
  }

  /// For how many of the next items there is room.
  abstract int room();

  /// Waits until there is room.
  ///
  /// @param deadline until when, in nanoseconds of the run's clock, or [Step#NEVER]
  abstract void awaitRoom(long deadline) throws InterruptedException;

  /// The next `items` items belong to this worker, or to whom they are taken over by. Called in the
  /// order in which they were taken.
  ///
  /// @return the place of the first of them
  abstract long claim(int items);

  /// Does its work with an item.
  abstract void process(Object value, Lineage lineage, long itsPlace) throws InterruptedException;

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
      int items = processAll();
      chunk.took(System.nanoTime() - begun, items);
    }
    finished();
  }

  /// Takes some items in hand: from the edge, or from a worker that can't go on with them.
  ///
  /// @return whether there were any, or ever will be
  private boolean take(long now, int most) throws InterruptedException {
    awaitTurn();
    try {
      crew.tune(now);
      int room = room();
      var value = room > 0 ? edge.poll() : null;
      while (value == null) {
        long deadline = crew.look();
        awaitRoom(deadline);
        room = room();
        value = room > 0 ? edge.take(deadline, tally) : null;
        if (value == null) {
          if (edge.isDone()) {
            if (deadline == Step.NEVER) {
              return false;
            }
            crew.pause(deadline, tally);
          }
          if (crew.takeOver(hand)) {
            return true;
          }
        }
      }
      int wanted = Math.min(room, most);
      while (value != null) {
        hand.add(value, edge.lineage());
        value = hand.size() < wanted ? edge.poll() : null;
      }
      hand.open(claim(hand.size()));
      return true;
    } finally {
      crew.turn.unlock();
    }
  }

  private void awaitTurn() throws InterruptedException {
    if (!crew.turn.tryLock()) {
      long start = System.nanoTime();
      tally.starves();
      try {
        crew.turn.lockInterruptibly();
      } finally {
        tally.starved(System.nanoTime() - start);
      }
    }
  }

  private int processAll() throws InterruptedException {
    int items = 0;
    try {
      while (hand.begin()) {
        items++;
        if (run.isStopping()) {
          hand.lineage().settle(Outcome.ABANDONED, tally);
          throw new Stopped();
        }
        tally.taken();
        process(hand.value(), hand.lineage(), hand.place());
      }
      return items;
    } finally {
      while (hand.begin()) {
        hand.lineage().settle(Outcome.ABANDONED, tally);
      }
    }
  }
}
