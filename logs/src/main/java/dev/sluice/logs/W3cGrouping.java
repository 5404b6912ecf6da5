package dev.sluice.logs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// W3C extended: lines that begin with `#` are directives, and `#Fields:` names the columns of
/// those that follow.
final class W3cGrouping extends Grouping {
  private static final String FIELDS = "#Fields:";

  private @Nullable Dialect changed;

  @Override
  Part part(byte[] b, int from, int to) {
    changed = null;
    if (b[from] != '#') {
      return Part.FIRST;
    }
    if (Bytes.startsWith(b, from, to, FIELDS)) {
      changed = new Dialect.W3c(fields(b, from, to));
    }
    return Part.HEADER;
  }

  /// The names in a directive.
  static List<String> fields(byte[] b, int from, int to) {
    var names = new ArrayList<String>();
    int at = Words.skipSpaces(b, from + FIELDS.length(), to);
    while (at < to) {
      int end = at;
      while (end < to && b[end] != ' ' && b[end] != '\t') {
        end++;
      }
      names.add(Bytes.text(b, at, end));
      at = Words.skipSpaces(b, end, to);
    }
    return names;
  }

  @Override
  boolean whole() {
    return true;
  }

  @Override
  @Nullable Dialect changed() {
    return changed;
  }
}
