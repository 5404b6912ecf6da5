package dev.sluice.pipelines;

/// What becomes of an item that finds no room before a branch that is slower than the others.
public enum Slow {
  /// It waits, and all branches with it. The default.
  WAIT,
  /// The item that has waited longest in that branch is dropped.
  DROP_OLDEST,
  /// The item is dropped, for that branch.
  DROP_NEWEST
}
