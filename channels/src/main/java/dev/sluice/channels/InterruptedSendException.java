package dev.sluice.channels;

import java.io.Serial;

/// An [InterruptedException] that tells how far a [Sender#sendAll] came.
public final class InterruptedSendException extends InterruptedException {
  @Serial private static final long serialVersionUID = 1;

  private final int sent;

  /// Makes one for an interrupt after the first `sent` of `count` items.
  public InterruptedSendException(int sent, int count) {
    super("interrupted after " + sent + " of " + count + " items were sent");
    this.sent = sent;
  }

  /// How many items had been accepted, always the first ones; the others are still the caller's.
  public int sent() {
    return sent;
  }
}
