package dev.sluice.logs;

import java.util.Locale;

/// Numbers as people read them, alike in every language.
///
/// By hand where `String.format` would do: before its first number that looks through all jars of
/// the class path for how a language writes its digits, which takes as long as to read a small log.
public final class Figures {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final double MOST_BY_HAND = 1e15;

  private Figures() {}

  /// With a comma between thousands: `1,234,567`.
  public static String grouped(long number) {
    var digits = Long.toString(number);
    var grouped = new StringBuilder(digits);
    for (int at = digits.length() - 3; at > (number < 0 ? 1 : 0); at -= 3) {
      grouped.insert(at, ',');
    }
    return grouped.toString();
  }

  /// With so many decimals: `12.50`.
  ///
  /// @param decimals from 1 to 3
  public static String fixed(double number, int decimals) {
    if (!(Math.abs(number) < MOST_BY_HAND)) {
      return String.format(Locale.ROOT, "%." + decimals + "f", number);
    }
    long factor = 1;
    for (int i = 0; i < decimals; i++) {
      factor *= 10;
    }
    long scaled = Math.round(Math.abs(number) * factor);
    var digits = Long.toString(factor + scaled % factor).substring(1);
    return (number < 0 ? "-" : "") + scaled / factor + "." + digits;
  }

  /// A number of bytes: `1.8 kB`, where 1 kB are 1,000.
  public static String size(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double amount = bytes;
    int unit = 0;
    while (amount >= 999.95) {
      amount /= 1_000;
      unit++;
    }
    return fixed(amount, 1) + " " + UNITS[unit];
  }
}
