package dev.sluice.logs;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Parses the access logs of web servers:
///
/// ```text
///   common    host ident user [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.1" 200 2326
///   combined  the same, then "referer" "agent"
/// ```
///
/// A `-` is NULL. In quotes, Apache's `\"` and `\\` are decoded; `\xHH` and the rest stay as they
/// are. The user may have spaces and brackets, since the time is known by its look. A request that
/// is not `METHOD PATH PROTOCOL` is in the column `request` as it is, and those three are NULL; a
/// path may have spaces.
///
/// Each byte is looked at a fixed number of times, whatever the line.
final class AccessLogParser implements LineParser {
  private final Shape shape;
  private final boolean combined;
  private final Times times;
  private final Long[] statuses = new Long[1_000];
  private final Texts hosts = new Texts();
  private final Texts referers = new Texts();
  private final Texts agents = new Texts();
  private final Texts words = new Texts();

  private @Nullable LogRecord same;
  private boolean sameRecordWillDo;
  private boolean slicesWillDo;
  private final Slice[] slices;
  private boolean wantsTime = true;
  private boolean wantsRequest = true;
  private final boolean[] wants;

  /// Whether the quoted field that [#closing] went through has a backslash.
  private boolean escaped;

  AccessLogParser(LogFormat format, Assumptions assumptions) {
    shape = new Shape(format, format.columns());
    combined = format == LogFormat.COMBINED;
    times = new Times(assumptions);
    Arrays.setAll(statuses, Long::valueOf);
    wants = new boolean[shape.columns().size()];
    slices = new Slice[wants.length];
    Arrays.setAll(slices, _ -> new Slice());
    Arrays.fill(wants, true);
  }

