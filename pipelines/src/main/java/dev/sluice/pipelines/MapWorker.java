package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/// One of several workers that apply the same function; what they make goes into a [Window].
final class MapWorker extends Worker {
  private final Edge edge;
  private final ReentrantLock turn;
  private final Window window;
  private final ThrowingFunction<Object, Object> function;
  private final Failures failures;

  /// @param turn held by the one worker that takes from `edge` and claims the places: both in the
  ///   same order
  MapWorker(
      Run run,
      String stage,
      Edge edge,
      ReentrantLock turn,
      Window window,
      ThrowingFunction<Object, Object> function,
      Failures failures) {
    super(run, stage, new AtomicReference<>(stage));
    this.edge = edge;
    this.turn = turn;
    this.window = window;
    this.function = function;
    this.failures = failures;
  }

  @Override
  void work() throws Exception {
    var pace = new Pace();
    var items = new ArrayList<Item>(CHUNK);
    while (true) {
      long place;
      turn.lockInterruptibly();
      try {
        int room = window.awaitRoom();
        if (!receive(edge.channel(), items, Math.min(room, pace.chunk()))) {
          return;
        }
        place = window.claim(items.size());
      } finally {
        turn.unlock();
      }
      long begun = begin();
      map(items, place);
      pace.took(System.nanoTime() - begun, items.size());
      items.clear();
    }
  }

  private void map(List<Item> items, long place) {
    int next = 0;
    try {
      while (next < items.size()) {
        run.throwIfStopping();
        var item = items.get(next++);
        window.fill(place++, map(item));
      }
    } finally {
      abandon(items, next);
    }
  }

  private Object map(Item item) {
    try {
      return new Item(failures.notNull(function.apply(item.value())), item.lineage());
    } catch (Throwable e) {
      failures.handle(item.value(), item.lineage(), e);
      return Window.NOTHING;
    }
  }

  @Override
  void release() {
    window.leave();
  }
}
