package dev.sluice.queues;

import java.io.IOException;

/// A queue could not do what it was asked to: its message says what was in the way, and what is
/// known of the items.
public class QueueException extends IOException {
  private static final long serialVersionUID = 1;

  QueueException(String message) {
    super(message);
  }

  QueueException(String message, Throwable cause) {
    super(message, cause);
  }
}
