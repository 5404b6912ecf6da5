package dev.sluice.logs;

/// How the lines of a file are put into blocks.
///
/// @param lines how many a block has at most
/// @param mayBeUncut whether a block may have more lines, and not tell where they are
record Blocks(int lines, boolean mayBeUncut) {
  private static final int LARGE = 2 * LineFramer.BLOCK_LINES;
  private static final int BYTES_OF_LINE = LineFramer.BLOCK_BYTES / LineFramer.BLOCK_LINES;

  /// With more parsers there are so many blocks on their way that large ones would fill the heap.
  private static final int MOST_PARSERS_OF_LARGE = 8;

  /// Blocks for so many parsers, of `room` lines, if that is fewer than usual.
  ///
  /// @param kept whether records are kept. Those of a large block would have left the processor's
  ///   caches when they are written; where they are only counted, large ones need fewer hands
  static Blocks of(int room, boolean kept, int parsers) {
    int usual = kept || parsers > MOST_PARSERS_OF_LARGE ? LineFramer.BLOCK_LINES : LARGE;
    return new Blocks(Math.min(room, usual), !kept && room >= usual);
  }

  /// How many bytes a block has at most, unless its only line has more.
  int bytes() {
    return Math.max(LineFramer.BLOCK_BYTES, lines * BYTES_OF_LINE);
  }
}
