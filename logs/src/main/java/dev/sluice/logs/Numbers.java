package dev.sluice.logs;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// Numbers as lines spell them.
final class Numbers {
  private Numbers() {}

  /// Returns `text`, an integer as JSON spells it, as a `Long` if it fits, else as it is.
  static Object integer(String text) {
    if (text.length() <= 20) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException tooLarge) {
        return text;
      }
    }
    return text;
  }

  /// Returns `text`, a decimal as JSON spells it, as a `Double` if that is the same number, else as
  /// it is.
  static Object decimal(String text) {
    if (text.length() <= 16 && text.indexOf('e') < 0 && text.indexOf('E') < 0) {
      return shortDecimal(text);
    }
    double value = Double.parseDouble(text);
    return Double.isFinite(value)
            && new BigDecimal(text).compareTo(new BigDecimal(Double.toString(value))) == 0
        ? value
        : text;
  }

  /// A double holds up to 15 digits and a power of ten as small as this exactly, so that one
  /// division rounds right.
  private static double shortDecimal(String text) {
    long digits = 0;
    long divisor = 0;
    for (int i = text.charAt(0) == '-' ? 1 : 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        divisor = 1;
      } else {
        digits = 10 * digits + c - '0';
        divisor *= 10;
      }
    }
    double value = (double) digits / Math.max(1, divisor);
    return text.charAt(0) == '-' ? -value : value;
  }

  /// Returns the number that `[from, to)` spells, or null: digits without a leading zero, perhaps
  /// after a minus sign, perhaps with a point and more digits.
  static @Nullable Object plain(byte[] b, int from, int to) {
    int at = from < to && b[from] == '-' ? from + 1 : from;
    int start = at;
    while (at < to && Bytes.isDigit(b[at])) {
      at++;
    }
    if (at == start || (b[start] == '0' && at > start + 1) || to - from > 40) {
      return null;
    }
    if (at == to) {
      return Bytes.matches(b, from, to, "-0") ? null : integer(Bytes.text(b, from, to));
    }
    if (b[at] != '.' || at + 1 == to) {
      return null;
    }
    for (at++; at < to; at++) {
      if (!Bytes.isDigit(b[at])) {
        return null;
      }
    }
    return decimal(Bytes.text(b, from, to));
  }
}
