package dev.sluice.logs;

import java.io.Serial;

/// What was asked for cannot be done as asked: the message says what is wrong, and what would be
/// right.
public class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /// Makes one with a message for the user.
  public UsageException(String message) {
    super(message);
  }
}
