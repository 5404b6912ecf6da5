package dev.sluice.logs;

import static dev.sluice.logs.Bytes.digits;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the times that logs have and writes them as ISO-8601 in UTC, with the digits after the
/// second that the log had (nine at most). Each method returns null for what is not such a time.
/// For one thread at a time.
final class Times {
  private static final long DAY = 86_400;
  private static final long FIRST_DAY = LocalDate.of(0, 1, 1).toEpochDay();
  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();
  private static final byte[] NO_FRACTION = {};
  private static final long NO_SECOND = Long.MIN_VALUE;

  /// A number below this is taken for a duration or a counter rather than for a time in 1973 or
  /// before.
  private static final BigDecimal FIRST_EPOCH = BigDecimal.valueOf(100_000_000);

  /// The length of `dd/Mon/yyyy:HH:mm:ss +hhmm`.
  static final int ACCESS_LENGTH = 26;

  /// No value of a record that is shorter is a time.
  static final int SHORTEST = 9;

  private static final int RFC3164_LENGTH = 15;

  private final ZoneRules zone;
  private final @Nullable ZoneOffset fixed;
  private final long latest;
  private final int latestYear;

  private int year;
  private int month;
  private int day;
  private long epochDay = Long.MIN_VALUE;

  private long writtenDay = Long.MIN_VALUE;
  private final byte[] written = new byte[30];

  /// The date and the zone that [#isAccess] read last, as their bytes.
  private long accessDate;

  private long accessDateEnd;
  private long accessZone = -1; // no six bytes have it

  private final byte[] lastAccess = new byte[ACCESS_LENGTH];
  private @Nullable String lastAccessTime;
  private final byte[] lastRfc3164 = new byte[RFC3164_LENGTH];
  private @Nullable String lastRfc3164Time;

  Times(Assumptions assumptions) {
    zone = assumptions.zone().getRules();
    fixed = zone.isFixedOffset() ? zone.getOffset(Instant.EPOCH) : null;
    latest = assumptions.now().getEpochSecond() + DAY;
    latestYear = Instant.ofEpochSecond(latest).atZone(assumptions.zone()).getYear();
  }

  /// Reads `dd/Mon/yyyy:HH:mm:ss +hhmm`, which begins at `from` and takes [#ACCESS_LENGTH] bytes.
  @Nullable String access(byte[] b, int from) {
    int to = from + ACCESS_LENGTH;
    if (lastAccessTime != null && Arrays.equals(b, from, to, lastAccess, 0, ACCESS_LENGTH)) {
      return lastAccessTime;
    }
    long second = accessSecond(b, from);
    var time = second == NO_SECOND ? null : write(second, NO_FRACTION, 0, 0);
    if (time != null) {
      System.arraycopy(b, from, lastAccess, 0, ACCESS_LENGTH);
      lastAccessTime = time;
    }
    return time;
  }

  /// Whether [#access] reads a time there.
  boolean isAccess(byte[] b, int from) {
    // Most lines differ from the one before in no more than the clock.
    if (Bytes.word(b, from) == accessDate
        && Bytes.word(b, from + 4) == accessDateEnd
        && (Bytes.word(b, from + 18) >>> 16) == accessZone) {
      return clock(b, from + 12) >= 0;
    }
    long second = accessSecond(b, from);
    if (second == NO_SECOND || !isWithin(second)) {
      return false;
    }
    if (isWithin(second - DAY) && isWithin(second + DAY)) {
      accessDate = Bytes.word(b, from);
      accessDateEnd = Bytes.word(b, from + 4);
      accessZone = Bytes.word(b, from + 18) >>> 16;
    }
    return true;
  }

  private static boolean isWithin(long second) {
    long days = Math.floorDiv(second, DAY);
    return days >= FIRST_DAY && days <= LAST_DAY;
  }

  private long accessSecond(byte[] b, int from) {
    if (b[from + 2] != '/' || b[from + 6] != '/' || b[from + 11] != ':' || b[from + 20] != ' ') {
      return NO_SECOND;
    }
    long days =
        day(
            (int) digits(b, from + 7, from + 11),
            month(b, from + 3),
            (int) digits(b, from, from + 2));
    int clock = clock(b, from + 12);
    int offset = offset(b, from + 21, from + ACCESS_LENGTH);
    if (days == Long.MIN_VALUE || clock < 0 || offset == Integer.MIN_VALUE || b[from + 24] == ':') {
      return NO_SECOND;
    }
    return days * DAY + clock - offset;
  }

