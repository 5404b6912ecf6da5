package dev.sluice.channels;

import java.io.Serial;

/// Thrown by whoever sends to a full channel whose overflow policy is [Overflow#fail].
public final class FullException extends IllegalStateException {
  @Serial private static final long serialVersionUID = 1;

  private final int sent;

  FullException(String message, int sent) {
    super(message);
    this.sent = sent;
  }

  /// How many items of a [Sender#sendAll] had been accepted, always the first ones; 0 for any other
  /// call.
  public int sent() {
    return sent;
  }
}
