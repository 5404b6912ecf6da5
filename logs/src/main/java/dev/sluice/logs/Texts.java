package dev.sluice.logs;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Texts lately seen, so that one that recurs is one `String` and not a new one each time. For one
/// thread at a time.
///
/// A table of fixed size in which a newer text takes an older one's place, whatever the input does.
final class Texts {
  private static final int SLOTS = 1 << 9; // as many bits as get() takes of a hash
  private static final int LONGEST = 256;

  private final byte[] @Nullable [] keys = new byte[SLOTS][];
  private final @Nullable String[] texts = new String[SLOTS];

  /// Returns the text of `[from, to)`, with U+FFFD for what is not UTF-8.
  String get(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length == 0) {
      return "";
    }
    if (length > LONGEST) {
      return Bytes.text(bytes, from, to);
    }
    int slot = Bytes.hash(bytes, from, to) >>> 23;
    byte[] key = keys[slot];
    String known = texts[slot];
    if (known != null && key != null && Arrays.equals(bytes, from, to, key, 0, key.length)) {
      return known;
    }
    var text = Bytes.text(bytes, from, to);
    keys[slot] = Arrays.copyOfRange(bytes, from, to);
    texts[slot] = text;
    return text;
  }
}
