package dev.sluice.logs;

import java.util.List;

/// What the records of one block add up to, for each [Aggregate] of a run: made by the thread that
/// parses the block, taken by the one that writes.
///
/// @param parts one for each aggregate, in their order
record Sums(List<Aggregate.Part> parts) {
  void add(LogRecord logRecord) {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).add(logRecord);
    }
  }
}
