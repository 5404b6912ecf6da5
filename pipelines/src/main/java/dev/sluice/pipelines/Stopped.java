package dev.sluice.pipelines;

/// Thrown through the steps to end a worker whose run is being stopped. Carries nothing: why, the
/// run knows.
final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;

  Stopped() {
    super(null, null, false, false);
  }
}
