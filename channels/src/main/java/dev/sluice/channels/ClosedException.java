package dev.sluice.channels;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Thrown by whoever sends to a closed channel, and by whoever receives from one that is closed and
/// empty.
///
/// Its cause is what the channel was closed with, or null for a plain end.
public final class ClosedException extends IllegalStateException {
  @Serial private static final long serialVersionUID = 1;

  private final int sent;

  /// Makes one with a message for the reader and the cause that the channel was closed with.
  public ClosedException(String message, @Nullable Throwable cause) {
    this(message, cause, 0);
  }

  /// Makes one for a [Sender#sendAll] of which `sent` items had been accepted.
  public ClosedException(String message, @Nullable Throwable cause, int sent) {
    super(message, cause);
    this.sent = sent;
  }

  /// How many items of a [Sender#sendAll] had been accepted, always the first ones; 0 for any other
  /// call.
  public int sent() {
    return sent;
  }
}
