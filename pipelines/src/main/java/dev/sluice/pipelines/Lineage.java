package dev.sluice.pipelines;

/// Which deliveries a value on its way came of. Whoever holds the value holds its lineage, and
/// hands it on with the value or settles it, exactly once.
sealed interface Lineage permits Delivery, BatchLineage {

  /// The value has become `parts` values, each of which will be settled on its own.
  void split(int parts);

  /// One value of this lineage is done with.
  void settle(Outcome outcome);

  /// What the source delivered, for a dead letter.
  Object original();
}
