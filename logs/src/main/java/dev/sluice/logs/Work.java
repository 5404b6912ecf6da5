package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// A block on its way through a run, and what came of it. Changes hands with the pipeline's own
/// happens-before.
final class Work {
  private final Block block;
  private final SourceCounts counts;
  private @Nullable ParsedBlock parsed;

  /// @param counts where its lines are counted
  Work(Block block, SourceCounts counts) {
    this.block = block;
    this.counts = counts;
  }

  SourceCounts counts() {
    return counts;
  }

  ParsedBlock parse(BlockParser parser) {
    var result = parser.parse(block);
    parsed = result;
    return result;
  }

  Block block() {
    return block;
  }

  /// Null until it was parsed.
  @Nullable ParsedBlock parsed() {
    return parsed;
  }

  /// How many records and rejected or empty units there are in it.
  long units() {
    return block.count() + (long) block.rejected().size();
  }
}
