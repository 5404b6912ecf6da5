package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// Takes each line as it is, and stack traces apart: `message` is what was said, `trace` the trace
/// as it is, `exception` the class that was thrown.
final class TraceParser implements LineParser {
  private static final Shape SHAPE = new Shape(LogFormat.TRACES, LogFormat.TRACES.columns());

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    int newline = Bytes.indexOf(b, from, to, '\n');
    int firstEnd = newline < 0 ? to : newline;
    boolean several = newline >= 0;
    var parts = StackTraces.parts(b, from, to, several && StackTraces.begins(b, from, firstEnd));
    int messageEnd = parts.traceStart() == from ? from : parts.messageEnd();
    @Nullable Object[] values = {
      messageEnd > from ? Bytes.text(b, from, messageEnd) : said(b, from, to, parts),
      parts.exception(),
      parts.traceStart() < to ? Bytes.text(b, parts.traceStart(), to) : null
    };
    return new LogRecord(source, line, null, SHAPE, values);
  }

  /// What the exception says, where nothing else is said: the line that names it.
  private static String said(byte[] b, int from, int to, StackTraces.Parts parts) {
    int newline = Bytes.indexOf(b, from, to, '\n');
    int end = newline < 0 ? to : newline;
    if (!Bytes.matches(b, from, end, StackTraces.PYTHON)) {
      return Bytes.text(b, from, end);
    }
    int last = to;
    while (last > from && b[last - 1] != '\n') {
      last--;
    }
    return parts.exception() == null ? StackTraces.PYTHON : Bytes.text(b, last, to);
  }
}
