package dev.sluice.logs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Parses the access log of an AWS application load balancer: values between spaces, quoted where
/// they may have some, in the order that AWS documents. Newer fields at the end may be missing, and
/// those that are newer than this are in `further`, as they stand.
///
/// A `-` is NULL, and so is a time of -1, which AWS writes where there was no answer.
final class AlbParser implements LineParser {
  private static final List<Column> COLUMNS = LogFormat.ALB.columns();

  /// Where in the columns the fields from the agent on begin, and where they end.
  private static final int AGENT = 16;

  private static final int REQUEST = COLUMNS.size() - 2;
  private static final int FURTHER = COLUMNS.size() - 1;

  /// The fields up to the agent that each line has.
  private static final int LEAST_FIELDS = 14;

  private static final Shape SHAPE = new Shape(LogFormat.ALB, COLUMNS);

  private final Times times;
  private final Texts texts = new Texts();

  private int start;
  private int end;
  private boolean quoted;

  AlbParser(Assumptions assumptions) {
    times = new Times(assumptions);
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    @Nullable Object[] values = new Object[COLUMNS.size()];
    String time = null;
    int at = from;
    int field = 0;
    int column = AGENT;
    while (at < to) {
      int next = next(b, at, to);
      if (next < 0) {
        return new Malformed(
            "no-closing-quote", "a field has no closing quote: %s", Bytes.excerpt(b, at, to));
      }
      if (field == 1) {
        time = times.iso(b, start, end);
        if (time == null) {
          return new Malformed(
              "bad-timestamp",
              "not a time: %s (expected yyyy-MM-ddTHH:mm:ss.SSSSSSZ)",
              Bytes.excerpt(b, start, end));
        }
      } else if (field < 12) {
        var wrong = leading(values, field, b);
        if (wrong != null) {
          return wrong;
        }
      } else if (field == 12) {
        request(values, b);
      } else if (column < REQUEST) {
        values[column] = value(column, b);
        column++;
      } else {
        values[FURTHER] = Bytes.text(b, at, to);
        next = to;
      }
      field++;
      at = next;
    }
    return field < LEAST_FIELDS
        ? new Malformed(
            "too-few-fields",
            "the line has %d fields (expected at least %d): %s",
            field,
            LEAST_FIELDS,
            Bytes.excerpt(b, from, to))
        : new LogRecord(source, line, time, SHAPE, values);
  }

  /// Finds the field that begins at `from` and returns where the next one does, or -1.
  private int next(byte[] b, int from, int to) {
    quoted = b[from] == '"';
    start = quoted ? from + 1 : from;
    end = quoted ? Words.closing(b, start, to) : Words.end(b, start, to);
    if (end < 0) {
      return -1;
    }
    int after = quoted ? end + 1 : end;
    return after < to && b[after] == ' ' ? after + 1 : after == to ? to : -1;
  }

  private @Nullable Malformed leading(@Nullable Object[] values, int field, byte[] b) {
    switch (field) {
      case 0 -> values[0] = texts.get(b, start, end);
      case 2 -> values[1] = texts.get(b, start, end);
      case 3 -> address(values, 2, b);
      case 4 -> address(values, 4, b);
      default -> {
        int column = field + 1; // a port is behind each address, and the time is no column
        if (Words.isNil(b, start, end) || Bytes.matches(b, start, end, "-1")) {
          return null;
        }
        var number = Numbers.plain(b, start, end);
        boolean real = COLUMNS.get(column).type() == Column.Type.REAL;
        if (number instanceof Long whole && real) {
          number = whole.doubleValue();
        }
        if (!(real ? number instanceof Double : number instanceof Long)) {
          return new Malformed(
              "bad-number",
              "%s is not a number: %s",
              COLUMNS.get(column).name(),
              Bytes.excerpt(b, start, end));
        }
        values[column] = number;
      }
    }
    return null;
  }

  private void address(@Nullable Object[] values, int column, byte[] b) {
    if (Words.isNil(b, start, end)) {
      return;
    }
    int colon = end - 1;
    while (colon > start && b[colon] != ':') {
      colon--;
    }
    long port = colon > start ? Bytes.digits(b, colon + 1, end) : -1;
    values[column] = texts.get(b, start, port < 0 ? end : colon);
    values[column + 1] = port < 0 ? null : (Object) port;
  }

  private void request(@Nullable Object[] values, byte[] b) {
    int method = Bytes.indexOf(b, start, end, ' ');
    int protocol = end;
    while (protocol > start && b[protocol - 1] != ' ') {
      protocol--;
    }
    if (method > start && protocol - 1 > method) {
      values[13] = texts.get(b, start, method);
      values[14] = Words.unescaped(b, method + 1, protocol - 1);
      values[15] = Bytes.matches(b, protocol, end, "-") ? null : texts.get(b, protocol, end);
    } else {
      values[REQUEST] = Words.unescaped(b, start, end);
    }
  }

  private @Nullable Object value(int column, byte[] b) {
    if (start == end || Words.isNil(b, start, end)) {
      return null;
    }
    if (COLUMNS.get(column).type() == Column.Type.INTEGER) {
      var number = Numbers.plain(b, start, end);
      if (number != null) {
        return number;
      }
    }
    return quoted ? Words.unescaped(b, start, end) : texts.get(b, start, end);
  }
}
