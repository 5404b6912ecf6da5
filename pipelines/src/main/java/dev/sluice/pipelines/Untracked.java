package dev.sluice.pipelines;

/// The lineage of every value of a run in which each value came of one delivery, each delivery
/// became one value at most, and nobody wants to know which: there it is enough to count.
final class Untracked implements Lineage {
  static final Untracked LINEAGE = new Untracked();

  private Untracked() {}

  @Override
  public void split(int parts) {
    throw new AssertionError("a run that splits items must be tracked");
  }

  @Override
  public void settle(Outcome outcome, Tally tally) {
    tally.settled(outcome);
  }

  @Override
  public Object original(Object value) {
    return value;
  }
}
