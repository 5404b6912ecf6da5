package dev.sluice.logs;

/// How the lines of a file are put into blocks.
///
/// @param lines how many a block has at most
/// @param kept whether records are kept. Those of a large block would have left the processor's
///   caches when they are written; where they are only counted, large ones need fewer hands
record Blocks(int lines, boolean kept) {
  private static final int LINES_WHERE_NOT_KEPT = 2 * LineFramer.BLOCK_LINES;
  private static final int BYTES_OF_LINE = LineFramer.BLOCK_BYTES / LineFramer.BLOCK_LINES;

  /// Blocks of `room` lines, if that is fewer than usual.
  static Blocks of(int room, boolean kept) {
    return new Blocks(Math.min(room, kept ? LineFramer.BLOCK_LINES : LINES_WHERE_NOT_KEPT), kept);
  }

  /// Whether a block may have more lines, and not tell where they are: where nobody keeps their
  /// records, nor chose how many lines may wait.
  boolean mayBeUncut() {
    return !kept && lines == LINES_WHERE_NOT_KEPT;
  }

  /// How many bytes a block has at most, unless its only line has more.
  int bytes() {
    return Math.max(LineFramer.BLOCK_BYTES, lines * BYTES_OF_LINE);
  }
}
