package dev.sluice.logs;

/// A target was asked for that does not exist or cannot hold what it would get: wrong usage, not a
/// failure. The message says what was wrong and what is possible.
final class BadTargetException extends UsageException {
  private static final long serialVersionUID = 1L;

  BadTargetException(String message) {
    super(message);
  }
}
