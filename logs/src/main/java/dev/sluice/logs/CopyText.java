package dev.sluice.logs;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The text format: fields between tabs, `\N` for null. The server reads it into columns of any
/// type.
final class CopyText extends CopyRows {
  private boolean inRow;

  @Override
  String options() {
    return "";
  }

  @Override
  void open() {}

  @Override
  void beginRow(int fields) {
    inRow = false;
  }

  private void separate() {
    makeRoom(3);
    if (inRow) {
      bytes[length++] = '\t';
    }
    inRow = true;
  }

  @Override
  void value(PostgresType type, @Nullable Object value) {
    separate();
    switch (value) {
      case null -> {
        bytes[length++] = '\\';
        bytes[length++] = 'N';
      }
      case Long number -> ascii(Long.toString(number));
      case Double number -> ascii(number.toString());
      default -> utf8(value.toString(), true);
    }
  }

  /// PostgreSQL counts no year 0, and writes those before the year 1 with `BC`.
  @Override
  void time(PostgresType type, @Nullable String iso) {
    if (iso != null && (iso.startsWith("0000-") || iso.startsWith("-"))) {
      int dash = iso.indexOf('-', 1);
      int year = Integer.parseInt(iso.substring(0, dash));
      value(type, String.format(Locale.ROOT, "%04d%s BC", 1 - year, iso.substring(dash)));
    } else {
      value(type, iso != null && iso.startsWith("+") ? iso.substring(1) : iso);
    }
  }

  @SuppressWarnings("deprecation") // the only way to copy ASCII without a second array
  private void ascii(String text) {
    int count = text.length();
    makeRoom(count);
    text.getBytes(0, count, bytes, length);
    length += count;
  }

  @Override
  void endRow() {
    makeRoom(1);
    bytes[length++] = '\n';
  }

  @Override
  void close() {}
}
