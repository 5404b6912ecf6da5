package dev.sluice.context;

import dev.sluice.pipelines.ContextCarrier;
import io.opentelemetry.context.Context;

/// Carries OpenTelemetry's context: spans that a worker begins are children of the one that was
/// current when the run was started.
public final class TraceContext implements ContextCarrier {

  /// Carries the context that is current when a run starts.
  public TraceContext() {}

  @Override
  @SuppressWarnings("try") // the scope is there to be closed
  public Carried capture() {
    var captured = Context.current();
    return work -> {
      try (var scope = captured.makeCurrent()) {
        work.run();
      }
    };
  }
}
