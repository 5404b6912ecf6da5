package dev.sluice.pipelines;

import java.io.Serial;

/// Tells where a failure came from: `run` throws the very exception that a stage threw, with one of
/// these among its suppressed ones.
public final class StageFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  StageFailure(String stage) {
    super("thrown in stage '" + stage + "'", null, false, false);
  }
}
