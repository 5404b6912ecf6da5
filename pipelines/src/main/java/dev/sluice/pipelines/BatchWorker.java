package dev.sluice.pipelines;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Gathers batches.
final class BatchWorker extends Worker {
  private final Edge edge;
  private final int size;
  private final Duration linger;
  private final Step first;

  BatchWorker(Run run, String stage, Edge edge, int size, Duration linger, Step first) {
    super(run, stage, first.at);
    this.edge = edge;
    this.size = size;
    this.linger = linger;
    this.first = first;
  }

  @Override
  void work() throws Exception {
    var items = new ArrayList<Item>();
    while (receive(edge.channel(), items, size)) {
      try {
        fill(items);
        run.throwIfStopping();
      } catch (InterruptedException | Stopped e) {
        abandon(items, 0);
        throw e;
      }
      var values = items.stream().map(Item::value).toList();
      var lineage = new BatchLineage(items.stream().map(Item::lineage).toList());
      items.clear();
      begin();
      first.accept(values, lineage);
    }
    first.complete();
  }

  /// Waits for more until the batch is full, or its first item has waited for `linger`.
  private void fill(List<Item> items) throws InterruptedException {
    var channel = edge.channel();
    long begun = System.nanoTime();
    while (items.size() < size) {
      var left = linger.minusNanos(System.nanoTime() - begun);
      var item = channel.receive(left);
      if (item == null) {
        return;
      }
      items.add(item);
      channel.drainTo(items, size - items.size());
    }
  }

  @Override
  void release() throws Exception {
    first.release();
  }
}
