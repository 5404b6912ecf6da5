package dev.sluice.spring;

/// A property of the queue that cannot be.
final class QueueSettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  QueueSettingsException(String property, IllegalArgumentException cause) {
    super(property + ": " + cause.getMessage(), cause);
  }
}
