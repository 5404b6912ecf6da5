package dev.sluice.pipelines;

import java.util.List;

/// The lineage of a value that goes round in a feedback.
record LoopLineage(Lineage outside, Loop loop) implements Lineage {
  @Override
  public void split(int parts) {
    outside.split(parts);
    loop.entered(parts - 1);
  }

  @Override
  public void settle(Outcome outcome, Tally tally) {
    outside.settle(outcome, tally);
    loop.left();
  }

  @Override
  public Object original(Object value) {
    return outside.original(value);
  }

  /// What a value's lineage is when it has left the loop.
  static Lineage outsideOf(Lineage lineage) {
    return switch (lineage) {
      case LoopLineage(var outside, var loop) -> outside;
      case BatchLineage(var parts) ->
          new BatchLineage(parts.stream().map(LoopLineage::outsideOf).toList());
      default -> lineage;
    };
  }

  /// Notes that a value has left the loop.
  static void leave(Lineage lineage) {
    switch (lineage) {
      case LoopLineage(var outside, var loop) -> loop.left();
      case BatchLineage(List<Lineage> parts) -> parts.forEach(LoopLineage::leave);
      default -> {
        // It was not in the loop.
      }
    }
  }
}
