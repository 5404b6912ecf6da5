package dev.sluice.logs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Parses access logs that have more than [AccessLogParser] knows:
///
/// ```text
///   access  the common or combined format, then more fields: "quoted", bare, or name=either
///   vhost   host:port, then the same
/// ```
///
/// A further field without a name is `extra1`, `extra2` and so on by its place. A bare one that is
/// a number has that type, `-` is NULL in any case.
final class OpenAccessParser implements LineParser {
  private static final int MOST_EXTRAS = 50;

  private final LogFormat format;
  private final LineParser common;
  private final LineParser combined;
  private final int[] places;
  private final OpenShapes shapes;
  private final Texts hosts = new Texts();
  private final List<String> names = new ArrayList<>();
  private final List<@Nullable Object> extras = new ArrayList<>();

  OpenAccessParser(LogFormat format, Assumptions assumptions) {
    this.format = format;
    common = new AccessLogParser(LogFormat.COMMON, assumptions);
    combined = new AccessLogParser(LogFormat.COMBINED, assumptions);
    shapes = new OpenShapes(format, format.columns());
    var own = format.columns().stream().map(Column::name).toList();
    places =
        LogFormat.COMMON.columns().stream()
            .mapToInt(column -> own.indexOf(column.name()))
            .toArray();
  }

  /// Whether the last line had fields that the common and the combined format have not.
  boolean hadExtras() {
    return !names.isEmpty();
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    names.clear();
    extras.clear();
    int start = from;
    int colon = -1;
    if (format == LogFormat.VHOST) {
      int space = Words.end(b, from, to);
      colon = space;
      while (colon > from && b[colon - 1] != ':') {
        colon--;
      }
      colon--;
      long port = colon <= from ? -1 : Bytes.digits(b, colon + 1, space);
      if (port < 0 || port > 65_535 || space == to) {
        return new Malformed(
            "no-vhost", "no virtual host: %s (expected host:port)", Bytes.excerpt(b, from, space));
      }
      start = space + 1;
    }
    int bytesEnd = bytesEnd(b, start, to);
    int end = bytesEnd;
    boolean quotes = false;
    if (bytesEnd >= 0) {
      int agent = quotedEnd(b, quotedEnd(b, bytesEnd, to), to);
      quotes = agent >= 0;
      end = quotes ? agent : bytesEnd;
    }
    var parsed =
        bytesEnd < 0
            ? combined.parse(source, line, b, start, to)
            : (quotes ? combined : common).parse(source, line, b, start, end);
    if (!(parsed instanceof LogRecord record)) {
      return parsed;
    }
    var wrong = bytesEnd < 0 ? null : extras(b, end, to);
    if (wrong != null) {
      return wrong;
    }
    int own = format.columns().size();
    @Nullable Object[] values = new Object[own + extras.size()];
    var its = record.values();
    if (its.length == places.length) {
      for (int i = 0; i < its.length; i++) {
        values[places[i]] = its[i];
      }
    } else {
      System.arraycopy(its, 0, values, own - its.length, its.length);
    }
    if (colon >= 0) {
      values[0] = hosts.get(b, from, colon);
      values[1] = Bytes.digits(b, colon + 1, start - 1);
    }
    for (int i = 0; i < extras.size(); i++) {
      values[own + i] = extras.get(i);
    }
    return new LogRecord(source, line, record.time(), shapes.of(names, values), values);
  }

  /// Returns where the field of the bytes ends, or -1 if the line is not so far that of an access
  /// log: then a parser that knows better says why.
  private static int bytesEnd(byte[] b, int from, int to) {
    int at = -1;
    for (int i = Bytes.indexOf(b, from, to, '['); i >= 0; i = Bytes.indexOf(b, i + 1, to, '[')) {
      int close = i + 1 + Times.ACCESS_LENGTH;
      if (i > from && b[i - 1] == ' ' && close + 2 < to && b[close] == ']' && b[i + 3] == '/') {
        at = close + 1;
        break;
      }
    }
    if (at < 0) {
      return -1;
    }
    int request = quotedEnd(b, at, to);
    int status = request < 0 ? -1 : wordEnd(b, request, to);
    return status < 0 ? -1 : wordEnd(b, status, to);
  }

  /// Returns where a space and a quoted text end that begin at `from`, or -1.
  private static int quotedEnd(byte[] b, int from, int to) {
    if (from < 0 || from + 1 >= to || b[from] != ' ' || b[from + 1] != '"') {
      return -1;
    }
    int close = Words.closing(b, from + 2, to);
    return close < 0 ? -1 : close + 1;
  }

  /// Returns where a space and a word end that begin at `from`, or -1.
  private static int wordEnd(byte[] b, int from, int to) {
    return from + 1 >= to || b[from] != ' ' ? -1 : Words.end(b, from + 1, to);
  }

  private @Nullable Malformed extras(byte[] b, int from, int to) {
    int at = from;
    while (at < to) {
      if (b[at] != ' ') {
        return new Malformed(
            "trailing-text",
            "text behind a field: %s (expected a space)",
            Bytes.excerpt(b, at, to));
      }
      at = Words.skipSpaces(b, at, to);
      if (at == to) {
        break;
      }
      if (names.size() == MOST_EXTRAS) {
        return new Malformed(
            "too-many-fields",
            "more than %d fields behind those of the format: %s",
            MOST_EXTRAS,
            Bytes.excerpt(b, at, to));
      }
      int name = at;
      while (at < to && Words.isNameByte(b[at])) {
        at++;
      }
      boolean named =
          at > name && at < to && b[at] == '=' && !Bytes.isDigit(b[name]) && at - name <= 64;
      if (named) {
        add(Bytes.text(b, name, at));
        at++;
      } else {
        at = name;
        add("extra" + (names.size() + 1));
      }
      if (at < to && b[at] == '"') {
        int close = Words.closing(b, at + 1, to);
        if (close < 0) {
          return new Malformed(
              "no-closing-quote",
              "%s has no closing quote: %s",
              names.getLast(),
              Bytes.excerpt(b, at, to));
        }
        extras.add(
            close == at + 1 || Words.isNil(b, at + 1, close)
                ? null
                : quoted(b, at + 1, close, named));
        at = close + 1;
      } else {
        int end = Words.end(b, at, to);
        extras.add(Words.typed(b, at, end));
        at = end;
      }
    }
    return null;
  }

  /// A name that a column of the format or one before has gets its place behind it.
  private void add(String name) {
    boolean taken =
        names.contains(name)
            || format.columns().stream().anyMatch(column -> column.name().equals(name));
    names.add(taken ? name + "_" + (names.size() + 1) : name);
  }

  /// With a name, numbers are quoted by some and bare by others, and so are typed alike.
  private static @Nullable Object quoted(byte[] b, int from, int to, boolean named) {
    var number = named ? Words.typed(b, from, to) : null;
    return number == null || number instanceof String ? Words.unescaped(b, from, to) : number;
  }
}
