package dev.sluice.pipelines;

import java.util.ArrayList;

/// Takes from an edge, item by item, into a step.
final class RelayWorker extends Worker {
  private final Edge edge;
  private final Step first;

  RelayWorker(Run run, String stage, Edge edge, Step first) {
    super(run, stage, first.at);
    this.edge = edge;
    this.first = first;
  }

  @Override
  void work() throws Exception {
    var items = new ArrayList<Item>(CHUNK);
    while (receive(edge.channel(), items, CHUNK)) {
      passAll(items, first);
    }
    first.complete();
  }

  @Override
  void release() throws Exception {
    first.release();
  }
}
