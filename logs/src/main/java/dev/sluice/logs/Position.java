package dev.sluice.logs;

import java.util.List;

/// How far something has come in one source: it has all before this, and nothing after it.
///
/// @param offset in bytes from the start of the (decompressed) file; always behind a whole unit
/// @param line the number of the line that begins there, from 1
/// @param ended whether the unit that tells why nothing more can be read (a binary file, a damaged
///   stream) lies behind too; it may have no bytes of its own
record Position(long offset, long line, boolean ended) implements Comparable<Position> {
  static final Position START = new Position(0, 1, false);

  /// Where one is who was here and has dealt with `parsed`, which is what comes next.
  Position after(ParsedBlock parsed) {
    var block = parsed.block();
    return new Position(
        offset + block.size(), line + block.physicalLines(), endsSource(parsed.rejected()));
  }

  private static boolean endsSource(List<Rejected> rejected) {
    return !rejected.isEmpty() && rejected.getLast().endsSource();
  }

  /// Whether a record that begins at `its` line lies behind.
  boolean isPast(LogRecord logRecord) {
    return logRecord.line() < line;
  }

  boolean isPast(Rejected rejected) {
    return rejected.offset() < offset || (ended && rejected.endsSource());
  }

  @Override
  public int compareTo(Position other) {
    int order = Long.compare(offset, other.offset);
    return order != 0 ? order : Boolean.compare(ended, other.ended);
  }
}
