package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names the columns of one table or file after the keys of its records.
///
/// A column has the name of its key, with `_` appended for as long as that name is taken: by
/// `source`, `line`, `time` or `extra`, or by another key that differs only in the case of ASCII
/// letters, which SQLite takes for the same. U+0000 in a name becomes `_`, and so does an empty
/// name.
///
/// A table never has more than [#MOST] columns, `extra` included; keys that come too late, and
/// those that are too long to be a name, have no column: their values belong in `extra`.
final class ColumnNames {
  /// The columns that each record has, before its own.
  static final List<String> FIRST = List.of("source", "line", "time");

  /// The column for what has no column: a JSON object.
  static final String EXTRA = "extra";

  static final int MOST = 200;
  static final int LONGEST = 128;

  private final Map<String, String> names = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final int mostBytes;
  private int most = MOST;

  ColumnNames() {
    this(Integer.MAX_VALUE);
  }

  /// @param mostBytes how many bytes of UTF-8 a name may have
  ColumnNames(int mostBytes) {
    this.mostBytes = mostBytes;
    FIRST.forEach(this::reserve);
    reserve(EXTRA);
  }

  /// Keeps a name from being given to any key.
  void reserve(String name) {
    taken.add(fold(name));
  }

  /// Keeps a name, which no column has, from being given to any key.
  void forbid(String name) {
    most += taken.add(fold(name)) ? 1 : 0;
  }

  /// Says that `key` has its column already.
  void assign(String key, String name) {
    names.put(key, name);
    reserve(name);
  }

  /// The name of a key's column, null if it has none yet.
  @Nullable String find(String key) {
    return names.get(key);
  }

  /// Gives a key, which has no column yet, a name; null if it must go without.
  @Nullable String add(String key) {
    if (key.length() > LONGEST || taken.size() >= most) {
      return null;
    }
    var name = new String(key.getBytes(UTF_8), UTF_8).replace('\0', '_'); // as it will be read back
    while (name.isEmpty() || taken.contains(fold(name))) {
      name += "_";
    }
    if (name.getBytes(UTF_8).length > mostBytes) {
      return null;
    }
    assign(key, name);
    return name;
  }

  private static String fold(String name) {
    var folded = new StringBuilder(name);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + 32));
      }
    }
    return folded.toString();
  }
}
