package dev.sluice.logs;

import java.util.function.UnaryOperator;
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

  /// Replaces what came of it; for the one who has it, after [#parse].
  ParsedBlock change(UnaryOperator<ParsedBlock> step) {
    var before = parsed;
    if (before == null) {
      throw new IllegalStateException("not parsed yet");
    }
    var result = step.apply(before);
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
