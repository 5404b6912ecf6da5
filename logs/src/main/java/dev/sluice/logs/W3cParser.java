package dev.sluice.logs;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses W3C extended, as IIS and Amazon CloudFront write it: values between spaces or tabs, in
/// the order of `#Fields:`.
///
/// A `-` is NULL; a value may be quoted. The columns are called as the fields are, with `_` for
/// what no column of SQL has in its name: `cs(User-Agent)` is `cs_user_agent`. `date` and `time`
/// together are the record's time, in UTC as the specification has it.
final class W3cParser implements LineParser {
  private static final Assumptions UTC = new Assumptions(ZoneOffset.UTC, Instant.EPOCH);

  private static final Set<String> NUMBERS =
      Set.of(
          "s_port",
          "c_port",
          "sc_status",
          "sc_substatus",
          "sc_win32_status",
          "sc_bytes",
          "cs_bytes",
          "time_taken",
          "x_edge_response_time",
          "sc_content_len",
          "bytes");

  private final Times times = new Times(UTC);
  private final Texts texts = new Texts();
  private final List<String> names;
  private final Shape shape;
  private final int date;
  private final int time;
  private final int[] places;
  private final boolean[] numbers;
  private final byte[] clock = new byte[40];

  W3cParser(List<String> fields) {
    names = unique(fields);
    date = names.indexOf("date");
    time = names.indexOf("time");
    places = new int[names.size()];
    numbers = new boolean[names.size()];
    var columns = new ArrayList<Column>();
    for (int i = 0; i < places.length; i++) {
      var name = names.get(i);
      boolean own = isTime() && (i == date || i == time);
      places[i] = own ? -1 : columns.size();
      numbers[i] = NUMBERS.contains(name);
      if (!own) {
        boolean real = name.equals("time_taken") || name.equals("x_edge_response_time");
        columns.add(
            new Column(
                name,
                real ? Column.Type.REAL : numbers[i] ? Column.Type.INTEGER : Column.Type.TEXT));
      }
    }
    shape = new Shape(LogFormat.W3C, columns);
  }

  private boolean isTime() {
    return date >= 0 && time >= 0;
  }

  private static List<String> unique(List<String> fields) {
    var names = new ArrayList<String>();
    var taken = new HashSet<String>();
    for (var field : fields) {
      var name = column(field);
      var free = name;
      for (int n = 2; !taken.add(free); n++) {
        free = name + "_" + n;
      }
      names.add(free);
    }
    return names;
  }

  /// `cs(User-Agent)` becomes `cs_user_agent`.
  private static String column(String field) {
    var name = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (letter) {
        name.append(Character.toLowerCase(c));
      } else if (!name.isEmpty() && name.charAt(name.length() - 1) != '_') {
        name.append('_');
      }
    }
    while (!name.isEmpty() && name.charAt(name.length() - 1) == '_') {
      name.setLength(name.length() - 1);
    }
    return name.isEmpty() ? "field" : name.toString();
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    if (names.isEmpty()) {
      return new Malformed(
          "no-fields", "no #Fields: before this line: %s", Bytes.excerpt(b, from, to));
    }
    @Nullable Object[] values = new Object[shape.columns().size()];
    int dateStart = 0;
    int dateEnd = 0;
    int timeStart = 0;
    int timeEnd = 0;
    int at = from;
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        at = Words.skipSpaces(b, at, to);
      }
      if (at >= to) {
        return new Malformed(
            "too-few-fields",
            "the line has %d fields (expected %d, as #Fields: has): %s",
            i,
            names.size(),
            Bytes.excerpt(b, from, to));
      }
      int start = at;
      int end;
      boolean quoted = b[at] == '"';
      if (quoted) {
        start++;
        end = closing(b, start, to);
        if (end < 0) {
          return new Malformed(
              "no-closing-quote",
              "%s has no closing quote: %s",
              names.get(i),
              Bytes.excerpt(b, start, to));
        }
        at = end + 1;
        if (at < to && b[at] != ' ' && b[at] != '\t') {
          return new Malformed(
              "trailing-text",
              "text behind the quotes of %s: %s (expected a space)",
              names.get(i),
              Bytes.excerpt(b, at, to));
        }
      } else {
        while (at < to && b[at] != ' ' && b[at] != '\t') {
          at++;
        }
        end = at;
      }
      if (places[i] < 0) {
        if (i == date) {
          dateStart = start;
          dateEnd = end;
        } else {
          timeStart = start;
          timeEnd = end;
        }
      } else {
        values[places[i]] = value(i, b, start, end, quoted);
      }
    }
    if (Words.skipSpaces(b, at, to) < to) {
      return new Malformed(
          "too-many-fields",
          "the line has more than %d fields: %s (expected as many as #Fields: has)",
          names.size(),
          Bytes.excerpt(b, at, to));
    }
    String stamp = null;
    if (isTime()) {
      stamp = stamp(b, dateStart, dateEnd, timeStart, timeEnd);
      if (stamp == null) {
        return new Malformed(
            "bad-timestamp",
            "not a date and time: %s %s (expected yyyy-MM-dd and HH:mm:ss)",
            Bytes.excerpt(b, dateStart, dateEnd),
            Bytes.excerpt(b, timeStart, timeEnd));
      }
    }
    return new LogRecord(source, line, stamp, shape, values);
  }

  /// A quote in quotes is doubled.
  private static int closing(byte[] b, int from, int to) {
    int close = Bytes.indexOf(b, from, to, '"');
    while (close >= 0 && close + 1 < to && b[close + 1] == '"') {
      close = Bytes.indexOf(b, close + 2, to, '"');
    }
    return close;
  }

  private @Nullable Object value(int field, byte[] b, int from, int to, boolean quoted) {
    if (!quoted && Words.isNil(b, from, to)) {
      return null;
    }
    if (numbers[field]) {
      var number = Numbers.plain(b, from, to);
      if (number != null) {
        boolean real = shape.columns().get(places[field]).type() == Column.Type.REAL;
        return real && number instanceof Long whole ? (Object) whole.doubleValue() : number;
      }
    }
    var text = texts.get(b, from, to);
    return quoted ? text.replace("\"\"", "\"") : text;
  }

  private @Nullable String stamp(byte[] b, int dateStart, int dateEnd, int timeStart, int timeEnd) {
    int days = dateEnd - dateStart;
    int length = days + 1 + timeEnd - timeStart;
    if (length > clock.length) {
      return null;
    }
    byte[] utf8 = clock;
    System.arraycopy(b, dateStart, utf8, 0, days);
    utf8[days] = (byte) 'T';
    System.arraycopy(b, timeStart, utf8, days + 1, timeEnd - timeStart);
    return times.iso(utf8, 0, length);
  }
}
