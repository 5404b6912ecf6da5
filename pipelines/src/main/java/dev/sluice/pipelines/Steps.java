package dev.sluice.pipelines;

import java.util.List;

/// What is done with several steps.
final class Steps {
  private Steps() {}

  static void completeAll(List<Step> steps) throws Exception {
    for (var step : steps) {
      step.complete();
    }
  }

  /// Releases all, whatever some throw.
  static void releaseAll(List<Step> steps) throws Exception {
    Exception failure = null;
    for (var step : steps) {
      try {
        step.release();
      } catch (Exception e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
