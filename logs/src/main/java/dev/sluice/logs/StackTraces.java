package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// What stack traces of Java and Python look like.
///
/// ```text
///   Exception in thread "main" java.lang.IllegalStateException: no          Traceback (most recent call last):
///   	at com.example.Main.run(Main.java:7)                                    File "main.py", line 7, in <module>
///   	... 3 more                                                                run()
///   Caused by: java.io.IOException: closed                                  ValueError: no
/// ```
final class StackTraces {
  static final String PYTHON = "Traceback (most recent call last):";
  private static final String JAVA_THREAD = "Exception in thread \"";
  private static final int LONGEST_NAME = 200;

  private StackTraces() {}

  /// Whether this line is a frame of Java's: `at com.example.Main.run(Main.java:7)`, indented.
  static boolean isFrame(byte[] b, int from, int to) {
    int at = Words.skipSpaces(b, from, to);
    if (at == from || !Bytes.startsWith(b, at, to, "at ") || at + 3 == to) {
      return false;
    }
    int paren = Bytes.indexOf(b, at, to, '(');
    return paren > 0 && Bytes.indexOf(b, paren, to, ')') > 0;
  }

  /// Whether this line goes on with a trace of Java's wherever it stands.
  static boolean isMore(byte[] b, int from, int to) {
    int at = Words.skipSpaces(b, from, to);
    return isFrame(b, from, to)
        || Bytes.startsWith(b, from, to, "Caused by: ")
        || (at > from
            && (Bytes.startsWith(b, at, to, "... ")
                || Bytes.startsWith(b, at, to, "Suppressed: ")));
  }

  /// Whether this line begins a trace, which one of the other lines of it must follow.
  static boolean begins(byte[] b, int from, int to) {
    return Bytes.matches(b, from, to, PYTHON) || thrown(b, from, to) != null;
  }

  /// The class that this line says was thrown, if it says so: `java.io.IOException: closed`.
  static @Nullable String thrown(byte[] b, int from, int to) {
    int at = from;
    if (Bytes.startsWith(b, at, to, JAVA_THREAD)) {
      int close = Bytes.indexOf(b, at + JAVA_THREAD.length(), to, '"');
      at = close < 0 ? to : Math.min(to, close + 2);
    } else if (Bytes.startsWith(b, at, to, "Caused by: ")) {
      at += "Caused by: ".length();
    }
    int name = at;
    boolean dots = false;
    while (at < to
        && at - name < LONGEST_NAME
        && (Words.isNameByte(b[at]) || b[at] == '.' || b[at] == '$')) {
      dots |= b[at] == '.';
      at++;
    }
    if (at == name
        || !Bytes.isLetter(b[name])
        || b[at - 1] == '.'
        || (at < to && (b[at] != ':' || (at + 1 < to && b[at + 1] != ' ')))) {
      return null;
    }
    var text = Bytes.text(b, name, at);
    boolean exceptional =
        text.endsWith("Exception")
            || text.endsWith("Error")
            || text.endsWith("Throwable")
            || text.endsWith("Failure")
            || text.endsWith("Warning")
            || text.endsWith("Interrupt")
            || text.endsWith("Exit")
            || text.endsWith("StopIteration");
    // A single word is Python's, or somebody's message: then it should at least be a name in its
    // way.
    boolean named = dots || text.length() > "Error".length();
    return exceptional && named ? text : null;
  }

  /// What a record of several lines is made of.
  ///
  /// @param messageEnd where the message ends
  /// @param traceStart where the trace begins; where the record ends, if there is none
  /// @param exception what was thrown, if that is told
  record Parts(int messageEnd, int traceStart, @Nullable String exception) {}

  /// Finds the trace in a record whose lines end with `\n`.
  ///
  /// @param from where the message begins, perhaps in the middle of a line
  /// @param firstToo whether the trace may begin right there
  static Parts parts(byte[] b, int from, int to, boolean firstToo) {
    int line = from;
    if (!firstToo) {
      int newline = Bytes.indexOf(b, from, to, '\n');
      line = newline < 0 ? to : newline + 1;
    }
    while (line < to) {
      int newline = Bytes.indexOf(b, line, to, '\n');
      int end = newline < 0 ? to : newline;
      if (isFrame(b, line, end) || begins(b, line, end)) {
        return new Parts(Math.max(from, line - 1), line, exception(b, line, end, to));
      }
      line = end + 1;
    }
    return new Parts(to, to, null);
  }

  /// @param from where the trace begins
  /// @param end where its first line ends
  private static @Nullable String exception(byte[] b, int from, int end, int to) {
    if (!Bytes.matches(b, from, end, PYTHON)) {
      return thrown(b, from, end);
    }
    // The last line that is not indented says what was thrown in the end.
    String last = null;
    for (int line = end + 1; line < to; ) {
      int newline = Bytes.indexOf(b, line, to, '\n');
      int lineEnd = newline < 0 ? to : newline;
      if (line < lineEnd && b[line] != ' ' && b[line] != '\t') {
        int colon = Bytes.indexOf(b, line, lineEnd, ':');
        int nameEnd = colon < 0 ? lineEnd : colon;
        if (isName(b, line, nameEnd)) {
          last = Bytes.text(b, line, nameEnd);
        }
      }
      line = lineEnd + 1;
    }
    return last;
  }

  private static boolean isName(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Words.isNameByte(b[i]) && b[i] != '.') {
        return false;
      }
    }
    return to > from && to - from < LONGEST_NAME && Bytes.isLetter(b[from]);
  }
}
