package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// Grows rows in the text format of PostgreSQL's COPY: fields between tabs, `\N` for null, a
/// backslash before what would be taken for something else.
///
/// A text of PostgreSQL cannot hold U+0000, which becomes U+FFFD, nor half of a surrogate pair,
/// which becomes `?`.
final class CopyText {
  private static final byte[] NULL = {'\\', 'N'};
  private static final byte[] REPLACEMENT = "\uFFFD".getBytes(UTF_8);

  private byte[] bytes = new byte[128 * 1024];
  private int length;
  private boolean inRow;

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
    inRow = false;
  }

  private void begin(long most) {
    if (length + most + 1 > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(length + most + 1, 2L * bytes.length)));
    }
    if (inRow) {
      bytes[length++] = '\t';
    }
    inRow = true;
  }

  void nothing() {
    begin(NULL.length);
    bytes[length++] = NULL[0];
    bytes[length++] = NULL[1];
  }

  void number(long value) {
    ascii(Long.toString(value));
  }

  /// A field of characters that need no escape.
  @SuppressWarnings("deprecation") // the only way to copy ASCII without a second array
  void ascii(String text) {
    int count = text.length();
    begin(count);
    text.getBytes(0, count, bytes, length);
    length += count;
  }

  void text(String text) {
    int count = text.length();
    begin(3L * count);
    byte[] to = bytes;
    int at = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x80) {
        if (c == '\\') {
          to[at++] = '\\';
        }
        to[at++] = (byte) c;
      } else if (c < ' ') {
        at = control(to, at, c);
      } else if (c < 0x800) {
        to[at++] = (byte) (0xC0 | (c >> 6));
        to[at++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        to[at++] = (byte) (0xE0 | (c >> 12));
        to[at++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        to[at++] = (byte) (0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < count
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        to[at++] = (byte) (0xF0 | (point >> 18));
        to[at++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        to[at++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        to[at++] = (byte) (0x80 | (point & 0x3F));
      } else {
        to[at++] = '?';
      }
    }
    length = at;
  }

  private static int control(byte[] to, int start, char c) {
    int at = start;
    switch (c) {
      case '\0' -> {
        to[at++] = REPLACEMENT[0];
        to[at++] = REPLACEMENT[1];
        to[at++] = REPLACEMENT[2];
      }
      case '\n' -> {
        to[at++] = '\\';
        to[at++] = 'n';
      }
      case '\r' -> {
        to[at++] = '\\';
        to[at++] = 'r';
      }
      case '\t' -> {
        to[at++] = '\\';
        to[at++] = 't';
      }
      default -> to[at++] = (byte) c;
    }
    return at;
  }

  void endRow() {
    begin(0);
    bytes[length - 1] = '\n'; // in the place of the tab
    inRow = false;
  }
}
