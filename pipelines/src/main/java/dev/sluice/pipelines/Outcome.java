package dev.sluice.pipelines;

/// What became of an item that a source delivered. Each has exactly one outcome in the end: the
/// worst of what came of it, where it went several ways. The constants stand from best to worst.
public enum Outcome {
  /// Every sink that was to have it has it.
  OUT,
  /// A filter turned it away, as meant.
  FILTERED,
  /// It failed, and its stage's policy was to skip it.
  DROPPED,
  /// It failed, and a dead-letter sink has it.
  DEAD_LETTERED,
  /// The run stopped before it was done with it, or because of it.
  ABANDONED
}
