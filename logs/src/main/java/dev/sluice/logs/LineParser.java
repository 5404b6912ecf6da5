package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// Turns the bytes of a line into a record. Made by [LogFormat#newParser]; for one thread at a
/// time.
interface LineParser {
  /// Parses one line, which is not blank.
  ///
  /// @param source the file it is from, for the record
  /// @param line its number, for the record
  /// @param bytes what holds the line; not kept
  /// @param from where it begins
  /// @param to where it ends, without its line end
  /// @return the record, or what is wrong with it. Invalid UTF-8 is no reason: it becomes U+FFFD
  Parsed parse(String source, long line, byte[] bytes, int from, int to);

  /// The same for a line whose end is not known yet, if this finds it while it parses.
  ///
  /// @param to where `bytes` may be read up to; the line ends before, with a line end
  /// @return null if this finds no end; then the line may be anything
  default @Nullable LogRecord parseToItsEnd(
      String source, long line, byte[] bytes, int from, int to) {
    return null;
  }

  /// Where the line begins that follows the one of the last [#parseToItsEnd], which returned a
  /// record.
  default int nextLine() {
    throw new IllegalStateException("no line was parsed to its end");
  }

  /// Tells what of the records will be looked at; before the first line, if at all. A parser that
  /// makes more is right, and slower. Which lines are malformed, and why, must not depend on it.
  default void want(Wanted wanted) {}
}
