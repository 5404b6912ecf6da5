package dev.sluice.pipelines;

import java.util.List;

/// The lineage of a batch: whatever becomes of the batch becomes of each item in it.
record BatchLineage(List<Lineage> parts) implements Lineage {
  @Override
  public void split(int into) {
    for (var part : parts) {
      part.split(into);
    }
  }

  @Override
  public void settle(Outcome outcome) {
    for (var part : parts) {
      part.settle(outcome);
    }
  }

  @Override
  public Object original() {
    return parts.stream().map(Lineage::original).toList();
  }
}
