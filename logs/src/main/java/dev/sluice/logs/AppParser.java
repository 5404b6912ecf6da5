package dev.sluice.logs;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses what programs write about themselves, a time first:
///
/// ```text
///   Log4j, Logback   2026-11-21 19:00:00,123 INFO  [main] com.example.Main - started
///                    19:00:00.123 [main] INFO  com.example.Main -- started
///   Spring Boot      2026-11-21T19:00:00.123+01:00  INFO 4711 --- [app] [ main] c.e.Main : started
///   Python           2026-11-21 19:00:00,123 - example.main - INFO - started
///                    INFO:example.main:started
///   Monolog          [2026-11-21T19:00:00.123456+00:00] app.INFO: started
///   PostgreSQL       2026-11-21 19:00:00.123 UTC [4711] LOG:  started
///   zap              2026-11-21T19:00:00.123Z  info  example/main.go:7  started
///   glog, klog       I1121 19:00:00.123456    4711 main.cc:7] started
/// ```
///
/// Lines that do not begin so belong to the message before them; from the first line of a stack
/// trace on they are in `trace`. A time without a date is in `clock`, and the record has no time.
final class AppParser implements LineParser {
  private static final Shape SHAPE = new Shape(LogFormat.APP, LogFormat.APP.columns());

  private static final int LEVEL = 0;
  private static final int THREAD = 1;
  private static final int LOGGER = 2;
  private static final int PID = 3;
  private static final int MESSAGE = 4;
  private static final int EXCEPTION = 5;
  private static final int TRACE = 6;
  private static final int CLOCK = 7;

  private static final Set<String> LEVELS =
      Set.of(
          "TRACE",
          "DEBUG",
          "INFO",
          "NOTICE",
          "WARN",
          "WARNING",
          "ERROR",
          "SEVERE",
          "CRITICAL",
          "CRIT",
          "FATAL",
          "ALERT",
          "EMERG",
          "EMERGENCY",
          "FINE",
          "FINER",
          "FINEST",
          "CONFIG",
          "VERBOSE",
          "PANIC",
          "DPANIC");

  /// Levels that are not shouted, too.
  private static final Set<String> LOWER =
      Set.of("trace", "debug", "info", "warn", "warning", "error", "fatal");

  /// Levels that are other words too, and so need a colon behind them.
  private static final Set<String> WITH_COLON =
      Set.of("LOG", "STATEMENT", "DETAIL", "HINT", "CONTEXT", "QUERY");

  private static final int LONGEST_LEVEL = 9;

  private final Times times;
  private final Texts texts = new Texts();
  private int at;

  AppParser(Assumptions assumptions) {
    times = new Times(assumptions);
  }

  /// Whether a line begins with a time, or with something else that only the first line of a record
  /// has.
  static boolean begins(byte[] b, int from, int to) {
    int at = b[from] == '[' ? from + 1 : from;
    if (to - at < 9) {
      return false;
    }
    if (!Bytes.isDigit(b[at])) {
      return isGlog(b, at, to) || isMonthFirst(b, at, to) || basicName(b, from, to) > 0;
    }
    if (b[at + 2] == ':') {
      return isClock(b, at, to);
    }
    boolean yearFirst =
        to - at >= 19
            && (b[at + 4] == '-' || b[at + 4] == '/')
            && b[at + 7] == b[at + 4]
            && b[at + 13] == ':';
    if (yearFirst) {
      return true;
    }
    int day = Bytes.isDigit(b[at + 1]) ? at + 2 : at + 1;
    return to - day >= 14
        && (b[day] == ' ' || b[day] == '-' || b[day] == '/')
        && b[day + 4] == b[day]
        && Bytes.isLetter(b[day + 1])
        && b[day + 12] == ':';
  }

  private static boolean isGlog(byte[] b, int at, int to) {
    return to - at >= 14
        && "IWEF".indexOf(b[at]) >= 0
        && Bytes.digits(b, at + 1, at + 5) >= 0
        && b[at + 5] == ' '
        && b[at + 8] == ':'
        && b[at + 11] == ':';
  }

