package dev.sluice.logs;

/// JSON objects, on a line each or pretty-printed on several.
///
/// A line that begins with `{` in its first column begins an object in any case: within a
/// pretty-printed one it would be indented. So a damaged object does not take those after it along.
final class JsonGrouping extends Grouping {
  private int depth;
  private boolean quoted;

  @Override
  Part part(byte[] b, int from, int to) {
    boolean first = depth == 0 || b[from] == '{';
    if (first) {
      depth = 0;
      quoted = false;
      if (b[from] != '{' && !Bytes.startsWith(b, blanks(b, from, to), to, "{")) {
        return Part.FIRST; // no object at all
      }
    }
    follow(b, from, to);
    return first ? Part.FIRST : Part.MORE;
  }

  private static int blanks(byte[] b, int from, int to) {
    int at = from;
    while (at < to && (b[at] == ' ' || b[at] == '\t')) {
      at++;
    }
    return at;
  }

  private void follow(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      switch (b[i]) {
        case '"' -> quoted = !quoted;
        case '\\' -> i += quoted ? 1 : 0;
        case '{', '[' -> depth += quoted ? 0 : 1;
        case '}', ']' -> depth -= quoted ? 0 : 1;
        default -> {
          // goes into the object, or into a string
        }
      }
    }
    // A string does not go on in the next line, so one that is not closed is damage.
    depth = quoted ? 0 : Math.max(0, depth);
    quoted = false;
  }

  @Override
  boolean whole() {
    return depth == 0;
  }

  @Override
  Cut cut() {
    return Cut.REJECT;
  }

  @Override
  void ended(int lane) {
    depth = 0;
  }
}
