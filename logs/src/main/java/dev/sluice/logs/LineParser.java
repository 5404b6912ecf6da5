package dev.sluice.logs;

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

  /// Tells what of the records will be looked at; before the first line, if at all. A parser that
  /// makes more is right, and slower. Which lines are malformed, and why, must not depend on it.
  default void want(Wanted wanted) {}
}