  private static boolean isMonthFirst(byte[] b, int at, int to) {
    return to - at >= 20
        && Bytes.isLetter(b[at])
        && b[at + 3] == ' '
        && Bytes.isDigit(b[at + 5])
        && (b[at + 9] == ':'
            || (Bytes.isDigit(b[at + 9]) && (b[at + 14] == ':' || b[at + 15] == ':')));
  }

  /// Whether this is `HH:mm:ss` and a fraction, as logs without a date have it.
  private static boolean isClock(byte[] b, int at, int to) {
    return to - at >= 12
        && Bytes.digits(b, at, at + 2) >= 0
        && Bytes.digits(b, at + 3, at + 5) >= 0
        && b[at + 5] == ':'
        && Bytes.digits(b, at + 6, at + 8) >= 0
        && (b[at + 8] == '.' || b[at + 8] == ',')
        && Bytes.isDigit(b[at + 9]);
  }

  /// Returns where the name ends in `INFO:name:`, or -1.
  private static int basicName(byte[] b, int from, int to) {
    int colon = Bytes.indexOf(b, from, Math.min(to, from + LONGEST_LEVEL + 1), ':');
    if (colon < 0 || !LEVELS.contains(Bytes.text(b, from, colon))) {
      return -1;
    }
    int end = colon + 1;
    while (end < to && isLoggerByte(b[end])) {
      end++;
    }
    return end > colon + 1 && end < to && b[end] == ':' ? end : -1;
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    @Nullable Object[] values = new Object[SHAPE.columns().size()];
    int newline = Bytes.indexOf(b, from, to, '\n');
    int end = newline < 0 ? to : newline;
    int name = begins(b, from, end) ? basicName(b, from, end) : -1;
    if (name > 0) {
      int colon = Bytes.indexOf(b, from, end, ':');
      values[LEVEL] = texts.get(b, from, colon);
      values[LOGGER] = texts.get(b, colon + 1, name);
      return finished(source, line, null, values, b, name + 1, to);
    }
    boolean bracket = b[from] == '[';
    int start = bracket ? from + 1 : from;
    if (begins(b, from, end) && isGlog(b, start, end)) {
      return glog(source, line, values, b, start, to, end);
    }
    String time = null;
    if (begins(b, from, end) && b[start + 2] == ':') {
      at = start + 9;
      while (at < end && Bytes.isDigit(b[at])) {
        at++;
      }
      values[CLOCK] = Bytes.text(b, start, at);
    } else {
      time = times.leading(b, start, end);
      at = times.end();
    }
    boolean closed = !bracket || (at < end && b[at] == ']');
    if ((time == null && values[CLOCK] == null) || !closed) {
      return new Malformed(
          "bad-timestamp",
          "no time at the beginning: %s (expected yyyy-MM-dd HH:mm:ss or the like)",
          Bytes.excerpt(b, from, Math.min(end, from + 40)));
    }
    at += bracket ? 1 : 0;
    int head = at;
    if (!level(values, b, end)) {
      return new Malformed(
          "no-level",
          "no level behind the time: %s (expected INFO, ERROR or the like)",
          Bytes.excerpt(b, Math.min(head, end), end));
    }
    if (values[LOGGER] == null) {
      logger(values, b, end);
    } else {
      int word = Words.skipSpaces(b, at, end);
      at = Bytes.startsWith(b, word, end, "- ") ? word + 2 : at;
    }
    return finished(source, line, time, values, b, at, to);
  }

