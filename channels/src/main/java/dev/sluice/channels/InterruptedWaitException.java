package dev.sluice.channels;

import java.io.Serial;

/// An [InterruptedException] where none may be thrown: in a `for` loop over a channel.
///
/// The thread's interrupt flag is set again when this is thrown.
public final class InterruptedWaitException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /// Makes one for the interrupt that `cause` told of.
  public InterruptedWaitException(InterruptedException cause) {
    super("interrupted while waiting for the next item", cause);
  }
}
