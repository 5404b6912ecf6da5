package dev.sluice.pipelines;

import java.util.Map;

/// Which items of a batch were written.
///
/// @param failed why the others were not, by their index in the batch
public record BatchResult(Map<Integer, Exception> failed) {
  private static final BatchResult OK = new BatchResult(Map.of());

  /// Copies the map.
  public BatchResult {
    failed = Map.copyOf(failed);
  }

  /// All were written.
  public static BatchResult ok() {
    return OK;
  }

  /// All but these were written.
  ///
  /// @param causes why, by the index in the batch, from 0
  public static BatchResult failed(Map<Integer, ? extends Exception> causes) {
    return new BatchResult(Map.copyOf(causes));
  }
}
