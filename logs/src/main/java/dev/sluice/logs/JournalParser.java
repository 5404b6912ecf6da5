package dev.sluice.logs;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses an entry of systemd's journal export format, as [JournalFramer] cuts it:
///
/// ```text
///   KEY=value                                      and a line end
///   KEY, a line end, length: 8, little-endian      the value, and a line end
/// ```
///
/// The columns are the keys. A field that comes twice has the last value. The time is when the
/// program sent the entry, or when the journal got it. Numbers have their type but for the message.
final class JournalParser implements LineParser {
  private static final int LENGTH_BYTES = 8;

  /// When the program sent it, and when the journal got it: microseconds since 1970.
  private static final Set<String> TIMES =
      Set.of("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP");

  private final Fields fields;
  private final Times times;
  private final Texts texts = new Texts();

  JournalParser(Assumptions assumptions) {
    fields = new Fields(LogFormat.JOURNAL, assumptions);
    times = new Times(assumptions);
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    fields.begin();
    String sent = null;
    String got = null;
    int at = from;
    while (at < to) {
      int newline = Bytes.indexOf(b, at, to, '\n');
      int end = newline < 0 ? to : newline;
      int equals = Bytes.indexOf(b, at, end, '=');
      int keyEnd = equals < 0 ? end : equals;
      if (keyEnd == at || !isKey(b, at, keyEnd)) {
        return new Malformed(
            "bad-key",
            "not a field of the journal: %s (expected KEY=value)",
            Bytes.excerpt(b, at, end));
      }
      var key = texts.get(b, at, keyEnd);
      int start;
      if (equals >= 0) {
        start = equals + 1;
        at = end + 1;
      } else {
        start = end + 1 + LENGTH_BYTES;
        long length = start <= to ? length(b, end + 1) : -1;
        if (length < 0 || length > to - start) {
          return new Malformed(
              "truncated", "%s is longer than its entry (expected all of it)", key);
        }
        end = start + (int) length;
        at = end + 1;
      }
      if (TIMES.contains(key)) {
        var time = times.value(Bytes.text(b, start, end));
        sent = key.startsWith("_S") ? time : sent;
        got = key.startsWith("__") ? time : got;
      }
      fields.put(key, value(key, b, start, end), null);
    }
    var record = fields.record(source, line);
    return new LogRecord(source, line, sent == null ? got : sent, record.shape(), record.values());
  }

  private @Nullable Object value(String key, byte[] b, int from, int to) {
    if (!key.equals("MESSAGE") && to > from && Bytes.isDigit(b[from])) {
      var number = Numbers.plain(b, from, to);
      if (number instanceof Long) {
        return number;
      }
    }
    return texts.get(b, from, to);
  }

  static boolean isKey(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      boolean fits = (b[i] >= 'A' && b[i] <= 'Z') || Bytes.isDigit(b[i]) || b[i] == '_';
      if (!fits) {
        return false;
      }
    }
    return to - from <= 64 && to > from;
  }

  /// Reads the length that takes the eight bytes at `at`; -1 if it is beyond any sense.
  static long length(byte[] b, int at) {
    long length = 0;
    for (int i = LENGTH_BYTES - 1; i >= 0; i--) {
      length = (length << 8) | (b[at + i] & 0xff);
    }
    return length < 0 ? -1 : length;
  }
}
