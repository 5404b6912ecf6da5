package dev.sluice.logs;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The binary format, which costs the server a fifth less than text: what it says of the "binary
/// format" in PostgreSQL's page on COPY, and the `recv` functions of the types.
final class CopyBinary extends CopyRows {
  /// `PGCOPY`, bytes that show what a transfer has done to it, no flags, no extension.
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  private static final int SHORT = 2;
  private static final int INT = 4;
  private static final int LONG = 8;
  private static final int END = -1;
  private static final int NULL = -1;

  private static final long EPOCH = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
  private static final long MICROS = 1_000_000;
  private static final int SECONDS_OF_DAY = 86_400;
  private static final int CLOCK = "00:00:00Z".length();

  /// The date with its `T` of the last time, and the seconds from the epoch to its midnight: most
  /// records are of the same day as the one before.
  private String day = "";

  private long midnight;

  /// Whether it has a form for each column: of types that others gave one it knows nothing, digits
  /// of `numeric` are the server's to make, and [the first][ColumnNames#FIRST] are filled whatever
  /// they are.
  static boolean knows(List<PostgresType> types) {
    return types.get(0) == PostgresType.TEXT
        && (types.get(1) == PostgresType.BIGINT || types.get(1) == PostgresType.TEXT)
        && (types.get(2) == PostgresType.TIMESTAMP || types.get(2) == PostgresType.TEXT)
        && types.stream()
            .noneMatch(type -> type == PostgresType.OTHER || type == PostgresType.NUMERIC);
  }

  @Override
  String options() {
    return " WITH (FORMAT binary)";
  }

  @Override
  void open() {
    makeRoom(HEADER.length);
    System.arraycopy(HEADER, 0, bytes, length, HEADER.length);
    length += HEADER.length;
  }

  @Override
  void beginRow(int fields) {
    makeRoom(SHORT);
    put(fields, SHORT);
  }

  /// The last `size` bytes of `value`, for which there is room, the highest first.
  private void put(long value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >> shift);
    }
  }

  private void put(long value) {
    makeRoom(INT + LONG);
    put(LONG, INT);
    put(value, LONG);
  }

  @Override
  void value(PostgresType type, @Nullable Object value) {
    switch (value) {
      case null -> {
        makeRoom(INT);
        put(NULL, INT);
      }
      case Long number when type == PostgresType.BIGINT -> put(number);
      case Double number when type == PostgresType.DOUBLE -> put(Double.doubleToLongBits(number));
      case Boolean truth when type == PostgresType.BOOLEAN -> {
        makeRoom(INT + 1);
        put(1, INT);
        put(truth ? 1 : 0, 1);
      }
      default -> text(value.toString());
    }
  }

  private void text(String text) {
    makeRoom(INT);
    int start = length;
    length += INT;
    utf8(text, false);
    int end = length;
    length = start;
    put(end - start - INT, INT);
    length = end;
  }

  @Override
  void time(PostgresType type, @Nullable String iso) {
    if (iso == null || type != PostgresType.TIMESTAMP) {
      value(type, iso);
    } else {
      put(micros(iso));
    }
  }

  /// The microseconds from the year 2000 to `iso`, rounded as the server would.
  private long micros(String iso) {
    if (day.isEmpty() || !iso.startsWith(day)) {
      long second = Instant.parse(iso).getEpochSecond();
      day = iso.substring(0, iso.indexOf('T') + 1);
      midnight = second - Math.floorMod(second, SECONDS_OF_DAY);
    }
    int at = day.length();
    long second = midnight + 3600L * two(iso, at) + 60L * two(iso, at + 3) + two(iso, at + 6);
    long nanos = 0;
    int digits = 0;
    for (int i = at + CLOCK; i < iso.length() - 1; i++) {
      nanos = 10 * nanos + iso.charAt(i) - '0';
      digits++;
    }
    for (; digits < 9; digits++) {
      nanos *= 10;
    }
    return (second - EPOCH) * MICROS + (nanos + 500) / 1_000;
  }

  private static int two(String text, int at) {
    return 10 * (text.charAt(at) - '0') + text.charAt(at + 1) - '0';
  }

  @Override
  void endRow() {}

  @Override
  void close() {
    makeRoom(SHORT);
    put(END, SHORT);
  }
}
