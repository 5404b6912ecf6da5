package dev.sluice.logs;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/// Reads sizes in bytes as people write them: `1GB` is 10^9, `1GiB` is 2^30; a bare number is
/// bytes.
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?) ?(|b|[kmgt]i?b?)", Pattern.CASE_INSENSITIVE);
  private static final Map<Character, Integer> POWERS = Map.of('k', 1, 'm', 2, 'g', 3, 't', 4);

  private ByteSize() {}

  /// Reads one.
  ///
  /// @throws UsageException if it is none; its message shows how they look
  public static long parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new UsageException("'" + text + "' is not a size (expected 500MB, 1GB or 1GiB)");
    }
    var unit = matcher.group(2).toLowerCase(Locale.ROOT);
    int power =
        unit.isEmpty() || unit.equals("b") ? 0 : Objects.requireNonNull(POWERS.get(unit.charAt(0)));
    double base = unit.contains("i") ? 1024 : 1000;
    return Math.round(Double.parseDouble(matcher.group(1)) * Math.pow(base, power));
  }
}
