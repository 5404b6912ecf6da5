package dev.sluice.logs;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A point in time as people write it.
///
/// | written | means |
/// |---|---|
/// | `2026-11-21T10:00:00Z`, `2026-11-21 10:00+01:00` | that time |
/// | `2026-11-21T10:00:05`, `2026-11-21 10:00` | that time in the run's zone |
/// | `2026-11-21` | its first moment in the run's zone |
/// | `now`, `today`, `yesterday` | the start of the run, or the first moment of the day |
/// | `90s`, `30m`, `2h`, `7d`, `1w`, also with ` ago` | so long before the start of the run |
final class Moment {
  private static final Pattern AGO = Pattern.compile("(\\d{1,9}) ?([smhdw])( ago)?");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1),
          "w", Duration.ofDays(7));
  private static final List<String> WORDS = List.of("now", "today", "yesterday");
  private static final List<DateTimeFormatter> OFFSETS =
      List.of(offset("+HH:MM"), offset("+HHMM"), offset("+HH"));
  private static final Pattern MINUTES_ONLY = Pattern.compile("(.*T\\d\\d:\\d\\d)((?:[Z+-].*)?)");

  private Moment() {}

  /// Reads `text`.
  ///
  /// @param option who asks, for the message
  /// @throws UsageException if it is no time
  static Instant parse(String option, String text, Assumptions assumptions) {
    var now = assumptions.now();
    var word = text.strip().toLowerCase(Locale.ROOT);
    var ago = AGO.matcher(word);
    try {
      if (ago.matches()) {
        var unit = requireNonNull(UNITS.get(ago.group(2)));
        return now.minus(unit.multipliedBy(Long.parseLong(ago.group(1))));
      }
      var zone = assumptions.zone();
      var today = LocalDate.ofInstant(now, zone);
      return switch (word) {
        case "now" -> now;
        case "today" -> today.atStartOfDay(zone).toInstant();
        case "yesterday" -> today.minusDays(1).atStartOfDay(zone).toInstant();
        default -> iso(word.toUpperCase(Locale.ROOT), zone);
      };
    } catch (DateTimeException | ArithmeticException e) {
      throw new UsageException(
          "%s: not a time: '%s'%s (expected 2026-11-21, 2026-11-21T10:00, 2h, today or yesterday)"
              .formatted(option, text, DidYouMean.hint(word, WORDS)));
    }
  }

  private static Instant iso(String text, ZoneId zone) {
    if (text.length() == 10) {
      return LocalDate.parse(text).atStartOfDay(zone).toInstant();
    }
    var iso = text.length() > 10 && text.charAt(10) == ' ' ? withT(text) : text;
    var minutes = MINUTES_ONLY.matcher(iso);
    if (minutes.matches()) {
      iso = minutes.group(1) + ":00" + minutes.group(2);
    }
    var offset = withOffset(iso);
    return offset != null ? offset : LocalDateTime.parse(iso).atZone(zone).toInstant();
  }

  private static String withT(String text) {
    return text.substring(0, 10) + "T" + text.substring(11).replace(" ", "");
  }

  private static @Nullable Instant withOffset(String iso) {
    for (var form : OFFSETS) {
      try {
        return OffsetDateTime.parse(iso, form).toInstant();
      } catch (DateTimeParseException notThisForm) {
        // the next one, or a time without an offset
      }
    }
    return null;
  }

  private static DateTimeFormatter offset(String form) {
    return new DateTimeFormatterBuilder()
        .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
        .appendOffset(form, "Z")
        .toFormatter(Locale.ROOT);
  }
}
