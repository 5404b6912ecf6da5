package dev.sluice.spring;

import dev.sluice.queues.QueueException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says what is wrong with the queue's settings, where a start that failed is explained.
final class QueueFailureAnalyzer extends AbstractFailureAnalyzer<Exception> {
  QueueFailureAnalyzer() {}

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof QueueSettingsException) {
        return new FailureAnalysis(
            String.valueOf(cause.getMessage()), "Change the property, or leave it out.", cause);
      }
      if (cause instanceof QueueException) {
        return new FailureAnalysis(
            "The durable queue cannot be opened: " + cause.getMessage(),
            "Check the property sluice.queue.address.",
            cause);
      }
    }
    return null;
  }
}
