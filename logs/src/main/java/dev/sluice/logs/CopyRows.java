package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Grows rows in one of the formats of PostgreSQL's COPY.
///
/// A text of PostgreSQL cannot hold U+0000, which becomes U+FFFD, nor half of a surrogate pair,
/// which becomes `?`.
abstract sealed class CopyRows permits CopyText, CopyBinary {
  private static final byte[] REPLACEMENT = "\uFFFD".getBytes(UTF_8);

  byte[] bytes = new byte[128 * 1024];
  int length;

  /// How a COPY says that rows come in this format.
  abstract String options();

  /// Begins a stream of rows.
  abstract void open();

  abstract void beginRow(int fields);

  /// The value of a record for a column that takes it.
  abstract void value(PostgresType type, @Nullable Object value);

  /// A time of a record.
  abstract void time(PostgresType type, @Nullable String iso);

  abstract void endRow();

  /// Ends the stream of rows.
  abstract void close();

  final void clear() {
    length = 0;
  }

  final void makeRoom(long most) {
    if (length + most > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(length + most, 2L * bytes.length)));
    }
  }

  /// Appends `text` in UTF-8.
  ///
  /// @param escapes whether a backslash goes before what the text format would take for something
  ///   else
  final void utf8(String text, boolean escapes) {
    int count = text.length();
    makeRoom(3L * count);
    byte[] to = bytes;
    int at = length;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x80) {
        if (c == '\\' && escapes) {
          to[at++] = '\\';
        }
        to[at++] = (byte) c;
      } else if (c < ' ') {
        at = control(to, at, c, escapes);
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

  private static int control(byte[] to, int start, char c, boolean escapes) {
    int at = start;
    if (c == '\0') {
      for (byte one : REPLACEMENT) {
        to[at++] = one;
      }
    } else if (escapes && (c == '\n' || c == '\r' || c == '\t')) {
      to[at++] = '\\';
      to[at++] = (byte) (c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    } else {
      to[at++] = (byte) c;
    }
    return at;
  }
}
