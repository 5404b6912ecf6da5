package dev.sluice.logs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gathers the keys and values of one line after the other, for the formats whose records bring
/// their own columns. For one thread at a time.
///
/// A later value of the same key replaces the earlier one. One of the keys that usually hold a time
/// gives the record its time; it stays a column, unless its name is exactly `time`.
final class Fields {

  /*
   * Shapes are found as hidden classes are: a tree whose edges are keys. A line walks from the root along its keys,
   * and lines with the same keys in the same order end at the same node, which has their shape.
   *
   *     root --level--> o --msg--> o (level, msg)
   *                                 \--user--> o (level, msg, user)
   *
   * The types of a node's columns only ever widen (not yet known, INTEGER, REAL, TEXT), each a few times, so that
   * its shape soon stays the same.
   *
   * A stranger chooses the keys. So the tree is thrown away when it weighs too much, and a line with very many keys
   * does not enter it: it gets a shape of its own.
   */

  private static final int MOST_KEYS = 512;
  private static final int MOST_WEIGHT = 16_384;

  /// Which keys hold a time; where a record has several of them, the first in this list wins.
  private static final List<String> TIME_KEYS =
      List.of(
          "time",
          "timestamp",
          "@timestamp",
          "ts",
          "datetime",
          "date",
          "eventtime",
          "event_time",
          "@t",
          "t");

  private static final int NO_TIME = TIME_KEYS.size();
  private static final int LONGEST_TIME_KEY = 10;

  private final LogFormat format;
  private final Times times;
  private Wanted wanted = Wanted.ALL;
  private boolean sameRecordWillDo;
  private Node root = new Node(null, "");
  private int weight;

  private Node node = root;
  private @Nullable Object[] values = new Object[16];
  private int count;
  private @Nullable Map<String, @Nullable Object> many;
  private @Nullable String time;
  private int timeRank;

  Fields(LogFormat format, Assumptions assumptions) {
    this.format = format;
    times = new Times(assumptions);
  }

  /// Tells what of the records will be looked at. Whoever adds other values does no harm.
  void want(Wanted some) {
    wanted = some;
    sameRecordWillDo = some.sameRecordWillDo();
  }

  /// Whether the value of a key must be added, as it is a column that is wanted or may be the time.
  boolean wants(String key) {
    return wanted.column(key) || (wanted.time() && mayBeTime(key));
  }

  /// Whether the value of a key may give a record its time.
  static boolean mayBeTime(String key) {
    return timeRank(key) < NO_TIME;
  }

  /// Forgets the last line.
  void begin() {
    if (weight > MOST_WEIGHT) {
      root = new Node(null, "");
      weight = 0;
    }
    node = root;
    count = 0;
    many = null;
    time = null;
    timeRank = NO_TIME;
  }

  /// Adds a value whose digits or text are `text` where it may be a time.
  void put(String key, @Nullable Object value, @Nullable String text) {
    var last = node.recent;
    put(last != null && last.key.equals(key) ? last : child(key), key, value, text);
  }

  /// Adds a value whose key is `[from, to)` of `bytes`.
  void put(byte[] bytes, int from, int to, @Nullable Object value, @Nullable String text) {
    var last = node.recent;
    if (last != null && Arrays.equals(bytes, from, to, last.utf8, 0, last.utf8.length)) {
      put(last, last.key, value, text);
    } else {
      put(Bytes.text(bytes, from, to), value, text);
    }
  }

  /// Adds a value whose key is `[from, to)` of `bytes`, and whose digits or text are `[textFrom,
  /// textTo)`.
  void put(byte[] bytes, int from, int to, @Nullable Object value, int textFrom, int textTo) {
    var last = node.recent;
    if (last == null || !Arrays.equals(bytes, from, to, last.utf8, 0, last.utf8.length)) {
      put(Bytes.text(bytes, from, to), value, Bytes.text(bytes, textFrom, textTo));
    } else {
      var text = last.timeRank < NO_TIME ? Bytes.text(bytes, textFrom, textTo) : null;
      put(last, last.key, value, text);
    }
  }

  /// @param child where `key` leads from the current node; null if this line has the key already,
  ///   or too many keys
  private void put(
      @Nullable Node child, String key, @Nullable Object value, @Nullable String text) {
    int rank = child != null ? child.timeRank : timeRank(key);
    if (rank <= timeRank && rank < NO_TIME && text != null && wanted.time()) {
      var read = times.value(text);
      if (read != null) {
        if (rank < timeRank) {
          time = read;
          timeRank = rank;
        }
        if (key.equals("time")) {
          time = read;
          return;
        }
      }
    }
    if (child != null) {
      node.recent = child;
      node = child;
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = value;
    } else if (many != null) {
      many.put(key, value);
    } else {
      values[node.indexOf(key)] = value;
    }
  }

