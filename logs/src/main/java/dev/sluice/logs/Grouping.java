package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// Tells which lines of a file make up one record. Sees every line that is not blank, in order;
/// blank ones belong to what is around them. Made by [Dialect#newGrouping], for one input.
abstract class Grouping {
  /// What a line is.
  enum Part {
    /// The first of a record. A record that was open before has ended.
    FIRST,
    /// One more of the record that is open; the first of one if none is.
    MORE,
    /// No part of any record, but of the file: it is skipped.
    HEADER
  }

  /// @param b what holds the line; not kept
  /// @param from where it begins
  /// @param to where it ends, without its line end
  abstract Part part(byte[] b, int from, int to);

  /// Whether the record that the last line belongs to has ended with it, whatever follows.
  boolean whole() {
    return false;
  }

  /// In which of two interleaved streams the last line stood, 0 or 1.
  int lane() {
    return 0;
  }

  /// Whether the record that is open in a lane lacks the rest of a line, which may come after lines
  /// of the other lane.
  boolean waits(int lane) {
    return false;
  }

  /// What a record is that ends before it is whole, because too much follows or nothing does.
  enum Cut {
    /// A record all the same.
    RECORD,
    /// Too long, if too much follows; a record otherwise.
    REJECT,
    /// Its first line is a record of its own, and those after it are looked at anew.
    RETRY
  }

  Cut cut() {
    return Cut.RECORD;
  }

  /// Says that the record which was open in a lane is no more.
  void ended(int lane) {}

  /// The dialect of the lines from the next one on, if the last line, a header, has changed it.
  @Nullable Dialect changed() {
    return null;
  }
}
