package dev.sluice.pipelines;

/// The lineage of what goes down a branch that no item's outcome depends on.
final class Detached implements Lineage {
  static final Detached LINEAGE = new Detached();

  private Detached() {}

  @Override
  public void split(int parts) {
    // Nobody counts them.
  }

  @Override
  public void settle(Outcome outcome, Tally tally) {
    // Nobody wants to know.
  }

  @Override
  public Object original(Object value) {
    return value;
  }
}