  /// Reads `Mon dd HH:mm:ss`, which begins at `from` and takes the 15 bytes up to `from + 15`; the
  /// day may have a space or a zero in front.
  @Nullable String rfc3164(byte[] b, int from, int to) {
    int end = from + RFC3164_LENGTH;
    if (end > to || b[from + 3] != ' ' || b[from + 6] != ' ') {
      return null;
    }
    boolean whole = end == to;
    if (whole
        && lastRfc3164Time != null
        && Arrays.equals(b, from, end, lastRfc3164, 0, RFC3164_LENGTH)) {
      return lastRfc3164Time;
    }
    int monthOfYear = month(b, from);
    int dayOfMonth = (int) digits(b, from + (b[from + 4] == ' ' ? 5 : 4), from + 6);
    int clock = clock(b, from + 7);
    if (clock < 0 || (!whole && (b[end] != '.' || digits(b, end + 1, to) < 0))) {
      return null;
    }
    // Eight years back there is a 29 February in any case, except around 1900 and 2100.
    for (int y = latestYear; y >= latestYear - 8; y--) {
      long days = day(y, monthOfYear, dayOfMonth);
      if (days == Long.MIN_VALUE) {
        continue;
      }
      long local = days * DAY + clock;
      long second = local - offsetAt(local);
      if (second <= latest) {
        var time = write(second, b, whole ? end : end + 1, to);
        if (whole) {
          System.arraycopy(b, from, lastRfc3164, 0, RFC3164_LENGTH);
          lastRfc3164Time = time;
        }
        return time;
      }
    }
    return null;
  }

  /// Reads `yyyy-MM-ddTHH:mm[:ss[.fraction]][zone]`, which fills `[from, to)`. A space may stand
  /// for the `T` and before the zone, a comma for the point; the zone is `Z`, `UTC`, `+hh`, `+hhmm`
  /// or `+hh:mm`.
  @Nullable String iso(byte[] b, int from, int to) {
    if (to - from < 16
        || b[from + 4] != '-'
        || b[from + 7] != '-'
        || (b[from + 10] != 'T' && b[from + 10] != ' ' && b[from + 10] != 't')
        || b[from + 13] != ':') {
      return null;
    }
    long days =
        day(
            (int) digits(b, from, from + 4),
            (int) digits(b, from + 5, from + 7),
            (int) digits(b, from + 8, from + 10));
    int at = from + 16;
    long hour = digits(b, from + 11, from + 13);
    long minute = digits(b, from + 14, from + 16);
    long second = 0;
    int fraction = at;
    int fractionEnd = at;
    if (at < to && b[at] == ':') {
      second = at + 3 <= to ? digits(b, at + 1, at + 3) : -1;
      at += 3;
      if (at < to && (b[at] == '.' || b[at] == ',')) {
        fraction = ++at;
        while (at < to && Bytes.isDigit(b[at])) {
          at++;
        }
        if (at == fraction) {
          return null;
        }
        fractionEnd = Math.min(at, fraction + 9);
      }
    }
    if (days == Long.MIN_VALUE
        || hour < 0
        || hour > 23
        || minute < 0
        || minute > 59
        || second < 0
        || second > 59) {
      return null;
    }
    long local = days * DAY + hour * 3_600 + minute * 60 + second;
    if (at < to - 1 && b[at] == ' ') {
      at++;
    }
    int offset = at >= to ? offsetAt(local) : offset(b, at, to);
    return offset == Integer.MIN_VALUE ? null : write(local - offset, b, fraction, fractionEnd);
  }

  /// Reads a time out of a value of a record: ISO-8601, or the time since 1970 in seconds,
  /// milliseconds, microseconds or nanoseconds, told apart by their size.
  ///
  /// @param number the digits of the value as they stood in the line, or its text
  @Nullable String value(String number) {
    int length = number.length();
    if (length < SHORTEST || length > 48) {
      return null;
    }
    if (length >= 16 && number.charAt(4) == '-') {
      return iso(number.getBytes(StandardCharsets.ISO_8859_1), 0, length);
    }
    return epoch(number);
  }

