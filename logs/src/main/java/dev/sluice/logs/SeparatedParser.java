package dev.sluice.logs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Parses the records of CSV and the like, as RFC 4180 has them: a field may be quoted, and then
/// has separators, line ends, and quotes, which are doubled.
///
/// The names are those of the header. Without quotes, nothing is NULL, and plain numbers, `true`
/// and `false` get their type; with them, everything is text.
final class SeparatedParser implements LineParser {
  private final LogFormat format;
  private final char separator;
  private final List<String> header;
  private final Fields fields;
  private final Texts texts = new Texts();

  SeparatedParser(LogFormat format, char separator, List<String> header, Assumptions assumptions) {
    this.format = format;
    this.separator = separator;
    this.header = header;
    fields = new Fields(format, assumptions);
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    if (header.isEmpty()) {
      return new Malformed(
          "no-header", "the file has no header to name its columns: %s", format.id());
    }
    fields.begin();
    int at = from;
    int field = 0;
    while (at <= to) {
      if (field == header.size()) {
        return new Malformed(
            "too-many-fields",
            "more than %d fields: %s (expected as many as the header has)",
            header.size(),
            Bytes.excerpt(b, at, to));
      }
      var name = header.get(field);
      if (at < to && b[at] == '"') {
        int close = closing(b, at + 1, to);
        if (close < 0) {
          return new Malformed(
              "no-closing-quote",
              "%s has no closing quote: %s",
              Bytes.excerpt(name),
              Bytes.excerpt(b, at, to));
        }
        if (close + 1 < to && b[close + 1] != separator) {
          return new Malformed(
              "trailing-text",
              "text behind the quotes of %s: %s (expected a separator)",
              Bytes.excerpt(name),
              Bytes.excerpt(b, close + 1, to));
        }
        var text = unquoted(b, at + 1, close);
        fields.put(name, text, text);
        at = close + 2;
      } else {
        int next = Bytes.indexOf(b, at, to, separator);
        int end = next < 0 ? to : next;
        bare(name, b, at, end);
        at = end + 1;
      }
      field++;
    }
    return field < header.size()
        ? new Malformed(
            "too-few-fields",
            "%d fields: %s (expected %d, as the header has)",
            field,
            Bytes.excerpt(b, from, to),
            header.size())
        : fields.record(source, line);
  }

  private void bare(String name, byte[] b, int from, int to) {
    if (from == to) {
      fields.put(name, null, null);
      return;
    }
    boolean digit = Bytes.isDigit(b[from]) || b[from] == '-';
    var number = digit ? Numbers.plain(b, from, to) : null;
    if (number != null) {
      fields.put(name, number, Bytes.text(b, from, to));
    } else if (Bytes.matches(b, from, to, "true") || Bytes.matches(b, from, to, "false")) {
      fields.put(name, b[from] == 't', null);
    } else {
      var text = texts.get(b, from, to);
      fields.put(name, text, text);
    }
  }

  private String unquoted(byte[] b, int from, int to) {
    return Bytes.indexOf(b, from, to, '"') < 0
        ? texts.get(b, from, to)
        : Bytes.text(b, from, to).replace("\"\"", "\"");
  }

  /// Returns where the quote stands that closes what begins at `from`, or -1.
  static int closing(byte[] b, int from, int to) {
    int close = Bytes.indexOf(b, from, to, '"');
    while (close >= 0 && close + 1 < to && b[close + 1] == '"') {
      close = Bytes.indexOf(b, close + 2, to, '"');
    }
    return close;
  }

  /// Reads a header: its names, or null if it is not well-formed.
  static @Nullable List<String> header(byte[] b, int from, int to, char separator) {
    var names = new ArrayList<String>();
    int at = from;
    while (at <= to) {
      if (at < to && b[at] == '"') {
        int close = closing(b, at + 1, to);
        if (close < 0 || (close + 1 < to && b[close + 1] != separator)) {
          return null;
        }
        names.add(Bytes.text(b, at + 1, close).replace("\"\"", "\""));
        at = close + 2;
      } else {
        int next = Bytes.indexOf(b, at, to, separator);
        int end = next < 0 ? to : next;
        names.add(Bytes.text(b, at, end));
        at = end + 1;
      }
    }
    return names;
  }
}