  private Parsed glog(
      String source, long line, @Nullable Object[] values, byte[] b, int from, int to, int end) {
    var time = times.glog(b, from + 1, end);
    if (time == null) {
      return new Malformed(
          "bad-timestamp",
          "no time of glog: %s (expected Immdd HH:mm:ss.ffffff)",
          Bytes.excerpt(b, from, Math.min(end, from + 40)));
    }
    int thread = Words.skipSpaces(b, times.end(), end);
    int threadEnd = Words.end(b, thread, end);
    int close = Bytes.indexOf(b, threadEnd, end, ']');
    if (threadEnd == thread || close < 0) {
      return new Malformed(
          "no-logger",
          "no source behind the time: %s (expected thread file:line])",
          Bytes.excerpt(b, thread, end));
    }
    values[LEVEL] =
        switch (b[from]) {
          case 'I' -> "INFO";
          case 'W' -> "WARNING";
          case 'E' -> "ERROR";
          default -> "FATAL";
        };
    values[THREAD] = texts.get(b, thread, threadEnd);
    values[LOGGER] = texts.get(b, Words.skipSpaces(b, threadEnd, close), close);
    return finished(source, line, time, values, b, close + 1, to);
  }

  /// Goes on, over what may stand before the level, until it has read the level.
  private boolean level(@Nullable Object[] values, byte[] b, int end) {
    for (int tokens = 0; tokens < 6; tokens++) {
      at = Words.skipSpaces(b, at, end);
      if (at >= end) {
        return false;
      }
      if (b[at] == '[') {
        int close = bracketEnd(b, at, end);
        if (close < 0) {
          return false;
        }
        if (isLevel(b, at + 1, close, true)) {
          values[LEVEL] = texts.get(b, at + 1, close);
          at = close + 1;
          skipColon(b, end);
          return true;
        }
        bracketed(values, b, at + 1, close);
        at = close + 1;
        continue;
      }
      int word = at;
      while (at < end && !isSpace(b[at])) {
        at++;
      }
      int wordEnd = at;
      if (wordEnd - word == 1 && (b[word] == '-' || b[word] == '|')) {
        continue;
      }
      boolean colon = b[wordEnd - 1] == ':';
      int levelEnd = colon ? wordEnd - 1 : wordEnd;
      if (isLevel(b, word, levelEnd, colon)) {
        values[LEVEL] = texts.get(b, word, levelEnd);
        return true;
      }
      long number = Bytes.digits(b, word, wordEnd);
      if (number >= 0) {
        values[PID] = number;
        continue;
      }
      int dot = levelEnd - 1;
      while (dot > word && b[dot] != '.') {
        dot--;
      }
      if (colon && dot > word && isLevel(b, dot + 1, levelEnd, true)) {
        values[LOGGER] = texts.get(b, word, dot); // Monolog: channel.LEVEL:
        values[LEVEL] = texts.get(b, dot + 1, levelEnd);
        return true;
      }
      boolean dashed = at + 3 < end && b[at] == ' ' && b[at + 1] == '-' && b[at + 2] == ' ';
      if (!dashed || values[LOGGER] != null || !isLogger(b, word, wordEnd)) {
        return false;
      }
      values[LOGGER] = texts.get(b, word, wordEnd); // Python: name - LEVEL - message
      at += 2;
    }
    return false;
  }

  /// @param marked whether brackets or a colon show that this is a level
  private static boolean isLevel(byte[] b, int from, int to, boolean marked) {
    int length = to - from;
    if (length < 3 || length > LONGEST_LEVEL || !Bytes.isLetter(b[from])) {
      return false;
    }
    var word = Bytes.text(b, from, to);
    if (LEVELS.contains(word)) {
      return true;
    }
    var upper = word.toUpperCase(Locale.ROOT);
    return marked
        ? LEVELS.contains(upper) || WITH_COLON.contains(word) || word.equals("Note")
        : LOWER.contains(word);
  }

