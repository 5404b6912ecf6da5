package dev.sluice.logs;

import java.time.DateTimeException;
import java.time.LocalDate;

/// Makes numbers of times as records have them. For one thread at a time.
///
/// Times come in runs of the same day, mostly of the same second, so the last of each is
/// remembered.
final class Seconds {
  private static final int DATE = 10;
  private static final int SECOND = 19;
  private static final long DAY = 86_400;

  private String last = "";
  private long lastSecond;
  private String lastDate = "";
  private long lastDay;

  /// Seconds since 1970 of an ISO-8601 time in UTC; what is after the second counts for nothing.
  long of(String time) {
    if (time.length() < SECOND) {
      return lastSecond; // no parser writes one so short
    }
    if (last.length() >= SECOND && time.regionMatches(0, last, 0, SECOND)) {
      return lastSecond;
    }
    if (lastDate.isEmpty() || !time.startsWith(lastDate)) {
      var date = time.substring(0, DATE);
      try {
        lastDay = LocalDate.parse(date).toEpochDay();
        lastDate = date;
      } catch (DateTimeException e) {
        return lastSecond;
      }
    }
    lastSecond = lastDay * DAY + two(time, 11) * 3_600 + two(time, 14) * 60 + two(time, 17);
    last = time;
    return lastSecond;
  }

  /// Milliseconds since 1970.
  long millis(String time) {
    long millis = of(time) * 1_000;
    if (time.length() > SECOND && time.charAt(SECOND) == '.') {
      long unit = 100;
      for (int i = SECOND + 1; i < time.length() && Secrets.isDigit(time.charAt(i)); i++) {
        millis += unit * (time.charAt(i) - '0');
        unit /= 10;
      }
    }
    return millis;
  }

  private static long two(String time, int at) {
    return 10L * (time.charAt(at) - '0') + time.charAt(at + 1) - '0';
  }
}
