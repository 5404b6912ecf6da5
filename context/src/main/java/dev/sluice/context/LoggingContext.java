package dev.sluice.context;

import dev.sluice.pipelines.ContextCarrier;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// Carries SLF4J's mapped diagnostic context: what a worker logs has it. What a worker puts there
/// stays with that worker.
public final class LoggingContext implements ContextCarrier {

  /// Carries what the context holds when a run starts.
  public LoggingContext() {}

  @Override
  public Carried capture() {
    var captured = MDC.getCopyOfContextMap();
    return work -> {
      var before = MDC.getCopyOfContextMap();
      set(captured);
      try {
        work.run();
      } finally {
        set(before);
      }
    };
  }

  private static void set(@Nullable Map<String, String> context) {
    if (context == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(context);
    }
  }
}
