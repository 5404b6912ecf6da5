package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Grows rows of CSV as UTF-8: RFC 4180, but `\n` at the end of each row. No value is an empty
/// cell, an empty text is `""`. What begins with `#` at the beginning of a row is quoted, since
/// some readers take such rows for comments.
final class CsvBuffer {
  private byte[] bytes = new byte[8 * 1024];
  private int length;

  int length() {
    return length;
  }

  /// @param cells as the values of a [LogRecord]
  void row(@Nullable Object[] cells) {
    for (int i = 0; i < cells.length; i++) {
      if (i > 0) {
        room(1);
        bytes[length++] = ',';
      }
      cell(cells[i], i == 0);
    }
    room(1);
    bytes[length++] = '\n';
  }

  private void cell(@Nullable Object value, boolean first) {
    switch (value) {
      case null -> {}
      case String text -> text(text, first);
      case Long number when number >= 0 -> {
        room(19);
        length = Bytes.putDigits(bytes, length, number);
      }
      default -> text(value.toString(), first);
    }
  }

  private void text(String text, boolean first) {
    byte[] utf8 = text.getBytes(UTF_8);
    room(2L * utf8.length + 2);
    if (utf8.length > 0
        && !(first && utf8[0] == '#')
        && !Bytes.hasCsvSpecial(utf8, 0, utf8.length)) {
      System.arraycopy(utf8, 0, bytes, length, utf8.length);
      length += utf8.length;
      return;
    }
    bytes[length++] = '"';
    int from = 0;
    while (true) {
      int quote = Bytes.indexOf(utf8, from, utf8.length, '"');
      int end = quote < 0 ? utf8.length : quote + 1;
      System.arraycopy(utf8, from, bytes, length, end - from);
      length += end - from;
      bytes[length++] = '"';
      if (quote < 0) {
        return;
      }
      from = end;
    }
  }

  /// Hands on what is here and begins anew.
  void drainTo(OutputStream out) throws IOException {
    int count = length;
    length = 0;
    out.write(bytes, 0, count);
  }

  private void room(long more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(length + more, 2L * bytes.length)));
    }
  }
}