  /// Returns where the bracket stands that closes the one at `from`, or -1.
  private static int bracketEnd(byte[] b, int from, int to) {
    int depth = 0;
    int limit = Math.min(to, from + 300);
    for (int i = from; i < limit; i++) {
      depth += b[i] == '[' ? 1 : b[i] == ']' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /// What stands in brackets is the thread; in several, the last is, as Spring Boot has it. Digits
  /// alone are a process.
  private void bracketed(@Nullable Object[] values, byte[] b, int from, int to) {
    int start = Words.skipSpaces(b, from, to);
    int end = to;
    while (end > start && isSpace(b[end - 1])) {
      end--;
    }
    long number = Bytes.digits(b, start, end);
    if (number >= 0 && values[PID] == null) {
      values[PID] = number;
    } else if (end > start) {
      values[THREAD] = texts.get(b, start, end);
    }
  }

  /// Reads what may stand between the level and the message.
  private void logger(@Nullable Object[] values, byte[] b, int end) {
    boolean dashes = false;
    while (true) {
      at = Words.skipSpaces(b, at, end);
      if (at >= end) {
        return;
      }
      if (b[at] == '[') {
        int close = bracketEnd(b, at, end);
        if (close < 0 || (values[THREAD] != null && !dashes)) {
          return;
        }
        bracketed(values, b, at + 1, close);
        at = close + 1;
        skipColon(b, end);
        continue;
      }
      int word = at;
      int wordEnd = word;
      while (wordEnd < end && !isSpace(b[wordEnd])) {
        wordEnd++;
      }
      long number = Bytes.digits(b, word, wordEnd);
      int after = Words.skipSpaces(b, wordEnd, end);
      if (number >= 0 && Bytes.startsWith(b, after, end, "--- ")) {
        values[PID] = number;
        dashes = true;
        at = after + 4;
        continue;
      }
      if (isSeparator(b, word, wordEnd)) {
        at = wordEnd;
        return;
      }
      int separatorEnd = after;
      while (separatorEnd < end && !isSpace(b[separatorEnd])) {
        separatorEnd++;
      }
      boolean tabbed = wordEnd < end && b[wordEnd] == '\t';
      boolean colon = b[wordEnd - 1] == ':';
      // Spring Boot shortens names to such as o.a.c.c.C.[.[.[/].[servlet].
      boolean named = dashes || isLogger(b, word, wordEnd);
      if (isSeparator(b, after, separatorEnd) && named) {
        values[LOGGER] = texts.get(b, word, wordEnd);
        at = separatorEnd;
      } else if (colon && isQualified(b, word, wordEnd - 1)) {
        values[LOGGER] = texts.get(b, word, wordEnd - 1);
        at = wordEnd;
      } else if (tabbed && isQualified(b, word, wordEnd)) {
        values[LOGGER] = texts.get(b, word, wordEnd);
        at = wordEnd;
      }
      return;
    }
  }

  private void skipColon(byte[] b, int end) {
    if (at < end && b[at] == ':') {
      at++;
    }
  }

  private static boolean isSeparator(byte[] b, int from, int to) {
    return Bytes.matches(b, from, to, "-")
        || Bytes.matches(b, from, to, ":")
        || Bytes.matches(b, from, to, "--")
        || Bytes.matches(b, from, to, "|");
  }

  private static boolean isLogger(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isLoggerByte(b[i]) && b[i] != ':') {
        return false;
      }
    }
    return to > from && to - from <= 200;
  }

  /// Whether this is a name with dots or slashes in it, which no word of a message is.
  private static boolean isQualified(byte[] b, int from, int to) {
    return isLogger(b, from, to)
        && (Bytes.indexOf(b, from, to, '.') > 0 || Bytes.indexOf(b, from, to, '/') > 0);
  }

  private static boolean isLoggerByte(byte b) {
    return Words.isNameByte(b)
        || b == '.'
        || b == '$'
        || b == '/'
        || b == '-'
        || b == '<'
        || b == '>';
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  /// Makes the record, whose message begins at `from` and may have more lines.
  private Parsed finished(
      String source,
      long line,
      @Nullable String time,
      @Nullable Object[] values,
      byte[] b,
      int from,
      int to) {
    int start = Words.skipSpaces(b, from, to);
    var parts = StackTraces.parts(b, start, to, false);
    values[MESSAGE] = Bytes.text(b, start, parts.messageEnd());
    values[EXCEPTION] = parts.exception();
    values[TRACE] = parts.traceStart() < to ? Bytes.text(b, parts.traceStart(), to) : null;
    return new LogRecord(source, line, time, SHAPE, values);
  }
}
