package dev.sluice.logs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the parsers do with the bytes of a line.
///
/// The searches compare eight bytes at a time: in `word ^ pattern` a wanted byte is zero, and `(x -
/// 0x01..) & ~x & 0x80..` has its lowest bit set exactly at the lowest zero byte.
final class Bytes {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;

  /// How much of a line a message quotes.
  private static final int EXCERPT = 80;

  private Bytes() {}

  /// Returns the eight bytes that begin at `at`, the first of them lowest.
  static long word(byte[] bytes, int at) {
    return (long) WORD.get(bytes, at);
  }

  /// Returns where `wanted` first stands in `[from, to)`, or -1.
  static int indexOf(byte[] bytes, int from, int to, char wanted) {
    long pattern = ONES * wanted;
    int i = from;
    // Four words at a time for as long as nothing is found: lines are long.
    while (i <= to - 32) {
      long first = (long) WORD.get(bytes, i) ^ pattern;
      long second = (long) WORD.get(bytes, i + 8) ^ pattern;
      long third = (long) WORD.get(bytes, i + 16) ^ pattern;
      long fourth = (long) WORD.get(bytes, i + 24) ^ pattern;
      long found =
          ((first - ONES) & ~first)
              | ((second - ONES) & ~second)
              | ((third - ONES) & ~third)
              | ((fourth - ONES) & ~fourth);
      if ((found & HIGH) != 0) {
        break;
      }
      i += 32;
    }
    // What stands behind `to` is no harm, and the last bytes need no loop.
    for (int last = Math.min(to - 1, bytes.length - 8); i <= last; i += 8) {
      long found = zeros((long) WORD.get(bytes, i) ^ pattern);
      if (found != 0) {
        int at = i + (Long.numberOfTrailingZeros(found) >>> 3);
        return at < to ? at : -1;
      }
    }
    return i < to ? indexOfByBytes(bytes, i, to, wanted) : -1;
  }

  /// Apart from its caller, which runs for each line and is compiled before this was ever needed.
  private static int indexOfByBytes(byte[] bytes, int from, int to, char wanted) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /// Counts the line ends in `[from, to)`, which is quicker than to find them; -1 if there is a NUL
  /// byte, too.
  static int lineEnds(byte[] bytes, int from, int to) {
    int count = 0;
    long nuls = 0;
    int i = from;
    for (; i <= to - 8; i += 8) {
      long word = (long) WORD.get(bytes, i);
      long turned = word ^ ONES * '\n';
      count += Long.bitCount(~(((turned & ~HIGH) + ~HIGH) | turned | ~HIGH)); // exact at each byte
      nuls |= (word - ONES) & ~word;
    }
    for (; i < to; i++) {
      count += bytes[i] == '\n' ? 1 : 0;
      nuls |= bytes[i] == 0 ? HIGH : 0;
    }
    return (nuls & HIGH) == 0 ? count : -1;
  }

