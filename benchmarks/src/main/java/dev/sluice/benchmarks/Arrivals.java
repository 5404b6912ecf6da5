package dev.sluice.benchmarks;

/// What a pipeline's sink does: counts, adds up, and looks whether each item comes in its turn.
/// Used by one thread at a time.
final class Arrivals {

  private final Tally tally = new Tally();
  private final long warmUp;
  private boolean anyOrder;
  private boolean outOfOrder;
  private int next;
  private long arrived;
  private long warm;
  private long last;

  /// @param first the index of the item that is to come first
  /// @param warmUp after how many items the clock is read for [#pace]
  Arrivals(int first, long warmUp) {
    this.next = first;
    this.warmUp = warmUp;
  }

  /// Who keeps no order says so before the first item.
  void inAnyOrder() {
    anyOrder = true;
  }

  void add(Item item) {
    tally.add(item);
    outOfOrder |= item != Item.ALL[next];
    next = Item.next(next);
    if (arrived++ == warmUp) {
      warm = System.nanoTime();
    }
  }

  /// The same for what arrived by a thread of its own.
  void add(Tally others) {
    tally.add(others);
  }

  /// Looks at the clock again, at the end.
  void end() {
    last = System.nanoTime();
    if (outOfOrder && !anyOrder) {
      throw new IllegalStateException("an item overtook another");
    }
  }

  Tally tally() {
    return tally;
  }

  /// How many nanoseconds `items` take at the pace after the warm-up.
  long pace(long items) {
    return (long) ((double) (last - warm) * items / Math.max(1, arrived - 1 - warmUp));
  }
}
