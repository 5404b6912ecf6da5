package dev.sluice.pipelines;

/// Which deliveries a value on its way came of. Whoever holds the value holds its lineage, and
/// hands it on with the value or settles it, exactly once.
sealed interface Lineage permits BatchLineage, Delivery, Detached, LoopLineage, Untracked {

  /// The value has become `parts` values, each of which will be settled on its own.
  ///
  /// @param parts at least 1
  void split(int parts);

  /// One value of this lineage is done with.
  ///
  /// @param tally the caller's own
  void settle(Outcome outcome, Tally tally);

  /// What the source delivered, for a dead letter.
  ///
  /// @param value what has come of it
  Object original(Object value);
}
