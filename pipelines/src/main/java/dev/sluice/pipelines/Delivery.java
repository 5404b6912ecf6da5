package dev.sluice.pipelines;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// An item as a source delivered it, until its outcome is known.
final class Delivery implements Lineage {

  /*
   * pending counts the values that came of the item and are not settled: 1 at first, more after a split, 0 in the end.
   * Only a holder of one of them splits, so pending is never 0 while anyone may still add to it.
   *
   * worst is raised before pending is lowered. So whoever lowers pending to 0 sees what all the others did.
   */
  private final AtomicInteger pending = new AtomicInteger(1);
  private final AtomicReference<Outcome> worst = new AtomicReference<>(Outcome.OUT);

  private final Ledger ledger;
  private final Cursor<Object> cursor;
  private final Object item;

  Delivery(Ledger ledger, Cursor<Object> cursor, Object item) {
    this.ledger = ledger;
    this.cursor = cursor;
    this.item = item;
  }

  @Override
  public void split(int parts) {
    pending.addAndGet(parts - 1);
  }

  @Override
  public void settle(Outcome outcome) {
    if (outcome != Outcome.OUT) {
      worst.accumulateAndGet(outcome, Outcome::worse);
    }
    int left = pending.decrementAndGet();
    if (left == 0) {
      ledger.settled(cursor, item, worst.get());
    } else if (left < 0) {
      throw new AssertionError("settled twice: " + outcome);
    }
  }

  @Override
  public Object original() {
    return item;
  }
}
