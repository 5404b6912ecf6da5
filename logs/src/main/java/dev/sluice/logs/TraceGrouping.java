package dev.sluice.logs;

/// Stack traces of Java and Python among other lines: a trace is one record, and each line that is
/// of none is one.
///
/// Frames without a head go to the line before them, indented ones do so in any case. Python's
/// trace ends with the first line that is not indented, unless that says that another exception
/// follows.
final class TraceGrouping extends Grouping {
  private static final String DURING = "During handling of the above exception";
  private static final String CAUSE = "The above exception was the direct cause";

  /// Whether Python's trace is open; it has ended but for its last line when it was `framed`.
  private boolean python;

  private boolean framed;
  private boolean linked;

  @Override
  Part part(byte[] b, int from, int to) {
    boolean indented = b[from] == ' ' || b[from] == '\t';
    if (Bytes.matches(b, from, to, StackTraces.PYTHON)) {
      boolean more = linked;
      python = true;
      framed = false;
      linked = false;
      return more ? Part.MORE : Part.FIRST;
    }
    if (Bytes.startsWith(b, from, to, DURING) || Bytes.startsWith(b, from, to, CAUSE)) {
      linked = true;
      return Part.MORE;
    }
    linked = false;
    if (indented) {
      framed |= python;
      return Part.MORE;
    }
    if (python) {
      boolean last = framed;
      python = false;
      framed = false;
      return last ? Part.MORE : Part.FIRST;
    }
    return StackTraces.isMore(b, from, to) ? Part.MORE : Part.FIRST;
  }
}
