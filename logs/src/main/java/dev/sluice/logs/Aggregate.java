package dev.sluice.logs;

import java.io.IOException;

/// Something that records add up to: counts, percentiles, a digest.
///
/// ```text
///   parser threads                          one thread, as blocks are written
///     begin -> Part: add, add, ... end  -->   take(part)
/// ```
///
/// So parsers share nothing while they count, and what is counted is exactly what the account calls
/// written: a block that is abandoned is not taken.
interface Aggregate {
  /// What it looks at of a record.
  Wanted wanted();

  /// An empty part. Any number of threads may ask for one.
  Part begin();

  /// Adds a part, which nobody uses afterwards.
  ///
  /// @throws IOException if that is more than fits; the message says what to do
  void take(Part part) throws IOException;

  /// What the records of a block add up to. For one thread at a time.
  interface Part {
    void add(LogRecord logRecord);

    /// Told, by the same thread, that nothing more is added.
    default void end() {}
  }
}
