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
  private static final long FIRST_EPOCH = 100_000_000;

  /// The length of `dd/Mon/yyyy:HH:mm:ss +hhmm`.
  static final int ACCESS_LENGTH = 26;

  /// No value of a record that is shorter is a time.
  static final int SHORTEST = 9;

  private static final int RFC3164_LENGTH = 15;

  private final Assumptions assumptions;
  private final long latest;
  private @Nullable LocalTime local;

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

  /// Where [#leading] is, and what it has found.
  private int at;

  private int secondOfDay;
  private int fraction;
  private int fractionEnd;
  private int zoneOffset;

  private final byte[] lastAccess = new byte[ACCESS_LENGTH];
  private @Nullable String lastAccessTime;
  private final byte[] lastRfc3164 = new byte[RFC3164_LENGTH];
  private @Nullable String lastRfc3164Time;

  Times(Assumptions assumptions) {
    this.assumptions = assumptions;
    latest = assumptions.now().getEpochSecond() + DAY;
  }

  /// What is made of a time that does not say all of itself.
  ///
  /// @param fixed the only offset of the zone; null if it has several
  /// @param latestYear the latest year that a time may be in
  private record LocalTime(ZoneRules zone, @Nullable ZoneOffset fixed, int latestYear) {}

  private LocalTime local() {
    var known = local;
    if (known == null) {
      var zone = assumptions.zone();
      var rules = zone.getRules();
      known =
          new LocalTime(
              rules,
              rules.isFixedOffset() ? rules.getOffset(Instant.EPOCH) : null,
              Instant.ofEpochSecond(latest).atZone(zone).getYear());
      local = known;
    }
    return known;
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
    var time = yearless(monthOfYear, dayOfMonth, clock, b, whole ? end : end + 1, to);
    if (whole && time != null) {
      System.arraycopy(b, from, lastRfc3164, 0, RFC3164_LENGTH);
      lastRfc3164Time = time;
    }
    return time;
  }

  /// Gives a time the latest year that does not put it too far into the future.
  private @Nullable String yearless(
      int monthOfYear, int dayOfMonth, int clock, byte[] digits, int from, int to) {
    // Eight years back there is a 29 February in any case, except around 1900 and 2100.
    int latestYear = local().latestYear();
    for (int y = latestYear; y >= latestYear - 8; y--) {
      long days = day(y, monthOfYear, dayOfMonth);
      if (days == Long.MIN_VALUE) {
        continue;
      }
      long local = days * DAY + clock;
      long second = local - offsetAt(local);
      if (second <= latest) {
        return write(second, digits, from, to);
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

  /// Reads the time that `[from, to)` begins with; [#end] then tells where it ends. Besides
  /// ISO-8601, as [#iso] has it:
  ///
  /// ```text
  ///   2026/11/21 19:00:00           20261121T190000Z
  ///   21/Nov/2026:19:00:00 +0100    21-Nov-2026 19:00:00.123     21 Nov 2026 19:00:00,123
  ///   Nov 21 19:00:00               Nov 21 2026 19:00:00         Nov 21 19:00:00 2026
  ///   Sat Nov 21 19:00:00 2026      Sat Nov 21 19:00:00 UTC 2026
  ///   Sat, 21 Nov 2026 19:00:00 GMT                              Saturday, 21-Nov-26 19:00:00 GMT
  /// ```
  ///
  /// Each may have a fraction behind a point or a comma, and a zone. Months in digits are only read
  /// behind a year, since elsewhere nobody knows which number is the month.
  @Nullable String leading(byte[] b, int from, int to) {
    at = from;
    fraction = from;
    fractionEnd = from;
    zoneOffset = Integer.MIN_VALUE;
    if (to - from < 14) {
      return null;
    }
    if (Bytes.isDigit(b[from])) {
      return yearFirst(b, from, to);
    }
    if (!Bytes.isLetter(b[from])) {
      return null;
    }
    int word = from;
    while (word < to && Bytes.isLetter(b[word])) {
      word++;
    }
    if (isWeekday(b, from) && word < to) {
      at = b[word] == ',' ? word + 1 : word;
      spaces(b, to);
      if (at < to && Bytes.isDigit(b[at])) {
        return dayFirst(b, to);
      }
      if (at == word) {
        return null;
      }
    }
    return monthFirst(b, to);
  }

  /// Where the time ends that [#leading] has read.
  int end() {
    return at;
  }

  /// Reads the time that fills `[from, to)`, of those that [#leading] knows.
  @Nullable String any(byte[] b, int from, int to) {
    var time = leading(b, from, to);
    return time != null && at == to ? time : null;
  }

  /// Reads glog's `mmdd HH:mm:ss.ffffff`; [#end] then tells where it ends.
  @Nullable String glog(byte[] b, int from, int to) {
    at = from + 5;
    if (to - from < 13 || b[from + 4] != ' ' || !timeOfDay(b, to)) {
      return null;
    }
    int monthOfYear = (int) digits(b, from, from + 2);
    int dayOfMonth = (int) digits(b, from + 2, from + 4);
    return yearless(monthOfYear, dayOfMonth, secondOfDay, b, fraction, fractionEnd);
  }

  private @Nullable String yearFirst(byte[] b, int from, int to) {
    int count = 0;
    while (count < 9 && from + count < to && Bytes.isDigit(b[from + count])) {
      count++;
    }
    char separator = from + count < to ? (char) b[from + count] : 0;
    if (count <= 2 && separator != ':') {
      return dayFirst(b, to);
    }
    if (count == 4 && (separator == '-' || separator == '/') && from + 11 < to) {
      if (b[from + 7] != separator) {
        return null;
      }
      at = from + 10;
      if (b[at] != ' ' && (b[at] | 0x20) != 't') {
        return null;
      }
      at++;
      if (!timeOfDay(b, to)) {
        return null;
      }
      zone(b, to);
      return made(
          b,
          digits(b, from, from + 4),
          (int) digits(b, from + 5, from + 7),
          digits(b, from + 8, from + 10));
    }
    if (count == 8 && (separator == ' ' || separator == 'T')) {
      at = from + 9;
      if (at + 6 <= to && digits(b, at, at + 6) >= 0) {
        long packed = digits(b, at, at + 6);
        long hour = packed / 10_000;
        long minute = packed / 100 % 100;
        long second = packed % 100;
        if (hour > 23 || minute > 59 || second > 59) {
          return null;
        }
        secondOfDay = (int) (hour * 3_600 + minute * 60 + second);
        at += 6;
        fraction(b, to);
      } else if (!timeOfDay(b, to)) {
        return null;
      }
      zone(b, to);
      return made(
          b,
          digits(b, from, from + 4),
          (int) digits(b, from + 4, from + 6),
          digits(b, from + 6, from + 8));
    }
    return null;
  }

  /// Reads `21 Nov 2026 19:00:00`, from `at` on, with `/` and `-` between the parts of the date
  /// too.
  private @Nullable String dayFirst(byte[] b, int to) {
    int from = at;
    while (at < to && at < from + 2 && Bytes.isDigit(b[at])) {
      at++;
    }
    long dayOfMonth = digits(b, from, at);
    if (at + 9 > to) {
      return null;
    }
    byte separator = b[at];
    int monthOfYear = month(b, at + 1);
    if ((separator != ' ' && separator != '-' && separator != '/')
        || b[at + 4] != separator
        || monthOfYear == 0) {
      return null;
    }
    from = at + 5;
    at = from;
    while (at < to && at < from + 4 && Bytes.isDigit(b[at])) {
      at++;
    }
    long y = digits(b, from, at);
    if (at - from == 2) {
      y += y < 70 ? 2_000 : 1_900;
    } else if (at - from != 4) {
      return null;
    }
    if (at >= to || (b[at] != ' ' && b[at] != ':')) {
      return null;
    }
    at++;
    if (!timeOfDay(b, to)) {
      return null;
    }
    zone(b, to);
    return made(b, y, monthOfYear, dayOfMonth);
  }

  /// Reads `Nov 21 19:00:00` and what has its year behind, or before the clock.
  private @Nullable String monthFirst(byte[] b, int to) {
    int monthOfYear = at + 4 < to && b[at + 3] == ' ' ? month(b, at) : 0;
    if (monthOfYear == 0) {
      return null;
    }
    at += 3;
    spaces(b, to);
    int from = at;
    while (at < to && at < from + 2 && Bytes.isDigit(b[at])) {
      at++;
    }
    long dayOfMonth = digits(b, from, at);
    if (dayOfMonth < 1) {
      return null;
    }
    if (at < to && b[at] == ',') {
      at++;
    }
    spaces(b, to);
    long y = year(b, to);
    if (y >= 0) {
      spaces(b, to);
    }
    if (!timeOfDay(b, to)) {
      return null;
    }
    zone(b, to);
    if (y < 0 && at < to && b[at] == ' ') {
      at++;
      y = year(b, to);
      at -= y < 0 ? 1 : 0;
    }
    if (y < 0 && zoneOffset == Integer.MIN_VALUE) {
      return yearless(monthOfYear, (int) dayOfMonth, secondOfDay, b, fraction, fractionEnd);
    }
    return y < 0 ? null : made(b, y, monthOfYear, dayOfMonth);
  }

  /// Reads a year of this time, which nothing follows that would make it another number: else -1.
  private long year(byte[] b, int to) {
    boolean apart = at + 4 == to || (at + 4 < to && !isPartOfWord(b[at + 4]) && b[at + 4] != ':');
    long y = apart ? digits(b, at, at + 4) : -1;
    if (y < 1970 || y > 2099) {
      return -1;
    }
    at += 4;
    return y;
  }

  private static boolean isPartOfWord(byte b) {
    return Bytes.isDigit(b) || Bytes.isLetter(b) || b == '.' || b == '-';
  }

  private static boolean isWeekday(byte[] b, int at) {
    return switch ((b[at] << 16) | (b[at + 1] << 8) | b[at + 2]) {
      case ('M' << 16) | ('o' << 8) | 'n',
          ('T' << 16) | ('u' << 8) | 'e',
          ('W' << 16) | ('e' << 8) | 'd',
          ('T' << 16) | ('h' << 8) | 'u',
          ('F' << 16) | ('r' << 8) | 'i',
          ('S' << 16) | ('a' << 8) | 't',
          ('S' << 16) | ('u' << 8) | 'n' ->
          true;
      default -> false;
    };
  }

  private void spaces(byte[] b, int to) {
    while (at < to && b[at] == ' ') {
      at++;
    }
  }

  /// Reads `HH:mm:ss` and a fraction at `at`.
  private boolean timeOfDay(byte[] b, int to) {
    if (at + 8 > to) {
      return false;
    }
    secondOfDay = clock(b, at);
    if (secondOfDay < 0) {
      return false;
    }
    at += 8;
    fraction(b, to);
    return true;
  }

  private void fraction(byte[] b, int to) {
    fraction = at;
    fractionEnd = at;
    if (at + 1 < to && (b[at] == '.' || b[at] == ',') && Bytes.isDigit(b[at + 1])) {
      fraction = ++at;
      while (at < to && Bytes.isDigit(b[at])) {
        at++;
      }
      fractionEnd = at;
    }
  }

  /// Reads a zone at `at`, perhaps behind a space, if there is one.
  private void zone(byte[] b, int to) {
    int from = at < to && b[at] == ' ' ? at + 1 : at;
    if (from >= to) {
      return;
    }
    int zoneEnd = from;
    if (Bytes.isLetter(b[from])) {
      while (zoneEnd < to && Bytes.isLetter(b[zoneEnd])) {
        zoneEnd++;
      }
      if (Bytes.matches(b, from, zoneEnd, "Z")
          || Bytes.matches(b, from, zoneEnd, "UTC")
          || Bytes.matches(b, from, zoneEnd, "GMT")) {
        zoneOffset = 0;
        at = zoneEnd;
      }
      return;
    }
    if (b[from] != '+' && b[from] != '-') {
      return;
    }
    zoneEnd++;
    while (zoneEnd < to && (Bytes.isDigit(b[zoneEnd]) || b[zoneEnd] == ':')) {
      zoneEnd++;
    }
    int read = zoneEnd - from == 3 && from > at ? Integer.MIN_VALUE : offset(b, from, zoneEnd);
    if (read == Integer.MIN_VALUE) {
      return;
    }
    zoneOffset = read;
    at = zoneEnd;
    int name = at < to && b[at] == '[' ? Bytes.indexOf(b, at, Math.min(to, at + 50), ']') : -1;
    if (name > at + 1 && Bytes.isLetter(b[at + 1]) && Bytes.indexOf(b, at, name, '/') > 0) {
      at = name + 1; // 2026-11-21T19:00:00+01:00[Europe/Berlin]
    }
  }

  private @Nullable String made(byte[] b, long y, int monthOfYear, long dayOfMonth) {
    long days = day((int) y, monthOfYear, (int) dayOfMonth);
    if (days == Long.MIN_VALUE) {
      return null;
    }
    long local = days * DAY + secondOfDay;
    int offset = zoneOffset == Integer.MIN_VALUE ? offsetAt(local) : zoneOffset;
    return write(local - offset, b, fraction, fractionEnd);
  }

  /// Reads a time out of a value of a record: one of those that [#leading] knows, or the time since
  /// 1970 in seconds, milliseconds, microseconds or nanoseconds, told apart by their size.
  ///
  /// @param number the digits of the value as they stood in the line, or its text
  @Nullable String value(String number) {
    int length = number.length();
    if (length < SHORTEST || length > 48) {
      return null;
    }
    if (length >= 16 && number.charAt(4) == '-' && number.charAt(length - 1) != ']') {
      return iso(number.getBytes(StandardCharsets.ISO_8859_1), 0, length);
    }
    boolean clocked = length >= 14 && (number.indexOf(':') > 0 || number.charAt(8) == 'T');
    return clocked ? any(number.getBytes(StandardCharsets.ISO_8859_1), 0, length) : epoch(number);
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
    if (magnitude > 19 || number.compareTo(BigDecimal.valueOf(FIRST_EPOCH)) < 0) {
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
    var known = local();
    var offset =
        known.fixed() != null
            ? known.fixed()
            : known.zone().getOffset(LocalDateTime.ofEpochSecond(localSecond, 0, ZoneOffset.UTC));
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
