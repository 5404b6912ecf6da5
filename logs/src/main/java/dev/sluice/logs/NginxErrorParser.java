package dev.sluice.logs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Parses nginx's error log:
///
/// ```text
///   2026/11/21 19:00:00 [error] 871#872: *40122 open() "/x" failed (2: No such file or directory),
///     client: 203.0.113.9, server: example.com, request: "GET /x HTTP/1.1", host: "example.com"
/// ```
///
/// What is behind the message is only taken for such a field if it is one of those that nginx adds,
/// in its order. Lines without a time of their own belong to the message before them.
final class NginxErrorParser implements LineParser {
  private static final Shape SHAPE =
      new Shape(LogFormat.NGINX_ERROR, LogFormat.NGINX_ERROR.columns());
  private static final int TIME_LENGTH = 19;

  private static final int LEVEL = 0;
  private static final int PID = 1;
  private static final int TID = 2;
  private static final int CONNECTION = 3;
  private static final int MESSAGE = 4;
  private static final int CLIENT = 5;

  /// What nginx adds, in the order of the columns from [#CLIENT] on.
  private static final List<String> ADDED =
      List.of(
          ", client: ", ", server: ", ", request: ", ", upstream: ", ", host: ", ", referrer: ");

  private final Times times;
  private final Texts texts = new Texts();

  NginxErrorParser(Assumptions assumptions) {
    times = new Times(assumptions);
  }

  /// Whether a line begins with a time of nginx's.
  static boolean begins(byte[] b, int from, int to) {
    return to - from > TIME_LENGTH
        && Bytes.isDigit(b[from])
        && b[from + 4] == '/'
        && b[from + 7] == '/'
        && b[from + 10] == ' '
        && b[from + 13] == ':'
        && b[from + 16] == ':'
        && b[from + TIME_LENGTH] == ' ';
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    var time = begins(b, from, to) ? times.any(b, from, from + TIME_LENGTH) : null;
    if (time == null) {
      return new Malformed(
          "bad-timestamp",
          "no time of nginx: %s (expected yyyy/MM/dd HH:mm:ss [level])",
          Bytes.excerpt(b, from, Math.min(to, from + 40)));
    }
    int at = from + TIME_LENGTH + 1;
    int close = at < to && b[at] == '[' ? Bytes.indexOf(b, at, Math.min(to, at + 16), ']') : -1;
    if (close < 0) {
      return new Malformed(
          "no-level",
          "no level behind the time: %s (expected [error] or the like)",
          Bytes.excerpt(b, Math.min(at, to), to));
    }
    @Nullable Object[] values = new Object[SHAPE.columns().size()];
    values[LEVEL] = texts.get(b, at + 1, close);
    at = close + 1;
    int colon = at < to ? Bytes.indexOf(b, at, to, ':') : -1;
    int hash = colon < 0 ? -1 : Bytes.indexOf(b, at, colon, '#');
    long pid = hash < 0 ? -1 : Bytes.digits(b, at + 1, hash);
    long tid = hash < 0 ? -1 : Bytes.digits(b, hash + 1, colon);
    if (pid < 0 || tid < 0) {
      return new Malformed(
          "no-pid",
          "no process behind the level: %s (expected pid#tid:)",
          Bytes.excerpt(b, Math.min(at, to), to));
    }
    values[PID] = pid;
    values[TID] = tid;
    at = Words.skipSpaces(b, colon + 1, to);
    if (at < to && b[at] == '*') {
      int end = Words.end(b, at, to);
      long connection = Bytes.digits(b, at + 1, end);
      if (connection >= 0) {
        values[CONNECTION] = connection;
        at = Math.min(end + 1, to);
      }
    }
    int messageEnd = added(values, b, at, to);
    values[MESSAGE] = Bytes.text(b, at, messageEnd);
    return new LogRecord(source, line, time, SHAPE, values);
  }

  /// Reads what nginx has added to the message that begins at `from`, and returns where that ends.
  private static int added(@Nullable Object[] values, byte[] b, int from, int to) {
    int client = lastIndexOf(b, from, to, ADDED.getFirst());
    if (client < 0) {
      return to;
    }
    int at = client;
    for (int i = 0; i < ADDED.size() && at < to; i++) {
      var key = ADDED.get(i);
      if (!Bytes.startsWith(b, at, to, key)) {
        continue;
      }
      int start = at + key.length();
      int end;
      if (start < to && b[start] == '"') {
        start++;
        int close = Words.closing(b, start, to);
        end = close < 0 ? to : close;
        at = Math.min(to, end + 1);
      } else {
        int comma = indexOf(b, start, to, ", ");
        end = comma < 0 ? to : comma;
        at = end;
      }
      values[CLIENT + i] = Bytes.text(b, start, end);
    }
    return client;
  }

  private static int indexOf(byte[] b, int from, int to, String wanted) {
    for (int i = Bytes.indexOf(b, from, to, wanted.charAt(0));
        i >= 0;
        i = Bytes.indexOf(b, i + 1, to, wanted.charAt(0))) {
      if (Bytes.startsWith(b, i, to, wanted)) {
        return i;
      }
    }
    return -1;
  }

  private static int lastIndexOf(byte[] b, int from, int to, String wanted) {
    for (int i = to - wanted.length(); i >= from; i--) {
      if (b[i] == ',' && Bytes.startsWith(b, i, to, wanted)) {
        return i;
      }
    }
    return -1;
  }
}