  @Override
  public void want(Wanted wanted) {
    sameRecordWillDo = wanted.sameRecordWillDo();
    slicesWillDo = wanted.slicesWillDo();
    wantsTime = wanted.time();
    for (int i = 0; i < wants.length; i++) {
      wants[i] = wanted.column(shape.columns().get(i).name());
    }
    wantsRequest = wants[3] || wants[4] || wants[5] || wants[wants.length - 1];
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    var record = sameRecordWillDo ? same(source, line) : null;
    @Nullable Object[] values = record == null ? new Object[wants.length] : record.values();

    int hostEnd = Bytes.indexOf(b, from, to, ' ');
    int identEnd = hostEnd < 0 ? -1 : Bytes.indexOf(b, hostEnd + 1, to, ' ');
    if (identEnd < 0) {
      return tooFew(b, from, to, "a host, an ident and a user");
    }
    if (hostEnd == from) {
      return new Malformed("no-host", "the line begins with a space (expected a host)");
    }
    int bracket = timeStart(b, identEnd + 1, to);
    if (bracket < 0) {
      return new Malformed(
          "no-timestamp",
          "no time in brackets: %s (expected host ident user [dd/Mon/yyyy:HH:mm:ss +hhmm])",
          Bytes.excerpt(b, from, to));
    }
    values[0] = wants[0] ? field(0, hosts, b, from, hostEnd) : null;
    values[1] = wants[1] ? field(1, words, b, hostEnd + 1, identEnd) : null;
    values[2] = wants[2] ? field(2, words, b, identEnd + 1, bracket - 1) : null;

    int timeEnd = bracket + 1 + Times.ACCESS_LENGTH;
    if (timeEnd >= to && Bytes.indexOf(b, bracket, to, ']') < 0) {
      return tooFew(b, from, to, "a whole time");
    }
    boolean closed = timeEnd < to && b[timeEnd] == ']';
    var time = closed && wantsTime ? times.access(b, bracket + 1) : null;
    if (time == null && !(closed && !wantsTime && times.isAccess(b, bracket + 1))) {
      int end = Bytes.indexOf(b, bracket, to, ']');
      return new Malformed(
          "bad-timestamp",
          "not a time: %s (expected dd/Mon/yyyy:HH:mm:ss +hhmm)",
          Bytes.excerpt(b, bracket + 1, end < 0 ? to : end));
    }

    int at = timeEnd + 1;
    if (at + 1 >= to) {
      return tooFew(b, from, to, "a request");
    }
    if (b[at] != ' ' || b[at + 1] != '"') {
      return new Malformed(
          "no-request",
          "no quoted request after the time: %s (expected \"METHOD PATH PROTOCOL\")",
          Bytes.excerpt(b, at, to));
    }
    int start = at + 2;
    int end = closing(b, start, to);
    if (end < 0) {
      return unclosed("request", b, start, to);
    }
    if (wantsRequest) {
      request(values, b, start, end);
    }

    at = end + 1;
    if (at >= to) {
      return tooFew(b, from, to, "a status");
    }
    int statusEnd = b[at] == ' ' ? wordEnd(b, at + 1, to) : at;
    long status = statusEnd == at + 4 ? Bytes.digits(b, at + 1, statusEnd) : -1;
    if (status >= 0) {
      values[6] = statuses[(int) status];
    } else if (statusEnd != at + 2 || b[at + 1] != '-') {
      return statusEnd == to && statusEnd < at + 4
          ? tooFew(b, from, to, "a status of three digits")
          : new Malformed(
              "bad-status",
              "not a status: %s (expected a space and three digits)",
              Bytes.excerpt(b, at, Math.max(statusEnd, at + 1)));
    }

    at = statusEnd;
    if (at + 1 >= to) {
      return tooFew(b, from, to, "a number of bytes");
    }
    int bytesEnd = wordEnd(b, at + 1, to);
    long bytes = Bytes.digits(b, at + 1, bytesEnd);
    if (bytes >= 0) {
      values[7] = wants[7] ? (Long) bytes : null;
    } else if (bytesEnd != at + 2 || b[at + 1] != '-') {
      return new Malformed(
          "bad-bytes",
          "not a number of bytes: %s (expected digits or -)",
          Bytes.excerpt(b, at + 1, bytesEnd));
    }

    at = bytesEnd;
    if (combined) {
      for (int i = 8; i <= 9; i++) {
        var name = i == 8 ? "referer" : "agent";
        if (at + 1 >= to) {
          return tooFew(b, from, to, "a quoted " + name);
        }
        if (b[at] != ' ' || b[at + 1] != '"') {
          return new Malformed(
              "no-" + name,
              "no quoted %s: %s (expected a space and a quote)",
              name,
              Bytes.excerpt(b, at, to));
        }
        start = at + 2;
        end = closing(b, start, to);
        if (end < 0) {
          return unclosed(name, b, start, to);
        }
        values[i] = wants[i] ? quoted(i, i == 8 ? referers : agents, b, start, end) : null;
        at = end + 1;
      }
    }
    if (at != to) {
      return new Malformed(
          "trailing-text",
          "text after the last field: %s (expected the end of the line)",
          Bytes.excerpt(b, at, to));
    }
    return record == null ? new LogRecord(source, line, time, shape, values) : record;
  }

  /// The record for all lines, with no values yet.
  private LogRecord same(String source, long line) {
    var record = same;
    if (record == null || !record.source().equals(source)) {
      record = new LogRecord(source, line, null, shape, new Object[wants.length]);
      same = record;
    }
    Arrays.fill(record.values(), null);
    return record;
  }

  /// Returns where the bracket of the time stands: the first after a space that something like a
  /// date follows, else the first after a space at all, else -1. The user is before it.
  private static int timeStart(byte[] b, int from, int to) {
    int first = -1;
    for (int i = Bytes.indexOf(b, from, to, '['); i >= 0; i = Bytes.indexOf(b, i + 1, to, '[')) {
      if (i == from || b[i - 1] != ' ') {
        continue;
      }
      if (i + 12 < to && b[i + 3] == '/' && b[i + 7] == '/' && b[i + 12] == ':') {
        return i;
      }
      first = first < 0 ? i : first;
    }
    return first;
  }

