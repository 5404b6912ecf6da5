package dev.sluice.pipelines;

import java.util.List;

/// The lineage of what came of several values: whatever becomes of it becomes of each.
record BatchLineage(List<Lineage> parts) implements Lineage {
  @Override
  public void split(int into) {
    for (var part : parts) {
      part.split(into);
    }
  }

  @Override
  public void settle(Outcome outcome, Tally tally) {
    for (var part : parts) {
      part.settle(outcome, tally);
    }
  }

  @Override
  public Object original(Object value) {
    return parts.stream().map(part -> part.original(value)).toList();
  }
}
