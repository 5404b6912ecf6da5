package dev.sluice.pipelines;

/// Carries what belongs to a thread (a logging context, a trace, a scoped value) from the thread
/// that starts a run to the workers of the run. The module `dev.sluice.context` has some.
///
/// ```java
/// ContextCarrier tenants =
///     () -> {
///       var captured = TENANT.get();
///       return work -> {
///         TENANT.set(captured);
///         try {
///           work.run();
///         } finally {
///           TENANT.remove();
///         }
///       };
///     };
/// ```
@FunctionalInterface
public interface ContextCarrier {

  /// Takes what there is to carry. Called once a run, on the thread that starts it.
  Carried capture();

  /// Carries what this carries, and within that what `other` does.
  default ContextCarrier and(ContextCarrier other) {
    return () -> {
      var outer = capture();
      var inner = other.capture();
      return work -> outer.around(() -> inner.around(work));
    };
  }

  /// What was captured.
  @FunctionalInterface
  interface Carried {

    /// Runs `work` once, on the calling thread, with what was captured; and throws what it throws.
    /// Called by several threads at once.
    void around(Work work) throws Exception;
  }

  /// What a worker does.
  @FunctionalInterface
  interface Work {

    /// Does it.
    void run() throws Exception;
  }
}
