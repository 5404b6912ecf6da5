package dev.sluice.logs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Parses what a container runtime has wrapped: takes the lines out and gives them to the parser of
/// the format within. The record has its columns behind `stream` and `logged`, which is when the
/// runtime got the line; where the line tells no time, that is its time as well.
final class WrappedParser implements LineParser {
  private static final List<Column> FIRST =
      List.of(new Column("stream", Column.Type.TEXT), new Column("logged", Column.Type.TEXT));

  private final LogFormat format;
  private final Shape empty;
  private final LineParser inner;
  private final Times times;
  private final WrappedLine wrapped = new WrappedLine();
  private final ShapeCache<Shape> shapes = new ShapeCache<>();
  private byte[] content = new byte[1024];
  private int length;

  WrappedParser(LogFormat format, Dialect inner, Assumptions assumptions) {
    this.format = format;
    empty = new Shape(format, List.of());
    this.inner = inner.newParser(assumptions);
    times = new Times(assumptions);
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    length = 0;
    String logged = null;
    boolean error = false;
    boolean open = false;
    int at = from;
    while (at < to) {
      int newline = Bytes.indexOf(b, at, to, '\n');
      int end = newline < 0 ? to : newline;
      if (!Bytes.isBlank(b, at, end)) {
        if (!wrapped.read(format == LogFormat.DOCKER, b, at, end)) {
          return notWrapped(b, at, end);
        }
        if (logged == null) {
          logged = times.iso(b, wrapped.timeStart(), wrapped.timeEnd());
          error = wrapped.isError();
          if (logged == null) {
            return new Malformed(
                "bad-timestamp",
                "no time of the runtime: %s (expected yyyy-MM-ddTHH:mm:ss.SSSZ)",
                Bytes.excerpt(b, wrapped.timeStart(), wrapped.timeEnd()));
          }
        } else if (!open) {
          put((byte) '\n');
        }
        open = wrapped.isPartial();
        if (format == LogFormat.DOCKER) {
          decode(b, wrapped.contentStart(), wrapped.contentEnd());
        } else {
          put(b, wrapped.contentStart(), wrapped.contentEnd());
        }
      }
      at = end + 1;
    }
    if (length > 0 && content[length - 1] == '\r') {
      length--;
    }
    var parsed =
        Bytes.isBlank(content, 0, length)
            ? new LogRecord(source, line, null, empty, new Object[0])
            : inner.parse(source, line, content, 0, length);
    return parsed instanceof LogRecord record ? outer(record, error, logged) : parsed;
  }

  private LogRecord outer(LogRecord record, boolean error, @Nullable String logged) {
    var shape = shapes.get(record.shape());
    if (shape == null) {
      var columns = new ArrayList<>(FIRST);
      columns.addAll(record.shape().columns());
      shape = new Shape(format, columns);
      shapes.put(record.shape(), shape);
    }
    var own = record.values();
    @Nullable Object[] values = new Object[FIRST.size() + own.length];
    values[0] = error ? "stderr" : "stdout";
    values[1] = logged;
    System.arraycopy(own, 0, values, FIRST.size(), own.length);
    var time = record.time() == null ? logged : record.time();
    return new LogRecord(record.source(), record.line(), time, shape, values);
  }

  private Malformed notWrapped(byte[] b, int from, int to) {
    return new Malformed(
        "not-wrapped",
        "not a line of a container runtime: %s (expected %s)",
        Bytes.excerpt(b, from, to),
        format == LogFormat.DOCKER
            ? "{\"log\":...,\"stream\":...,\"time\":...}"
            : "time stdout|stderr F|P text");
  }

  /// Decodes the escapes of JSON.
  private void decode(byte[] b, int from, int to) {
    int at = from;
    while (at < to) {
      int escape = Bytes.indexOf(b, at, to, '\\');
      int end = escape < 0 ? to : escape;
      put(b, at, end);
      at = end;
      if (escape < 0) {
        return;
      }
      byte kind = escape + 1 < to ? b[escape + 1] : 0;
      at = escape + 2;
      switch (kind) {
        case 'n' -> put((byte) '\n');
        case 'r' -> put((byte) '\r');
        case 't' -> put((byte) '\t');
        case 'b' -> put((byte) '\b');
        case 'f' -> put((byte) '\f');
        case 'u' -> at = unit(b, escape, to);
        case 0 -> put((byte) '\\');
        default -> put(kind);
      }
    }
  }

  /// Decodes `\\uXXXX`, with the second half of a pair if one follows, and returns where it ends.
  private int unit(byte[] b, int from, int to) {
    int first = hex(b, from + 2, to);
    if (first < 0) {
      put((byte) '\\');
      return from + 1;
    }
    int second =
        Character.isHighSurrogate((char) first) && Bytes.startsWith(b, from + 6, to, "\\u")
            ? hex(b, from + 8, to)
            : -1;
    boolean pair = second >= 0 && Character.isLowSurrogate((char) second);
    var text =
        pair
            ? Character.toString(Character.toCodePoint((char) first, (char) second))
            : Character.isSurrogate((char) first) ? "\ufffd" : String.valueOf((char) first);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    put(utf8, 0, utf8.length);
    return from + (pair ? 12 : 6);
  }

  private static int hex(byte[] b, int from, int to) {
    if (from + 4 > to) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = b[i] < 0 ? -1 : Character.digit(b[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = 16 * value + digit;
    }
    return value;
  }

  private void put(byte one) {
    room(1);
    content[length++] = one;
  }

  private void put(byte[] b, int from, int to) {
    room(to - from);
    System.arraycopy(b, from, content, length, to - from);
    length += to - from;
  }

  private void room(int more) {
    if (length + more > content.length) {
      content = Arrays.copyOf(content, Math.max(length + more, 2 * content.length));
    }
  }
}
