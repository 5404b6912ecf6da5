package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// Parses Apache's error log:
///
/// ```text
///   2.4   [Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416]
///           [client 72.15.99.187:1234] AH00128: File does not exist: /x, referer: http://h/
///   2.2   [Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] denied by configuration: /x
/// ```
///
/// Lines that do not begin with a time belong to the message before them.
final class ApacheErrorParser implements LineParser {
  private static final Shape SHAPE =
      new Shape(LogFormat.APACHE_ERROR, LogFormat.APACHE_ERROR.columns());
  private static final String REFERER = ", referer: ";
  private static final int LONGEST_TIME = 40;

  private static final int MODULE = 0;
  private static final int LEVEL = 1;
  private static final int PID = 2;
  private static final int TID = 3;
  private static final int CLIENT = 4;
  private static final int CODE = 5;
  private static final int MESSAGE = 6;
  private static final int REFERER_VALUE = 7;

  private final Times times;
  private final Texts texts = new Texts();

  ApacheErrorParser(Assumptions assumptions) {
    times = new Times(assumptions);
  }

  /// Whether a line begins with a bracket and a weekday.
  static boolean begins(byte[] b, int from, int to) {
    return to - from > 25
        && b[from] == '['
        && b[from + 4] == ' '
        && b[from + 8] == ' '
        && b[from + 14] == ':'
        && b[from + 17] == ':'
        && Bytes.isLetter(b[from + 1])
        && Bytes.isLetter(b[from + 5]);
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    int close =
        begins(b, from, to) ? Bytes.indexOf(b, from, Math.min(to, from + LONGEST_TIME), ']') : -1;
    var time = close < 0 ? null : times.any(b, from + 1, close);
    if (time == null) {
      return new Malformed(
          "bad-timestamp",
          "no time of Apache: %s (expected [Wed Oct 11 14:32:52 2000])",
          Bytes.excerpt(b, from, Math.min(to, from + 40)));
    }
    @Nullable Object[] values = new Object[SHAPE.columns().size()];
    int at = Words.skipSpaces(b, close + 1, to);
    close = at < to && b[at] == '[' ? Bytes.indexOf(b, at, Math.min(to, at + 80), ']') : -1;
    if (close < 0) {
      return new Malformed(
          "no-level",
          "no level behind the time: %s (expected [error] or [module:error])",
          Bytes.excerpt(b, Math.min(at, to), to));
    }
    int colon = Bytes.indexOf(b, at, close, ':');
    if (colon >= 0) {
      values[MODULE] = colon > at + 1 ? texts.get(b, at + 1, colon) : null;
    }
    values[LEVEL] = texts.get(b, colon < 0 ? at + 1 : colon + 1, close);
    at = Words.skipSpaces(b, close + 1, to);
    if (Bytes.startsWith(b, at, to, "[pid ")) {
      close = Bytes.indexOf(b, at, to, ']');
      if (close < 0 || !process(values, b, at + 5, close)) {
        return new Malformed(
            "bad-pid",
            "not a process: %s (expected [pid 1] or [pid 1:tid 2])",
            Bytes.excerpt(b, at, to));
      }
      at = Words.skipSpaces(b, close + 1, to);
    }
    while (Bytes.startsWith(b, at, to, "[client ") || Bytes.startsWith(b, at, to, "[remote ")) {
      close = Bytes.indexOf(b, at, to, ']');
      if (close < 0) {
        return new Malformed(
            "no-closing-bracket",
            "the client has no closing bracket: %s",
            Bytes.excerpt(b, at, to));
      }
      values[CLIENT] = Bytes.text(b, at + 8, close);
      at = Words.skipSpaces(b, close + 1, to);
    }
    int code = at;
    if (Bytes.startsWith(b, at, to, "AH")) {
      code += 2;
      while (code < to && Bytes.isDigit(b[code])) {
        code++;
      }
      if (code > at + 2 && code < to && b[code] == ':') {
        values[CODE] = texts.get(b, at, code);
        at = Words.skipSpaces(b, code + 1, to);
      }
    }
    int end = referer(b, at, to);
    if (end < to) {
      values[REFERER_VALUE] = Bytes.text(b, end + REFERER.length(), to);
    }
    values[MESSAGE] = Bytes.text(b, at, end);
    return new LogRecord(source, line, time, SHAPE, values);
  }

  /// Reads `1` or `1:tid 2`.
  private static boolean process(@Nullable Object[] values, byte[] b, int from, int to) {
    int colon = Bytes.indexOf(b, from, to, ':');
    long pid = Bytes.digits(b, from, colon < 0 ? to : colon);
    if (pid < 0) {
      return false;
    }
    values[PID] = pid;
    if (colon < 0) {
      return true;
    }
    long tid = Bytes.startsWith(b, colon, to, ":tid ") ? Bytes.digits(b, colon + 5, to) : -1;
    values[TID] = tid < 0 ? null : tid;
    return tid >= 0;
  }

  /// Returns where the last `, referer: ` begins, which no line end follows, or `to`.
  private static int referer(byte[] b, int from, int to) {
    for (int i = to - REFERER.length(); i >= from && b[i] != '\n'; i--) {
      if (b[i] == ',' && Bytes.startsWith(b, i, to, REFERER)) {
        return i;
      }
    }
    return to;
  }
}
