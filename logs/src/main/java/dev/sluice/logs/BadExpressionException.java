package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// A `--where` that cannot be understood; the message shows where and says what to change:
///
/// ```text
/// unknown field: stauts; did you mean status?
///   stauts >= 500
///   ^
/// known fields: source, line, time, status, path
/// ```
final class BadExpressionException extends UsageException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_BEFORE = 40;
  private static final int SHOWN = 72;

  /// @param offset where in `expression` the problem is, in chars; may be its end
  /// @param help a last line, if there is more to say
  BadExpressionException(String problem, String expression, int offset, @Nullable String help) {
    super(problem + snippet(expression, offset) + (help == null ? "" : "\n" + help));
  }

  /// The line of `expression` around `offset` and a caret below it; of a long line only a part.
  private static String snippet(String expression, int offset) {
    if (expression.isBlank()) {
      return "";
    }
    int lineStart = expression.lastIndexOf('\n', offset - 1) + 1;
    int lineEnd = expression.indexOf('\n', offset);
    lineEnd = lineEnd < 0 ? expression.length() : lineEnd;
    int from = Math.max(lineStart, offset - SHOWN_BEFORE);
    int to = Math.min(lineEnd, from + SHOWN);
    var before = from > lineStart ? "..." : "";
    var after = to < lineEnd ? "..." : "";
    var shown = before + expression.substring(from, to).replaceAll("\\p{Cntrl}", " ") + after;
    return "\n  " + shown + "\n  " + " ".repeat(before.length() + offset - from) + "^";
  }
}
