package dev.sluice.logs;

/// A text that was not made yet: the bytes of a line that it would be made of. A parser has one for
/// each column, and gives it another place for each line.
final class Slice {
  private byte[] bytes = {};
  private int from;
  private int to;

  /// Makes this the text of `[from, to)`.
  Slice set(byte[] text, int first, int end) {
    bytes = text;
    from = first;
    to = end;
    return this;
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /// The text, with U+FFFD for what is not UTF-8.
  @Override
  public String toString() {
    return Bytes.text(bytes, from, to);
  }
}