  private void request(@Nullable Object[] values, byte[] b, int from, int to) {
    boolean hasEscapes = escaped;
    int methodEnd = from;
    while (methodEnd < to
        && (Bytes.isLetter(b[methodEnd]) || b[methodEnd] == '-' || b[methodEnd] == '_')) {
      methodEnd++;
    }
    int protocol = to;
    while (protocol > methodEnd && b[protocol - 1] != ' ') {
      protocol--;
    }
    if (methodEnd > from
        && methodEnd + 2 < protocol
        && b[methodEnd] == ' '
        && isProtocol(b, protocol, to)) {
      values[3] = wants[3] ? text(3, words, b, from, methodEnd) : null;
      if (wants[4]) {
        values[4] =
            hasEscapes
                ? unescaped(b, methodEnd + 1, protocol - 1)
                : text(4, null, b, methodEnd + 1, protocol - 1);
      }
      values[5] = wants[5] ? text(5, words, b, protocol, to) : null;
    } else if (wants[wants.length - 1]) {
      values[values.length - 1] = hasEscapes ? unescaped(b, from, to) : words.get(b, from, to);
    }
  }

  /// Whether this is letters, a slash, and a version such as `1.1`.
  private static boolean isProtocol(byte[] b, int from, int to) {
    int at = from;
    while (at < to && Bytes.isLetter(b[at])) {
      at++;
    }
    if (at == from || at + 1 >= to || b[at] != '/') {
      return false;
    }
    for (at++; at < to; at++) {
      if (!Bytes.isDigit(b[at]) && b[at] != '.') {
        return false;
      }
    }
    return Bytes.isDigit(b[to - 1]);
  }

  private static int wordEnd(byte[] b, int from, int to) {
    int at = from;
    while (at < to && b[at] != ' ') {
      at++;
    }
    return at;
  }

  /// Returns where the quote stands that closes the field which begins at `from`, or -1.
  private int closing(byte[] b, int from, int to) {
    escaped = false;
    int i = Bytes.indexOfEither(b, from, to, '"', '\\');
    while (i >= 0 && b[i] == '\\') {
      escaped = true;
      i = Bytes.indexOfEither(b, i + 2, to, '"', '\\');
    }
    return i;
  }

  private @Nullable Object quoted(int column, Texts texts, byte[] b, int from, int to) {
    if (to - from == 1 && b[from] == '-') {
      return null;
    }
    return escaped ? unescaped(b, from, to) : text(column, texts, b, from, to);
  }

  private static String unescaped(byte[] b, int from, int to) {
    byte[] plain = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      if (b[i] == '\\' && i + 1 < to && (b[i + 1] == '"' || b[i + 1] == '\\')) {
        i++;
      }
      plain[length++] = b[i];
    }
    return Bytes.text(plain, 0, length);
  }

  private @Nullable Object field(int column, Texts texts, byte[] b, int from, int to) {
    return to - from == 1 && b[from] == '-' ? null : text(column, texts, b, from, to);
  }

  /// The text of a column.
  ///
  /// @param texts where it recurs; null if it seldom does
  private Object text(int column, @Nullable Texts texts, byte[] b, int from, int to) {
    if (slicesWillDo) {
      return slices[column].set(b, from, to);
    }
    return texts == null ? Bytes.text(b, from, to) : texts.get(b, from, to);
  }

  private static Malformed tooFew(byte[] b, int from, int to, String expected) {
    return new Malformed(
        "too-few-fields",
        "the line ends too early, with %s (expected %s)",
        Bytes.excerpt(b, Math.max(from, to - 40), to),
        expected);
  }

  private static Malformed unclosed(String name, byte[] b, int from, int to) {
    return new Malformed(
        "no-closing-quote", "the %s has no closing quote: %s", name, Bytes.excerpt(b, from, to));
  }
}
