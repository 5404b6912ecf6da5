package dev.sluice.logs;

import java.io.IOException;
import java.util.List;

/// What the records of one block add up to, for each [Aggregate] of a run: made by the thread that
/// parses the block, taken by those that write.
///
/// @param aggregates all of the run
/// @param parts one for each, in their order
record Sums(List<Aggregate> aggregates, List<Aggregate.Part> parts) {
  /// Of no record yet. Any number of threads may ask.
  static Sums begin(List<Aggregate> aggregates) {
    return new Sums(aggregates, aggregates.stream().map(Aggregate::begin).toList());
  }

  void add(LogRecord logRecord) {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).add(logRecord);
    }
  }

  /// Tells that nothing more is added.
  void end() {
    parts.forEach(Aggregate.Part::end);
  }

  /// Has `aggregate` take its part, once.
  void give(Aggregate aggregate) throws IOException {
    aggregate.take(parts.get(aggregates.indexOf(aggregate)));
  }
}
