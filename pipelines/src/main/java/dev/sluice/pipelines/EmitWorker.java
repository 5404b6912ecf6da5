package dev.sluice.pipelines;

import java.util.ArrayList;

/// Takes what a [Window] has put in order into a step.
final class EmitWorker extends Worker {
  private final Window window;
  private final Step first;

  EmitWorker(Run run, String stage, Window window, Step first) {
    super(run, stage, first.at);
    this.window = window;
    this.first = first;
  }

  @Override
  void work() throws Exception {
    var results = new Object[CHUNK];
    var items = new ArrayList<Item>(CHUNK);
    for (int taken = window.take(results); taken > 0; taken = window.take(results)) {
      for (int i = 0; i < taken; i++) {
        if (results[i] instanceof Item item) {
          items.add(item);
        }
      }
      passAll(items, first);
      begin();
    }
    first.complete();
  }

  @Override
  void release() throws Exception {
    first.release();
  }
}
