package dev.sluice.pipelines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// An item as a source delivered it, until its outcome is known.
@SuppressWarnings("EnumOrdinal") // the order of outcomes is a part of their contract
final class Delivery implements Lineage {

  /*
   * The state is how many values came of the item and are not settled (1 at first, more after a
   * split, 0 in the end) and the worst outcome of those that are, in one number: both change as one.
   *
   * Only a holder of one of the values splits, so the number is never 0 while anyone may still add
   * to it; and who finds itself the only holder is alone with the state.
   */
  private static final int OUTCOME_BITS = 3;
  private static final int ONE = 1 << OUTCOME_BITS;
  private static final Outcome[] OUTCOMES = Outcome.values();
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Delivery.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Run run;
  private final Cursor<Object> cursor;
  private final Object item;
  private final long index;
  private volatile int state = ONE;

  /// @param index how many items the cursor gave before
  Delivery(Run run, Cursor<Object> cursor, Object item, long index) {
    this.run = run;
    this.cursor = cursor;
    this.item = item;
    this.index = index;
  }

  @Override
  public void split(int parts) {
    STATE.getAndAdd(this, (parts - 1) * ONE);
  }

  @Override
  public void settle(Outcome outcome, Tally tally) {
    while (true) {
      int was = state;
      int worst = Math.max(was & (ONE - 1), outcome.ordinal());
      int left = (was >> OUTCOME_BITS) - 1;
      if (left < 0) {
        throw new AssertionError("settled twice: " + outcome);
      }
      if (STATE.compareAndSet(this, was, left << OUTCOME_BITS | worst)) {
        if (left == 0) {
          tell(OUTCOMES[worst], tally);
        }
        return;
      }
    }
  }

  private void tell(Outcome outcome, Tally tally) {
    if (run.isAbandoned()) {
      return; // the account says abandoned, and the source has gone
    }
    tally.settled(outcome);
    try {
      cursor.settled(index, item, outcome);
    } catch (Exception e) {
      run.failed("source", e);
    }
  }

  @Override
  public Object original(Object value) {
    return item;
  }
}