  /// Returns where `one` or `other` first stands in `[from, to)`, or -1.
  static int indexOfEither(byte[] bytes, int from, int to, char one, char other) {
    long first = ONES * one;
    long second = ONES * other;
    int i = from;
    while (i <= to - 16) {
      long word = (long) WORD.get(bytes, i);
      long next = (long) WORD.get(bytes, i + 8);
      long found =
          zeros(word ^ first) | zeros(word ^ second) | zeros(next ^ first) | zeros(next ^ second);
      if (found != 0) {
        break;
      }
      i += 16;
    }
    for (; i <= to - 8; i += 8) {
      long word = (long) WORD.get(bytes, i);
      long found = zeros(word ^ first) | zeros(word ^ second);
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == one || bytes[i] == other) {
        return i;
      }
    }
    return -1;
  }

  /// Returns where in `[from, to)` the first quote, backslash or control character stands, or `to`.
  static int stringEnd(byte[] bytes, int from, int to) {
    int i = from;
    // Strings are short: what stands behind this one is no harm, and its last bytes need no loop.
    for (int last = Math.min(to - 1, bytes.length - 8); i <= last; i += 8) {
      long word = (long) WORD.get(bytes, i);
      // A quote and all control characters, and no others, are less than 0x21 with this bit turned.
      long turned = word ^ ONES * 0x02;
      long slash = word ^ ONES * '\\';
      long found = // as in zeros(): exact at the lowest
          (((turned - ONES * 0x21) & ~turned) | ((slash - ONES) & ~slash)) & HIGH;
      if (found != 0) {
        return Math.min(to, i + (Long.numberOfTrailingZeros(found) >>> 3));
      }
    }
    return stringEndByBytes(bytes, i, to);
  }

  private static int stringEndByBytes(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] != '"' && bytes[i] != '\\' && (bytes[i] < 0 || bytes[i] >= ' ')) {
      i++;
    }
    return Math.min(i, to);
  }

  /// Whether a cell of CSV with the bytes `[from, to)` needs quotes: for a quote, a comma or a line
  /// end in it.
  static boolean hasCsvSpecial(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - 8; i += 8) {
      long word = (long) WORD.get(bytes, i);
      long found =
          zeros(word ^ ONES * '"')
              | zeros(word ^ ONES * ',')
              | zeros(word ^ ONES * '\n')
              | zeros(word ^ ONES * '\r');
      if (found != 0) {
        return true;
      }
    }
    for (; i < to; i++) {
      byte b = bytes[i];
      if (b == '"' || b == ',' || b == '\n' || b == '\r') {
        return true;
      }
    }
    return false;
  }

  /// Returns where the first byte that is not NUL stands in `[from, to)`, or `to`.
  static int skipNuls(byte[] bytes, int from, int to) {
    int i = from;
    while (i <= to - 8 && (long) WORD.get(bytes, i) == 0) {
      i += 8;
    }
    while (i < to && bytes[i] == 0) {
      i++;
    }
    return i;
  }

  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGH;
  }

  /// A hash whose high bits are the best. Whoever uses it must not mind collisions: they are easy
  /// to make.
  static int hash(byte[] bytes, int from, int to) {
    long hash = (long) to - from;
    int i = from;
    for (; i <= to - 8; i += 8) {
      hash = (hash ^ (long) WORD.get(bytes, i)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 32;
    }
    for (; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return (int) ((hash * 0x9e3779b97f4a7c15L) >>> 32);
  }

  /// Whether the eight bytes that begin at `at` are ASCII, and none is a control character.
  static boolean isPlainAscii(byte[] bytes, int at) {
    long word = (long) WORD.get(bytes, at);
    return ((word | (word - ONES * ' ') | (word + ONES)) & HIGH) == 0;
  }

  static boolean isAscii(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - 8; i += 8) {
      if (((long) WORD.get(bytes, i) & HIGH) != 0) {
        return false;
      }
    }
    for (; i < to; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /// Returns the text of `[from, to)`, with U+FFFD for what is not UTF-8.
  static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  static boolean matches(byte[] bytes, int from, int to, String ascii) {
    if (to - from != ascii.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] != ascii.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }

  static boolean startsWith(byte[] bytes, int from, int to, String ascii) {
    return to - from >= ascii.length() && matches(bytes, from, from + ascii.length(), ascii);
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /// Returns where the first byte that is no digit stands in `[from, to)`, or `to`.
  static int digitsEnd(byte[] bytes, int from, int to) {
    int i = from;
    for (int last = Math.min(to - 1, bytes.length - 8); i <= last; i += 8) {
      long word = (long) WORD.get(bytes, i) ^ ONES * '0'; // digits are 0 to 9 now
      long found = (((word & ~HIGH) + ONES * (0x80 - 10)) | word) & HIGH;
      if (found != 0) {
        return Math.min(to, i + (Long.numberOfTrailingZeros(found) >>> 3));
      }
    }
    while (i < to && isDigit(bytes[i])) {
      i++;
    }
    return Math.min(i, to);
  }

  static boolean isLetter(byte b) {
    return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
  }

  /// Returns the value of at most 18 digits that fill `[from, to)`, or -1 if that is not what is
  /// there.
  static long digits(byte[] bytes, int from, int to) {
    if (to <= from || to - from > 18) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (!isDigit(bytes[i])) {
        return -1;
      }
      value = 10 * value + bytes[i] - '0';
    }
    return value;
  }

  /// Writes a number that is not negative in digits, from `at` on, and returns where they end.
  static int putDigits(byte[] bytes, int at, long number) {
    int end = at + 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      end++;
    }
    long rest = number;
    for (int i = end - 1; i >= at; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end;
  }

  static boolean isBlank(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  /// Returns a copy of what a rejected line keeps of `[from, to)`.
  static byte[] kept(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, Math.min(to, from + Rejected.KEPT_BYTES));
  }

  /// Quotes the beginning of `[from, to)` for a message: short, and harmless on a terminal.
  static Excerpt excerpt(byte[] bytes, int from, int to) {
    return new Excerpt(bytes, from, to);
  }

  /// The beginning of `[from, to)` as a message quotes it, which is the text of this.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Excerpt(byte[] bytes, int from, int to) {
    @Override
    public String toString() {
      int end = Math.min(to, from + EXCERPT);
      while (end < to && end > from && (bytes[end] & 0xc0) == 0x80) {
        end--; // not through the middle of a character
      }
      return excerpt(text(bytes, from, end), end < to);
    }
  }

  /// Quotes the beginning of `text` for a message: short, and harmless on a terminal.
  static String excerpt(String text) {
    return text.length() <= EXCERPT
        ? excerpt(text, false)
        : excerpt(text.substring(0, EXCERPT), true);
  }

  private static String excerpt(String text, boolean more) {
    var quoted = new StringBuilder(text.length() + 8).append('"');
    text.codePoints()
        .forEach(c -> {
          switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE ->
                quoted.append("\\u%04x".formatted(c));
            default -> quoted.appendCodePoint(c);
          }
        });
    return quoted.append(more ? "...\"" : "\"").toString();
  }

  /// Replaces each surrogate that is not half of a pair, which no encoding can write, by U+FFFD.
  static String wellFormed(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      mended = mended == null ? new StringBuilder(text) : mended;
      mended.setCharAt(i, '\ufffd');
    }
    return mended == null ? text : mended.toString();
  }
}
