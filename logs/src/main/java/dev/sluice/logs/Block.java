package dev.sluice.logs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Consecutive lines of one file, or records of several lines, cut but not yet parsed: what travels
/// from the readers to the parsers.
///
/// A block does not change once made, until it is settled: then its bytes may become another
/// block's.
///
/// @param source the file it is from, as the user named it
/// @param format the format that its file is taken to have
/// @param bytes the lines, as they stood in the file, and maybe more behind them; with `places`,
///   the records, whose lines end with `\n` however they did in the file
/// @param starts where in `bytes` each line or record begins; after the NUL bytes or byte order
///   mark before it. Empty if the lines were only counted: then they fill `bytes` from its
///   beginning, each ends with a line end, and who parses them finds it
/// @param ends where each ends, without its line end (`\n` or `\r\n`)
/// @param count how many there are: only so many entries of `starts` and `ends` count
/// @param firstLine the number of the first of them in the file, from 1
/// @param offset where `bytes` begins in the (decompressed) file; with `places`, so chosen that
///   `offset + bytes.length` is where the block ends in any case
/// @param rejected units that the framer itself turned away
/// @param size how many bytes of the (decompressed) file this block accounts for, line ends and
///   skipped bytes included
/// @param physicalLines how many physical lines it accounts for, those of `rejected` included
/// @param skipped how many runs of NUL bytes and headers were skipped
/// @param dialect `format` with what was learnt of the file up to here
/// @param places where each record is, if that does not follow from the rest
record Block(
    String source,
    LogFormat format,
    byte[] bytes,
    int[] starts,
    int[] ends,
    int count,
    long firstLine,
    long offset,
    List<Rejected> rejected,
    long size,
    long physicalLines,
    long skipped,
    Dialect dialect,
    @Nullable Places places) {

  /// Where the records of a block are in their file: the number and the offset of each one's first
  /// line.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Places(long[] lines, long[] offsets) {}

  Block(
      String source,
      LogFormat format,
      byte[] bytes,
      int[] starts,
      int[] ends,
      int count,
      long firstLine,
      long offset,
      List<Rejected> rejected,
      long size,
      long physicalLines,
      long skipped) {
    this(
        source,
        format,
        bytes,
        starts,
        ends,
        count,
        firstLine,
        offset,
        rejected,
        size,
        physicalLines,
        skipped,
        Dialect.of(format),
        null);
  }

  /// Whether `starts` and `ends` tell where the lines are.
  boolean isCut() {
    return starts.length > 0 || count == 0;
  }

  /// The number of the line that record `i` begins with.
  long line(int i) {
    return places == null ? firstLine + i : places.lines[i];
  }

  /// Where record `i` begins in the (decompressed) file; of a block that is cut.
  long offset(int i) {
    return places == null ? offset + starts[i] : places.offsets[i];
  }
}
