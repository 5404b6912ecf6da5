package dev.sluice.logs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tells from the beginning of a file which format it has, or that it is no text at all.
///
/// It is binary if it begins as a known kind of file does, or if more than 5 % of its bytes are
/// control characters that no log has. Else it has the format that most of its first lines parse
/// as, if that is at least half of them; of two formats with as many the more specific one; and
/// else it is plain text.
final class FormatDetector {
  private static final int SAMPLE = 100;

  private static final Map<String, String> MAGIC = new LinkedHashMap<>();

  static {
    MAGIC.put("\u007fELF", "an ELF program");
    MAGIC.put("\u0089PNG\r\n\u001a\n", "a PNG image");
    MAGIC.put("\u00ff\u00d8\u00ff", "a JPEG image");
    MAGIC.put("GIF87a", "a GIF image");
    MAGIC.put("GIF89a", "a GIF image");
    MAGIC.put("%PDF-", "a PDF document");
    MAGIC.put("PK\u0003\u0004", "a ZIP archive");
    MAGIC.put("SQLite format 3\0", "an SQLite database");
    MAGIC.put("\u00ca\u00fe\u00ba\u00be", "a Java class");
    MAGIC.put("\u001f\u008b", "gzip data");
    MAGIC.put("\u00fd7zXZ\0", "xz data");
    MAGIC.put("(\u00b5/\u00fd", "Zstandard data");
    MAGIC.put("\u0004\"M\u0018", "LZ4 data");
    MAGIC.put("BZh91AY&SY", "bzip2 data");
    MAGIC.put("7z\u00bc\u00af'\u001c", "a 7z archive");
    MAGIC.put("\0asm", "a WebAssembly module");
    MAGIC.put("\u00ac\u00ed\u0000\u0005", "serialized Java objects");
    MAGIC.put("LPKSHHRH", "a systemd journal");
    MAGIC.put("PAR1", "a Parquet file");
    MAGIC.put("OggS", "Ogg data");
    MAGIC.put("\u00ff\u00fe", "UTF-16 text (expected UTF-8)");
    MAGIC.put("\u00fe\u00ff", "UTF-16 text (expected UTF-8)");
  }

  private static final String TAR = "ustar";
  private static final int TAR_AT = 257;

  private static final List<LogFormat> CANDIDATES =
      List.of(
          LogFormat.COMBINED, LogFormat.COMMON, LogFormat.JSON, LogFormat.SYSLOG, LogFormat.LOGFMT);

  /// What stands where the host of syslog would, in a line that begins with a time but is not
  /// syslog.
  private static final List<String> LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL", "stdout", "stderr");

  private FormatDetector() {}

  /// @param head the beginning of the file, without NULs and a byte order mark before it
  /// @param all whether that is the whole file; if not, its last line may be cut off and does not
  ///   count
  static Detection detect(byte[] head, boolean all, Assumptions assumptions) {
    var kind = magic(head);
    if (kind == null && isMostlyControl(head)) {
      kind = "binary data";
    }
    if (kind != null) {
      return new Detection(null, kind, 0, 0);
    }
    var sample = sample(head, all);
    LogFormat best = LogFormat.PLAIN;
    int most = 0;
    for (var format : CANDIDATES) {
      int matched = matched(sample, format, assumptions);
      if (matched > most) {
        best = format;
        most = matched;
      }
    }
    int sampled = sample.size();
    return 2 * most < sampled || most == 0
        ? new Detection(LogFormat.PLAIN, LogFormat.PLAIN.id(), sampled, sampled)
        : new Detection(best, best.id(), most, sampled);
  }

  private static @Nullable String magic(byte[] head) {
    for (var kind : MAGIC.entrySet()) {
      if (holds(head, 0, kind.getKey())) {
        return kind.getValue();
      }
    }
    return holds(head, TAR_AT, TAR) ? "a tar archive" : null;
  }

  private static boolean holds(byte[] head, int at, String latin1) {
    byte[] wanted = latin1.getBytes(StandardCharsets.ISO_8859_1);
    if (head.length < at + wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (head[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMostlyControl(byte[] head) {
    int control = 0;
    int considered = 0;
    boolean lineStart = true;
    for (byte b : head) {
      if (lineStart && b == 0) {
        continue;
      }
      lineStart = b == '\n';
      considered++;
      boolean usual = b == '\t' || b == '\n' || b == '\r' || b == '\f' || b == 0x1b;
      control += (b >= 0 && b < ' ' && !usual) || b == 0x7f ? 1 : 0;
    }
    return 20L * control > considered;
  }

  /// Cuts the sample out of `head`: its lines, without blank ones.
  private static List<byte[]> sample(byte[] head, boolean all) {
    int end = head.length;
    if (!all) {
      while (end > 0 && head[end - 1] != '\n') {
        end--;
      }
      end = end == 0 ? head.length : end;
    }
    var sample = new ArrayList<byte[]>();
    var framer = new LineFramer("", new ByteArrayInputStream(head, 0, end));
    framer.format(LogFormat.PLAIN);
    try {
      for (var block = framer.next(); block != null; block = framer.next()) {
        for (int i = 0; i < block.count() && sample.size() < SAMPLE; i++) {
          int from = block.starts()[i];
          int to = block.ends()[i];
          if (!Bytes.isBlank(block.bytes(), from, to)) {
            sample.add(Arrays.copyOfRange(block.bytes(), from, to));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading an array failed", e);
    }
    return sample;
  }

  private static int matched(List<byte[]> sample, LogFormat format, Assumptions assumptions) {
    var parser = format.newParser(assumptions);
    int matched = 0;
    for (byte[] line : sample) {
      var parsed = parser.parse("", 1, line, 0, line.length);
      matched += parsed instanceof LogRecord record && isConvincing(parser, record) ? 1 : 0;
    }
    return matched;
  }

  /// Whether a line that parses also looks as if it was meant so: the logs of many programs have a
  /// time first, and prose has an `a=b` here and there.
  private static boolean isConvincing(LineParser parser, LogRecord record) {
    if (parser instanceof LogfmtParser logfmt) {
      return logfmt.convincing();
    }
    if (record.shape().format() != LogFormat.SYSLOG) {
      return true;
    }
    var values = record.values();
    boolean prioritised = values[4] != null;
    boolean tagged = values[1] != null && !LEVELS.contains(String.valueOf(values[0]));
    return prioritised || tagged;
  }
}