  private @Nullable String epoch(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
        return null;
      }
    }
    BigDecimal number;
    try {
      number = new BigDecimal(text);
    } catch (NumberFormatException notANumber) {
      return null;
    }
    long magnitude = (long) number.precision() - number.scale(); // digits before the point
    if (magnitude > 19 || number.compareTo(FIRST_EPOCH) < 0) {
      return null;
    }
    int power = magnitude <= 11 ? 0 : magnitude <= 14 ? 3 : magnitude <= 17 ? 6 : 9;
    var seconds = number.movePointLeft(power);
    long second = seconds.longValue();
    var plain = seconds.toPlainString();
    int point = plain.indexOf('.');
    var fraction =
        point < 0
            ? NO_FRACTION
            : plain
                .substring(point + 1, Math.min(plain.length(), point + 10))
                .getBytes(StandardCharsets.ISO_8859_1);
    return write(second, fraction, 0, fraction.length);
  }

  private int offsetAt(long localSecond) {
    var offset =
        fixed != null
            ? fixed
            : zone.getOffset(LocalDateTime.ofEpochSecond(localSecond, 0, ZoneOffset.UTC));
    return offset.getTotalSeconds();
  }

  /// Returns the day since 1970, or `Long.MIN_VALUE` if there is no such day.
  private long day(int y, int m, int d) {
    if (y == year && m == month && d == day) {
      return epochDay;
    }
    if (y < 0 || m < 1 || m > 12 || d < 1 || d > Month.of(m).length(Year.isLeap(y))) {
      return Long.MIN_VALUE;
    }
    year = y;
    month = m;
    day = d;
    epochDay = LocalDate.of(y, m, d).toEpochDay();
    return epochDay;
  }

  private static int month(byte[] b, int at) {
    return switch ((b[at] << 16) | (b[at + 1] << 8) | b[at + 2]) {
      case ('J' << 16) | ('a' << 8) | 'n' -> 1;
      case ('F' << 16) | ('e' << 8) | 'b' -> 2;
      case ('M' << 16) | ('a' << 8) | 'r' -> 3;
      case ('A' << 16) | ('p' << 8) | 'r' -> 4;
      case ('M' << 16) | ('a' << 8) | 'y' -> 5;
      case ('J' << 16) | ('u' << 8) | 'n' -> 6;
      case ('J' << 16) | ('u' << 8) | 'l' -> 7;
      case ('A' << 16) | ('u' << 8) | 'g' -> 8;
      case ('S' << 16) | ('e' << 8) | 'p' -> 9;
      case ('O' << 16) | ('c' << 8) | 't' -> 10;
      case ('N' << 16) | ('o' << 8) | 'v' -> 11;
      case ('D' << 16) | ('e' << 8) | 'c' -> 12;
      default -> 0;
    };
  }

  /// Reads `HH:mm:ss` at `at`: the second of the day, or -1.
  private static int clock(byte[] b, int at) {
    int hour = (int) digits(b, at, at + 2);
    int minute = (int) digits(b, at + 3, at + 5);
    int second = (int) digits(b, at + 6, at + 8);
    boolean sound =
        hour >= 0
            && hour <= 23
            && b[at + 2] == ':'
            && minute >= 0
            && minute <= 59
            && b[at + 5] == ':'
            && second >= 0
            && second <= 59;
    return sound ? hour * 3_600 + minute * 60 + second : -1;
  }

  /// Reads the zone that fills `[from, to)`: its seconds east of UTC, or `Integer.MIN_VALUE`.
  private static int offset(byte[] b, int from, int to) {
    int length = to - from;
    if ((length == 1 && (b[from] | 0x20) == 'z') || Bytes.matches(b, from, to, "UTC")) {
      return 0;
    }
    if ((length != 3 && length != 5 && length != 6) || (b[from] != '+' && b[from] != '-')) {
      return Integer.MIN_VALUE;
    }
    if (length == 6 && b[from + 3] != ':') {
      return Integer.MIN_VALUE;
    }
    long hours = digits(b, from + 1, from + 3);
    long minutes = length == 3 ? 0 : digits(b, to - 2, to);
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return Integer.MIN_VALUE;
    }
    int seconds = (int) (hours * 3_600 + minutes * 60);
    return b[from] == '-' ? -seconds : seconds;
  }

  private @Nullable String write(long second, byte[] fraction, int from, int to) {
    long days = Math.floorDiv(second, DAY);
    if (days < FIRST_DAY || days > LAST_DAY) {
      return null;
    }
    if (days != writtenDay) {
      var date = LocalDate.ofEpochDay(days).toString();
      System.arraycopy(date.getBytes(StandardCharsets.ISO_8859_1), 0, written, 0, 10);
      writtenDay = days;
    }
    int clock = (int) Math.floorMod(second, DAY);
    written[10] = 'T';
    two(11, clock / 3_600);
    written[13] = ':';
    two(14, clock / 60 % 60);
    written[16] = ':';
    two(17, clock % 60);
    int at = 19;
    int digits = Math.min(to - from, 9);
    if (digits > 0) {
      written[at++] = '.';
      System.arraycopy(fraction, from, written, at, digits);
      at += digits;
    }
    written[at++] = 'Z';
    return new String(written, 0, at, StandardCharsets.ISO_8859_1);
  }

  private void two(int at, int value) {
    written[at] = (byte) ('0' + value / 10);
    written[at + 1] = (byte) ('0' + value % 10);
  }
}
