package dev.sluice.logs;

/// CSV and the like: a quoted field may have line ends.
///
/// A quote that is never closed would take everything behind it along. So where a record does not
/// end, or something other than a separator follows a closing quote, its first line is one by
/// itself and those behind it are looked at anew.
final class SeparatedGrouping extends Grouping {
  private final char separator;
  private int header;
  private boolean quoted;
  private boolean broken;

  /// @param headerLines how many lines at the start are the header
  SeparatedGrouping(char separator, int headerLines) {
    this.separator = separator;
    header = headerLines;
  }

  @Override
  Part part(byte[] b, int from, int to) {
    if (header > 0) {
      header--;
      return Part.HEADER;
    }
    boolean first = !quoted || broken;
    quoted = !first;
    broken = false;
    int at = from;
    while (at <= to) {
      if (!quoted) {
        if (at < to && b[at] == '"') {
          quoted = true;
          at++;
        } else {
          int next = Bytes.indexOf(b, at, to, separator);
          at = next < 0 ? to + 1 : next + 1;
          continue;
        }
      }
      int close = SeparatedParser.closing(b, at, to);
      if (close < 0) {
        break; // goes on in the next line
      }
      quoted = false;
      at = close + 1;
      if (at < to && b[at] != separator) {
        broken = true;
        break;
      }
      at++;
    }
    return first ? Part.FIRST : Part.MORE;
  }

  @Override
  boolean whole() {
    return !quoted;
  }

  @Override
  boolean waits(int lane) {
    return quoted || broken;
  }

  @Override
  Cut cut() {
    return Cut.RETRY;
  }

  @Override
  void ended(int lane) {
    quoted = false;
    broken = false;
  }
}
