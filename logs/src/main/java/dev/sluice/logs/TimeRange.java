package dev.sluice.logs;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The records of `--since` (that time and later) and `--until` (before that time). A record that
/// tells no time is in no range, and counted apart.
final class TimeRange {
  /// As records have their times, without zeros at the end: so that comparing texts compares times.
  private static final DateTimeFormatter FORM =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final @Nullable String since;
  private final @Nullable String until;
  private final LongAdder outside = new LongAdder();
  private final LongAdder timeless = new LongAdder();

  TimeRange(@Nullable Instant since, @Nullable Instant until) {
    this.since = since == null ? null : FORM.format(since);
    this.until = until == null ? null : FORM.format(until);
    if (since != null && until != null && !since.isBefore(until)) {
      throw new UsageException(
          "--since %s is not before --until %s: no record could be kept"
              .formatted(this.since, this.until));
    }
  }

  boolean contains(LogRecord logRecord) {
    var time = logRecord.time();
    if (time == null) {
      timeless.increment();
      return false;
    }
    boolean in =
        (since == null || SummaryText.compareTimes(time, since) >= 0)
            && (until == null || SummaryText.compareTimes(time, until) < 0);
    if (!in) {
      outside.increment();
    }
    return in;
  }

  long outside() {
    return outside.sum();
  }

  long timeless() {
    return timeless.sum();
  }

  /// The range in words: `from 2026-11-20T23:00:00Z to before 2026-11-21T09:00:00Z`.
  @Override
  public String toString() {
    var text = new StringBuilder();
    if (since != null) {
      text.append("from ").append(since);
    }
    if (until != null) {
      text.append(since == null ? "" : " to ").append("before ").append(until);
    }
    return text.toString();
  }
}
