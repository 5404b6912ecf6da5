package dev.sluice.logs;

import java.util.List;

/// What became of the lines of a [Block]: what travels from the parsers to the targets.
///
/// @param block where they are from
/// @param records the records that passed the filter, in order
/// @param rejected what was no record, in order
/// @param filtered how many lines were empty or did not pass the filter
record ParsedBlock(Block block, List<LogRecord> records, List<Rejected> rejected, long filtered) {}
