package dev.sluice.logs;

/// Records that begin with a line of known look: all others continue the one before.
final class HeadGrouping extends Grouping {
  /// Whether a line begins a record.
  @FunctionalInterface
  interface Head {
    boolean begins(byte[] b, int from, int to);
  }

  private final Head head;

  HeadGrouping(Head head) {
    this.head = head;
  }

  @Override
  Part part(byte[] b, int from, int to) {
    return head.begins(b, from, to) ? Part.FIRST : Part.MORE;
  }
}
