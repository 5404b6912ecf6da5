package dev.sluice.logs;

/// A unit of input that is no record: a malformed or over-long line, a binary file, a broken
/// compressed stream.
///
/// @param source the file, as the user named it
/// @param line its number in that file, from 1; 0 where the whole file is meant
/// @param offset where it begins, in bytes from the start of the (decompressed) file
/// @param reason one of few short names, for counting
/// @param detail a sentence for whoever mends the line
/// @param bytes what the line was, at most the first 64 KiB of it, without its line end
/// @param length how many bytes the line had in all
record Rejected(
    String source,
    long line,
    long offset,
    String reason,
    String detail,
    byte[] bytes,
    long length) {

  /// How much of a rejected line is kept.
  static final int KEPT_BYTES = 64 * 1024;

  /// The reason of a file that is no text at all.
  static final String BINARY = "binary";

  /// The reason of a compressed stream that breaks off or is damaged.
  static final String UNDECODABLE = "undecodable";

  /// The reason of what is left of a line that was read before it was complete.
  static final String CONTINUED = "continued";

  /// Whether the bytes are no whole line, though all of them were kept.
  boolean isPartial() {
    return endsSource() || reason.equals(CONTINUED);
  }

  /// Whether nothing after this can be read from its source.
  boolean endsSource() {
    return reason.equals(BINARY) || reason.equals(UNDECODABLE);
  }
}
