package dev.sluice.cli;

import dev.sluice.logs.DidYouMean;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads time zones: `Europe/Berlin`, in any case, `UTC`, `+02:00`.
final class Zones implements ITypeConverter<ZoneId> {
  /// A hint that would name more than a few zones is none.
  private static final int LONGEST_HINT = 100;

  @Override
  public ZoneId convert(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      var known = ZoneId.getAvailableZoneIds();
      for (var id : known) {
        if (id.equalsIgnoreCase(text)) {
          return ZoneId.of(id);
        }
      }
      throw new TypeConversionException(
          "'%s' is no time zone%s (expected one as Europe/Berlin, UTC or +02:00)"
              .formatted(text, hint(text)));
    }
  }

  private static String hint(String text) {
    var known = ZoneId.getAvailableZoneIds();
    var hint = DidYouMean.hint(text.replace(' ', '_'), known);
    if (!hint.isEmpty() && hint.length() <= LONGEST_HINT) {
      return hint;
    }
    var city = "/" + text.toLowerCase(Locale.ROOT).replace(' ', '_');
    var ends =
        known.stream().filter(id -> id.toLowerCase(Locale.ROOT).endsWith(city)).limit(3).toList();
    return ends.isEmpty() ? "" : "; did you mean '%s'?".formatted(String.join("' or '", ends));
  }
}