  private @Nullable Node child(String key) {
    if (many != null) {
      return null;
    }
    var child = node.children.get(key);
    if (child != null) {
      return child;
    }
    if (node.indexOf(key) >= 0) {
      return null;
    }
    if (count == MOST_KEYS) {
      many = new LinkedHashMap<>();
      var keys = node.keys();
      for (int i = 0; i < count; i++) {
        many.put(keys.get(i), values[i]);
      }
      return null;
    }
    child = new Node(node, key);
    node.children.put(key, child);
    weight += 1 + key.length() / 16;
    return child;
  }

  private static int timeRank(String key) {
    if (key.length() > LONGEST_TIME_KEY) {
      return NO_TIME;
    }
    int rank = TIME_KEYS.indexOf(key.toLowerCase(Locale.ROOT));
    return rank < 0 ? NO_TIME : rank;
  }

  /// Makes the record of what was added.
  LogRecord record(String source, long line) {
    if (many != null) {
      var columns = new ArrayList<Column>(many.size());
      many.forEach((key, value) -> columns.add(new Column(key, known(typeOf(value)))));
      return new LogRecord(
          source, line, time, new Shape(format, columns), many.values().toArray(new Object[0]));
    }
    if (sameRecordWillDo) {
      return node.sameRecord(source, line);
    }
    var own = Arrays.copyOf(values, count);
    return new LogRecord(source, line, time, node.shape(), own);
  }

  static Column.@Nullable Type typeOf(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    // No switch over types: Java would make a class for it at each start.
    return value instanceof String
        ? Column.Type.TEXT
        : value instanceof Long
            ? Column.Type.INTEGER
            : value instanceof Double
                ? Column.Type.REAL
                : value instanceof Boolean ? Column.Type.BOOLEAN : Column.Type.JSON;
  }

  private static Column.Type known(Column.@Nullable Type type) {
    return type == null ? Column.Type.TEXT : type;
  }

  static Column.Type wider(Column.@Nullable Type one, Column.Type other) {
    if (one == null || one == other) {
      return other;
    }
    boolean numbers =
        (one == Column.Type.INTEGER || one == Column.Type.REAL)
            && (other == Column.Type.INTEGER || other == Column.Type.REAL);
    return numbers ? Column.Type.REAL : Column.Type.TEXT;
  }

  /// A sequence of keys: those of its parent, and one more.
  private final class Node {
    final @Nullable Node parent;
    final String key;
    final byte[] utf8;
    final int timeRank;
    final Map<String, Node> children = new HashMap<>(4);
    @Nullable Node recent;
    private Column.@Nullable Type @Nullable [] types;
    private @Nullable Shape shape;
    private @Nullable LogRecord same;

    Node(@Nullable Node parent, String key) {
      this.parent = parent;
      this.key = key;
      utf8 = key.getBytes(StandardCharsets.UTF_8);
      timeRank = timeRank(key);
    }

    List<String> keys() {
      var keys = new ArrayList<String>();
      for (Node at = this; at.parent != null; at = at.parent) {
        keys.add(at.key);
      }
      return keys.reversed();
    }

    int indexOf(String wanted) {
      int distance = 0;
      for (Node at = this; at.parent != null; at = at.parent) {
        if (at.key.equals(wanted)) {
          return count - 1 - distance;
        }
        distance++;
      }
      return -1;
    }

    /// The record of this node, with what was added now.
    LogRecord sameRecord(String source, long line) {
      var record = same;
      var now = shape();
      if (record == null || record.shape() != now || !record.source().equals(source)) {
        record = new LogRecord(source, line, null, now, new Object[count]);
        same = record;
      }
      System.arraycopy(values, 0, record.values(), 0, count);
      return record;
    }

    /// The shape of records of this node, with what was added now among them.
    Shape shape() {
      if (types == null) {
        types = new Column.Type[count];
        weight += count;
      }
      boolean widened = false;
      for (int i = 0; i < count; i++) {
        var type = typeOf(values[i]);
        if (type != null && type != types[i]) {
          var wide = wider(types[i], type);
          widened |= wide != types[i];
          types[i] = wide;
        }
      }
      if (shape == null || widened) {
        var keys = keys();
        var columns = new ArrayList<Column>(keys.size());
        for (int i = 0; i < count; i++) {
          columns.add(new Column(keys.get(i), known(types[i])));
        }
        shape = new Shape(format, columns);
      }
      return shape;
    }
  }
}
