package dev.sluice.kafka;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A topic cannot be read or written; the message says which, why, and what to change.
public class TopicException extends IOException {
  private static final long serialVersionUID = 1;

  TopicException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
