package dev.sluice.logs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps apart what one target has already and what it lacks, in a run that goes on where an
/// earlier one ended. Used by one thread at a time.
///
/// Reading begins for each source where the target that has least of it ended, so the others are
/// offered units again that they have. Each target gets the blocks of a source in their order and
/// without a gap; so adding up their sizes tells where each block lies.
final class TargetPositions {
  private final Map<String, Position> had;
  private final Map<String, Position> reached;

  /// What is new to the target, and where it is in each source once it has that.
  record Batch(List<ParsedBlock> blocks, Map<String, Position> positions) {}

  /// @param had what the target had of each source; nothing of those that are not there
  /// @param begun where reading begins in each source
  TargetPositions(Map<String, Position> had, Map<String, Position> begun) {
    this.had = Map.copyOf(had);
    reached = new HashMap<>(begun);
  }

  /// The next blocks of the run, without what the target has.
  Batch next(List<ParsedBlock> blocks) {
    var missing = new ArrayList<ParsedBlock>(blocks.size());
    var positions = new LinkedHashMap<String, Position>();
    for (var block : blocks) {
      var source = block.block().source();
      var before = reached.getOrDefault(source, Position.START);
      var has = had.getOrDefault(source, Position.START);
      var after = before.after(block);
      reached.put(source, after);
      missing.add(has.compareTo(before) > 0 ? without(block, has) : block);
      if (after.compareTo(has) > 0) {
        positions.put(source, after);
      }
    }
    return new Batch(missing, positions);
  }

  private static ParsedBlock without(ParsedBlock block, Position has) {
    return new ParsedBlock(
        block.block(),
        block.records().stream().filter(logRecord -> !has.isPast(logRecord)).toList(),
        block.rejected().stream().filter(rejected -> !has.isPast(rejected)).toList(),
        block.filtered());
  }
}
