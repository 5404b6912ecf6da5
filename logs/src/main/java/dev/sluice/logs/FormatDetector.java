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
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells from the beginning of a file which format it has, or that it is no text at all.
///
/// It is binary if it begins as a known kind of file does, or if more than 5 % of its first bytes
/// are control characters that no log has. A few formats are known by their first line. Else it has
/// the format that most of its first lines parse as, if that is at least half of them; of two
/// formats with as many the more specific one. Else it may be a table with a header, and else it is
/// plain text: a format that is recognised wrongly is worse than none.
final class FormatDetector {
  private static final int SAMPLE = 100;

  /// How many bytes are searched for control characters: twice as many as git looks at.
  private static final int FIRST_BYTES = 16 * 1024;

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

  /// A name of a column: no sentence, and no number.
  private static final Pattern COLUMN_NAME =
      Pattern.compile(
          "[\\p{L}_@#$%][\\p{L}\\p{N}_@#$%.()/:+-]{0,63}( [\\p{L}\\p{N}_@#$%.()/:+-]{1,30}){0,4}");

  /// What may separate values, and what the format is called then.
  private record Separator(char separator, LogFormat format) {}

  private static final List<Separator> SEPARATORS =
      List.of(
          new Separator(',', LogFormat.CSV),
          new Separator('\t', LogFormat.TSV),
          new Separator(';', LogFormat.CSV),
          new Separator('|', LogFormat.CSV));

  private static final String TAR = "ustar";
  private static final int TAR_AT = 257;

  /// The formats that are told by how their lines parse, the more specific ones first.
  private static final List<LogFormat> CANDIDATES =
      List.of(
          LogFormat.VHOST,
          LogFormat.COMBINED,
          LogFormat.ACCESS,
          LogFormat.COMMON,
          LogFormat.CRI,
          LogFormat.DOCKER,
          LogFormat.JSON,
          LogFormat.ALB,
          LogFormat.NGINX_ERROR,
          LogFormat.APACHE_ERROR,
          LogFormat.SYSLOG,
          LogFormat.APP,
          LogFormat.LOGFMT);

