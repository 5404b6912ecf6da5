package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes batches to a sink that may take some items of a batch and not others.
final class BatchSinkStep extends Step {
  private final BatchWriter<Object> writer;
  private final Failures failures;

  /// The items of a batch that are not yet written, each with its lineage and how it failed.
  private static final class Batch {
    List<Object> items;
    List<Lineage> lineages;
    int attempts;

    Batch(List<Object> items, List<Lineage> lineages) {
      this.items = items;
      this.lineages = lineages;
    }
  }

  BatchSinkStep(BatchWriter<Object> writer, Failures failures, Tally tally) {
    super(tally, failures.stage());
    this.writer = writer;
    this.failures = failures;
  }

  @Override
  @SuppressWarnings("unchecked") // a sink of lists is given lists
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var items = (List<Object>) value;
    if (items.isEmpty()) {
      lineage.settle(Outcome.OUT, tally);
      return;
    }
    // Where a stage in between has changed the list, it can only be settled as a whole: then each
    // item of the list holds a part of it.
    var lineages = new ArrayList<Lineage>();
    if (lineage instanceof BatchLineage(var parts) && parts.size() == items.size()) {
      lineages.addAll(parts);
    } else {
      if (items.size() > 1) {
        lineage.split(items.size());
      }
      items.forEach(item -> lineages.add(lineage));
    }
    write(withoutRefused(new Batch(items, lineages)));
  }

  /// Those of which no earlier one of the same key has failed.
  private Batch withoutRefused(Batch batch) {
    var kept = new Batch(new ArrayList<>(), new ArrayList<>());
    int next = 0;
    try {
      while (next < batch.items.size()) {
        int i = next++;
        if (failures.refuses(batch.items.get(i), batch.lineages.get(i), tally)) {
          passed(-1);
        } else {
          kept.items.add(batch.items.get(i));
          kept.lineages.add(batch.lineages.get(i));
        }
      }
    } catch (Stopped e) {
      abandon(batch.lineages.subList(next, batch.items.size()));
      abandon(kept.lineages);
      throw e;
    }
    return kept.items.size() == batch.items.size() ? batch : kept;
  }

  private void write(Batch batch) throws InterruptedException {
    while (!batch.items.isEmpty()) {
      batch.attempts++;
      tally.at(stage);
      var failed = failuresOf(batch);
      var again = new Batch(new ArrayList<>(), new ArrayList<>());
      again.attempts = batch.attempts;
      settle(batch, failed, again);
      if (again.items.isEmpty()) {
        return;
      }
      delay(again);
      batch = again;
    }
  }

  private Map<Integer, Throwable> failuresOf(Batch batch) {
    int size = batch.items.size();
    try {
      var result = new HashMap<Integer, Throwable>(writer.write(batch.items).failed());
      for (var index : result.keySet()) {
        if (index < 0 || index >= size) {
          throw new IllegalArgumentException(
              "the writer says that item %d failed, of a batch of %d".formatted(index, size));
        }
      }
      return result;
    } catch (Throwable e) {
      var all = new HashMap<Integer, Throwable>();
      for (int i = 0; i < size; i++) {
        all.put(i, e);
      }
      return all;
    }
  }

  /// Settles each item, but for those that shall be tried again.
  private void settle(Batch batch, Map<Integer, Throwable> failed, Batch again) {
    int next = 0;
    try {
      while (next < batch.items.size()) {
        int i = next++;
        var thrown = failed.get(i);
        if (thrown == null) {
          batch.lineages.get(i).settle(Outcome.OUT, tally);
        } else if (failures.isWorthAnother(thrown, batch.attempts)) {
          again.items.add(batch.items.get(i));
          again.lineages.add(batch.lineages.get(i));
        } else {
          passed(-1);
          failures.settle(batch.items.get(i), batch.lineages.get(i), thrown, batch.attempts, tally);
        }
      }
    } catch (Stopped e) {
      for (int i = next; i < batch.items.size(); i++) {
        batch
            .lineages
            .get(i)
            .settle(failed.containsKey(i) ? Outcome.ABANDONED : Outcome.OUT, tally);
      }
      abandon(again.lineages);
      throw e;
    }
  }

  private void delay(Batch again) throws InterruptedException {
    var all = new BatchLineage(again.lineages);
    failures.delay(again.attempts, all, tally);
    failures.retriedOnce();
  }

  private void abandon(List<Lineage> lineages) {
    for (var lineage : lineages) {
      lineage.settle(Outcome.ABANDONED, tally);
    }
  }

  @Override
  void complete() {
    // There is nothing to flush.
  }

  @Override
  void release() {
    // There is nothing to let go.
  }
}
