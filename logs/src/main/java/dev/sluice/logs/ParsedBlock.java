package dev.sluice.logs;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of the lines of a [Block]: what travels from the parsers to the targets.
///
/// @param block where they are from
/// @param records the records that passed the filter, in order; none if no target takes records
/// @param passed how many passed it
/// @param rejected what was no record, in order
/// @param filtered how many lines were empty or did not pass the filter
/// @param sums what those that passed add up to; null if nobody asked
record ParsedBlock(
    Block block,
    List<LogRecord> records,
    long passed,
    List<Rejected> rejected,
    long filtered,
    @Nullable Sums sums) {

  ParsedBlock(Block block, List<LogRecord> records, List<Rejected> rejected, long filtered) {
    this(block, records, records.size(), rejected, filtered, null);
  }

  /// Has `aggregate` take what the records add up to for it, once.
  void give(Aggregate aggregate) throws IOException {
    if (sums == null) {
      throw new IllegalStateException("a block was not added up");
    }
    sums.give(aggregate);
  }

  /// The same, with its records added up in `fresh`.
  ParsedBlock with(Sums fresh) {
    records.forEach(fresh::add);
    fresh.end();
    return new ParsedBlock(block, records, passed, rejected, filtered, fresh);
  }
}