  /// The same without those that wrap others.
  private static final List<LogFormat> INNER =
      CANDIDATES.stream()
          .filter(format -> format != LogFormat.CRI && format != LogFormat.DOCKER)
          .toList();

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
    if (kind != null) {
      return new Detection(null, kind, 0, 0);
    }
    if (Bytes.startsWith(head, 0, head.length, "__CURSOR=")
        || Bytes.startsWith(head, 0, head.length, "__REALTIME_TIMESTAMP=")) {
      return journal(head, all, assumptions);
    }
    if (isMostlyControl(head)) {
      return new Detection(null, "binary data", 0, 0);
    }
    var sample = sample(head, all);
    if (sample.isEmpty()) {
      return new Detection(LogFormat.PLAIN, LogFormat.PLAIN.id(), 0, 0);
    }
    byte[] first = sample.getFirst();
    if (first[0] == '#') {
      var found = w3c(sample);
      if (found != null) {
        return found;
      }
    }
    if (first[0] == '{') {
      var found = pretty(sample, head, all, assumptions);
      if (found != null) {
        return found;
      }
    }
    var found = best(sample, CANDIDATES, assumptions);
    if (found.format() == LogFormat.PLAIN) {
      var separated = separated(head, all, assumptions);
      return separated == null ? found : separated;
    }
    return isWrapper(found.dialect()) ? wrapped(found, sample, assumptions) : found;
  }

  /// What is known of an input whose format the user has named, after a look at its beginning.
  static Detection given(Dialect given, byte[] head, boolean all, Assumptions assumptions) {
    var kind = magic(head);
    if (kind == null && given.format() != LogFormat.JOURNAL && isMostlyControl(head)) {
      kind = "binary data";
    }
    if (kind != null) {
      return new Detection(null, kind, 0, 0);
    }
    var sample = sample(head, all);
    var dialect =
        switch (given.format()) {
          case CSV, TSV -> header(given.format(), head);
          case CRI, DOCKER ->
              new Dialect.Wrapped(given.format(), inner(given, sample, assumptions));
          case JSON -> !sample.isEmpty() && isPretty(sample) ? new Dialect.PrettyJson() : given;
          default -> given;
        };
    return new Detection(
        given.format(), given.format().id(), sample.size(), sample.size(), dialect);
  }

  /// The format that most lines of the sample have, if that is half of them: else plain, or traces.
  private static Detection best(
      List<byte[]> sample, List<LogFormat> candidates, Assumptions assumptions) {
    var best = LogFormat.PLAIN;
    int most = 0;
    for (var format : candidates) {
      if (format == LogFormat.APP && best == LogFormat.NGINX_ERROR && 2 * most >= sample.size()) {
        continue; // it reads damaged lines of nginx too
      }
      int matched = matched(sample, format, assumptions);
      if (matched > most) {
        best = format;
        most = matched;
      }
      if (most == sample.size()) {
        break; // no other can have more
      }
    }
    int sampled = sample.size();
    if (2 * most < sampled || most == 0) {
      best = hasTraces(sample) ? LogFormat.TRACES : LogFormat.PLAIN;
      most = sampled;
    }
    return new Detection(best, best.id(), most, sampled);
  }

  private static boolean hasTraces(List<byte[]> sample) {
    for (int i = 0; i + 1 < sample.size(); i++) {
      byte[] line = sample.get(i);
      byte[] next = sample.get(i + 1);
      if (StackTraces.begins(line, 0, line.length)) {
        boolean python = Bytes.matches(line, 0, line.length, StackTraces.PYTHON);
        if (python ? next[0] == ' ' : StackTraces.isFrame(next, 0, next.length)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isWrapper(@Nullable Dialect dialect) {
    return dialect instanceof Dialect.Wrapped;
  }

  private static Detection wrapped(Detection outer, List<byte[]> sample, Assumptions assumptions) {
    var format = outer.format();
    var wrapper = outer.dialect();
    if (format == null || wrapper == null) {
      return outer;
    }
    var inner = inner(wrapper, sample, assumptions);
    return new Detection(
        format,
        "%s around %s".formatted(format.id(), inner.format().id()),
        outer.matched(),
        outer.sampled(),
        new Dialect.Wrapped(format, inner));
  }

  /// Looks at what is wrapped. Lines that the runtime cut say little, and are left out.
  private static Dialect inner(Dialect wrapper, List<byte[]> sample, Assumptions assumptions) {
    boolean docker = wrapper.format() == LogFormat.DOCKER;
    var parser = new WrappedParser(wrapper.format(), Dialect.of(LogFormat.PLAIN), assumptions);
    var line = new WrappedLine();
    var contents = new ArrayList<byte[]>();
    boolean cut = false;
    for (byte[] b : sample) {
      boolean whole = line.read(docker, b, 0, b.length) && !line.isPartial();
      if (whole
          && !cut
          && parser.parse("", 1, b, 0, b.length) instanceof LogRecord record
          && record.values().length > 2
          && record.values()[2] instanceof String text) {
        contents.add(text.getBytes(StandardCharsets.UTF_8));
      }
      cut = !whole;
    }
    contents.removeIf(content -> Bytes.isBlank(content, 0, content.length));
    var format = contents.isEmpty() ? null : best(contents, INNER, assumptions).format();
    return Dialect.of(format == null ? LogFormat.PLAIN : format);
  }

  private static Detection journal(byte[] head, boolean all, Assumptions assumptions) {
    var dialect = Dialect.of(LogFormat.JOURNAL);
    var parser = dialect.newParser(assumptions);
    int sampled = 0;
    int matched = 0;
    for (byte[] entry : units(dialect, head, head.length)) {
      sampled++;
      matched += parser.parse("", 1, entry, 0, entry.length) instanceof LogRecord ? 1 : 0;
    }
    boolean cutOff = !all && sampled > matched;
    return new Detection(
        LogFormat.JOURNAL, LogFormat.JOURNAL.id(), matched, cutOff ? sampled - 1 : sampled);
  }

  private static @Nullable Detection w3c(List<byte[]> sample) {
    LineParser parser = null;
    int matched = 0;
    int sampled = 0;
    for (byte[] line : sample) {
      if (line[0] != '#') {
        sampled++;
        boolean fits =
            parser != null && parser.parse("", 1, line, 0, line.length) instanceof LogRecord;
        matched += fits ? 1 : 0;
      } else if (Bytes.startsWith(line, 0, line.length, "#Fields:")) {
        parser = new W3cParser(W3cGrouping.fields(line, 0, line.length));
      }
    }
    if (parser == null || 2 * matched < sampled) {
      return null;
    }
    boolean headers = sampled == 0;
    return new Detection(
        LogFormat.W3C,
        LogFormat.W3C.id(),
        headers ? sample.size() : matched,
        headers ? sample.size() : sampled);
  }

  /// Whether the first object goes on behind its first line, as far as that can be seen there.
  private static boolean isPretty(List<byte[]> sample) {
    var grouping = new JsonGrouping();
    return sample.getFirst()[0] == '{'
        && grouping.part(sample.getFirst(), 0, sample.getFirst().length) == Grouping.Part.FIRST
        && !grouping.whole();
  }

  private static @Nullable Detection pretty(
      List<byte[]> sample, byte[] head, boolean all, Assumptions assumptions) {
    if (!isPretty(sample)) {
      return null;
    }
    var dialect = new Dialect.PrettyJson();
    var parser = dialect.newParser(assumptions);
    int matched = 0;
    int sampled = 0;
    boolean last = false;
    boolean spread = false;
    for (byte[] unit : units(dialect, head, end(head, all))) {
      sampled++;
      last = parser.parse("", 1, unit, 0, unit.length) instanceof LogRecord;
      matched += last ? 1 : 0;
      spread |= last && Bytes.indexOf(unit, 0, unit.length, '\n') >= 0;
    }
    if (!all && sampled <= 1 && matched == 0 && isOpened(sample)) {
      return new Detection(LogFormat.JSON, LogFormat.JSON.id(), 1, 1, dialect);
    }
    sampled -= last || all ? 0 : 1; // the head cuts it off
    return !spread || 2 * matched < sampled
        ? null
        : new Detection(LogFormat.JSON, LogFormat.JSON.id(), matched, sampled, dialect);
  }

  /// Whether this is the beginning of an object whose end the head does not show: a brace on a line
  /// of its own, and nothing but indented lines.
  private static boolean isOpened(List<byte[]> sample) {
    byte[] first = sample.getFirst();
    return Bytes.isBlank(first, 1, first.length)
        && sample.stream().skip(1).allMatch(line -> line[0] == ' ' || line[0] == '\t');
  }

  /// Cuts the first records out of `[0, end)` of a head.
  private static List<byte[]> units(Dialect dialect, byte[] head, int end) {
    var units = new ArrayList<byte[]>();
    var in = new ByteArrayInputStream(head, 0, end);
    var framer = new LineFramer("", in, SAMPLE, LineFramer.BLOCK_BYTES);
    framer.dialect(dialect);
    try {
      while (units.size() < SAMPLE) {
        var block = framer.next();
        if (block == null) {
          break;
        }
        for (int i = 0; i < block.count() && units.size() < SAMPLE; i++) {
          int from = block.starts()[i];
          int to = block.ends()[i];
          if (!Bytes.isBlank(block.bytes(), from, to)) {
            units.add(Arrays.copyOfRange(block.bytes(), from, to));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading an array failed", e);
    }
    return units;
  }

  private static @Nullable Detection separated(byte[] head, boolean all, Assumptions assumptions) {
    for (var kind : SEPARATORS) {
      char separator = kind.separator();
      var format = kind.format();
      var units =
          units(new Dialect.Separated(format, separator, List.of(), 0), head, end(head, all));
      if (units.size() < 2) {
        continue;
      }
      var names = SeparatedParser.header(units.getFirst(), 0, units.getFirst().length, separator);
      if (names == null || !areNames(names)) {
        continue;
      }
      int last = all ? units.size() : Math.max(2, units.size() - 1);
      var rows = units.subList(1, last);
      int matched = 1 + typedRows(rows, names.size(), separator, assumptions);
      if (matched > 1) {
        return new Detection(
            format,
            format.id(),
            matched,
            1 + rows.size(),
            new Dialect.Separated(format, separator, names, linesOf(units.getFirst())));
      }
    }
    return null;
  }

  private static int linesOf(byte[] unit) {
    int lines = 1;
    for (byte b : unit) {
      lines += b == '\n' ? 1 : 0;
    }
    return lines;
  }

  /// Whether these look like the names of columns: words, all different, none of them a number.
  private static boolean areNames(List<String> names) {
    return names.size() >= 2
        && Set.copyOf(names).size() == names.size()
        && names.stream().allMatch(name -> COLUMN_NAME.matcher(name).matches());
  }

  /// How many rows have as many fields as the header, if nearly all have, and if one column has
  /// what its name is not: numbers, times, or truth values.
  private static int typedRows(
      List<byte[]> rows, int columns, char separator, Assumptions assumptions) {
    var times = new Times(assumptions);
    int[] typed = new int[columns];
    int[] filled = new int[columns];
    int matched = 0;
    for (byte[] row : rows) {
      var values = SeparatedParser.header(row, 0, row.length, separator);
      if (values == null || values.size() != columns) {
        continue;
      }
      matched++;
      for (int i = 0; i < columns; i++) {
        byte[] value = values.get(i).getBytes(StandardCharsets.UTF_8);
        filled[i] += value.length > 0 ? 1 : 0;
        typed[i] += isTyped(value, times) ? 1 : 0;
      }
    }
    boolean plausible = false;
    for (int i = 0; i < columns; i++) {
      plausible |= typed[i] > 0 && 10 * typed[i] >= 9 * filled[i] && 2 * filled[i] >= matched;
    }
    return plausible && 10 * matched >= 9 * rows.size() ? matched : 0;
  }

  private static boolean isTyped(byte[] value, Times times) {
    return value.length > 0
        && (Numbers.plain(value, 0, value.length) != null
            || Bytes.matches(value, 0, value.length, "true")
            || Bytes.matches(value, 0, value.length, "false")
            || times.any(value, 0, value.length) != null);
  }

  /// Reads the header of a file that is said to have one.
  private static Dialect header(LogFormat format, byte[] head) {
    Dialect best = Dialect.of(format);
    int most = 0;
    for (var kind : SEPARATORS) {
      if (kind.format() != format) {
        continue;
      }
      char separator = kind.separator();
      var units = units(new Dialect.Separated(format, separator, List.of(), 0), head, head.length);
      if (units.isEmpty()) {
        continue;
      }
      byte[] first = units.getFirst();
      var names = SeparatedParser.header(first, 0, first.length, separator);
      int count = names == null ? 0 : 2 * names.size() + (separator == ',' ? 1 : 0);
      if (names != null && count > most) {
        most = count;
        best = new Dialect.Separated(format, separator, names, linesOf(first));
      }
    }
    return best;
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
    int end = Math.min(head.length, FIRST_BYTES);
    for (int i = 0; i < end; i++) {
      // This comes before anything is compiled: most of a text goes by in words.
      while (i <= end - 8 && Bytes.isPlainAscii(head, i)) {
        lineStart = false;
        considered += 8;
        i += 8;
      }
      if (i == end) {
        break;
      }
      byte b = head[i];
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

  /// Where the last line of a head ends; if it is not all and has but one, that.
  private static int end(byte[] head, boolean all) {
    int end = head.length;
    if (!all) {
      while (end > 0 && head[end - 1] != '\n') {
        end--;
      }
      end = end == 0 ? head.length : end;
    }
    return end;
  }

  /// Cuts the sample out of `head`: its lines, without blank ones.
  private static List<byte[]> sample(byte[] head, boolean all) {
    return units(Dialect.of(LogFormat.PLAIN), head, end(head, all));
  }

  private static int matched(List<byte[]> sample, LogFormat format, Assumptions assumptions) {
    var dialect = Dialect.of(format);
    var parser = dialect.newParser(assumptions);
    var grouping = isWrapper(dialect) ? null : dialect.newGrouping(false);
    int matched = 0;
    boolean follows = false;
    for (byte[] line : sample) {
      if (grouping != null && grouping.part(line, 0, line.length) == Grouping.Part.MORE) {
        matched += follows && isContinuation(line) ? 1 : 0;
        continue;
      }
      var parsed = parser.parse("", 1, line, 0, line.length);
      follows = parsed instanceof LogRecord record && isConvincing(parser, record);
      matched += follows ? 1 : 0;
    }
    return matched;
  }

  /// Whether a line looks as if it was meant to go on with the one before it.
  private static boolean isContinuation(byte[] b) {
    return b[0] == ' '
        || b[0] == '\t'
        || b[0] == '}'
        || b[0] == ')'
        || b[0] == ']'
        || StackTraces.isMore(b, 0, b.length)
        || StackTraces.begins(b, 0, b.length);
  }

  /// Whether a line that parses also looks as if it was meant so: the logs of many programs have a
  /// time first, and prose has an `a=b` here and there.
  private static boolean isConvincing(LineParser parser, LogRecord record) {
    if (parser instanceof LogfmtParser logfmt) {
      return logfmt.convincing();
    }
    if (parser instanceof OpenAccessParser access
        && record.shape().format() == LogFormat.ACCESS
        && !access.hadExtras()) {
      return false;
    }
    var values = record.values();
    var format = record.shape().format();
    if (format == LogFormat.COMBINED || format == LogFormat.COMMON || format == LogFormat.ACCESS) {
      // A user with spaces is rather what is shifted, by a virtual host or a wrapper in front.
      return values[1] == null || values[2] == null || String.valueOf(values[2]).indexOf(' ') < 0;
    }
    if (format != LogFormat.SYSLOG) {
      return true;
    }
    boolean prioritised = values[4] != null;
    boolean tagged = values[1] != null && !LEVELS.contains(String.valueOf(values[0]));
    return prioritised || tagged;
  }
}
