package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// What the parsers of logs with words and quoted texts between spaces have in common.
final class Words {
  private Words() {}

  /// Returns where the word that begins at `from` ends: at a space, or at `to`.
  static int end(byte[] b, int from, int to) {
    int space = from >= to ? -1 : Bytes.indexOf(b, from, to, ' ');
    return space < 0 ? to : space;
  }

  static int skipSpaces(byte[] b, int from, int to) {
    int at = from;
    while (at < to && (b[at] == ' ' || b[at] == '\t')) {
      at++;
    }
    return at;
  }

  /// Returns where the quote stands that closes the text which begins at `from`, behind its quote,
  /// or -1. A backslash keeps the byte behind it from meaning anything.
  static int closing(byte[] b, int from, int to) {
    int i = Bytes.indexOfEither(b, from, to, '"', '\\');
    while (i >= 0 && b[i] == '\\') {
      i = i + 2 > to ? -1 : Bytes.indexOfEither(b, i + 2, to, '"', '\\');
    }
    return i;
  }

  /// Returns the text of `[from, to)` with `\"` and `\\` decoded.
  static String unescaped(byte[] b, int from, int to) {
    if (Bytes.indexOf(b, from, to, '\\') < 0) {
      return Bytes.text(b, from, to);
    }
    byte[] plain = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      if (b[i] == '\\' && i + 1 < to && (b[i + 1] == '"' || b[i + 1] == '\\')) {
        i++;
      }
      plain[length++] = b[i];
    }
    return Bytes.text(plain, 0, length);
  }

  static boolean isNil(byte[] b, int from, int to) {
    return to - from == 1 && b[from] == '-';
  }

  /// Returns what `[from, to)` spells: null for nothing or `-`, a number, or text.
  static @Nullable Object typed(byte[] b, int from, int to) {
    if (from == to || isNil(b, from, to)) {
      return null;
    }
    if (Bytes.isDigit(b[from]) || b[from] == '-') {
      var number = Numbers.plain(b, from, to);
      if (number != null) {
        return number;
      }
    }
    return Bytes.text(b, from, to);
  }

  static boolean isNameByte(byte b) {
    return Bytes.isLetter(b) || Bytes.isDigit(b) || b == '_';
  }
}
