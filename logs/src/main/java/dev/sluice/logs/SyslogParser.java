package dev.sluice.logs;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Parses syslog as it is sent and as it is kept in files:
///
/// ```text
///   RFC 5424   <34>1 2003-10-11T22:14:15.003Z host app pid msgid [id name="value"] message
///   RFC 3164   <34>Oct 11 22:14:15 host app[pid]: message           with or without <34>
///   rsyslog    2003-10-11T22:14:15.003+02:00 host app[pid]: message  with or without <34>
/// ```
///
/// A `-` of RFC 5424 is NULL. Structured data becomes a JSON object of objects; a name that comes
/// twice has an array. A message without an app before it has the app NULL.
final class SyslogParser implements LineParser {
  private static final Shape SHAPE = new Shape(LogFormat.SYSLOG, LogFormat.SYSLOG.columns());
  private static final JsonFactory JSON = new JsonFactory();

  private static final List<String> FACILITIES =
      List.of(
          "kern",
          "user",
          "mail",
          "daemon",
          "auth",
          "syslog",
          "lpr",
          "news",
          "uucp",
          "cron",
          "authpriv",
          "ftp",
          "ntp",
          "audit",
          "alert",
          "clock",
          "local0",
          "local1",
          "local2",
          "local3",
          "local4",
          "local5",
          "local6",
          "local7");
  private static final List<String> SEVERITIES =
      List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");

  private static final int HOST = 0;
  private static final int APP = 1;
  private static final int PID = 2;
  private static final int MSGID = 3;
  private static final int FACILITY = 4;
  private static final int SEVERITY = 5;
  private static final int STRUCTURED = 6;
  private static final int MESSAGE = 7;

  private final Times times;
  private final Texts texts = new Texts();

  SyslogParser(Assumptions assumptions) {
    times = new Times(assumptions);
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    @Nullable Object[] values = new Object[SHAPE.columns().size()];
    int at = from;
    if (b[from] == '<') {
      int end = Bytes.indexOf(b, from, Math.min(to, from + 5), '>');
      long priority = end < 0 ? -1 : Bytes.digits(b, from + 1, end);
      if (priority < 0 || priority > 191) {
        return new Malformed(
            "bad-priority",
            "not a priority: %s (expected <0> to <191>)",
            Bytes.excerpt(b, from, Math.min(to, from + 8)));
      }
      values[FACILITY] = FACILITIES.get((int) priority >> 3);
      values[SEVERITY] = SEVERITIES.get((int) priority & 7);
      at = end + 1;
      if (at + 1 < to && b[at] == '1' && b[at + 1] == ' ') {
        return rfc5424(source, line, values, b, at + 2, to);
      }
    }
    String time;
    int timeEnd;
    if (at < to && Bytes.isDigit(b[at])) {
      timeEnd = wordEnd(b, at, to);
      time = isZoned(b, at, timeEnd) ? times.iso(b, at, timeEnd) : null;
    } else {
      timeEnd = at + 15 < to ? wordEnd(b, at + 15, to) : to;
      time = times.rfc3164(b, at, timeEnd);
    }
    if (time == null) {
      return noTime(b, at, to);
    }
    int host = timeEnd + 1;
    int hostEnd = wordEnd(b, host, to);
    if (host >= hostEnd || b[hostEnd - 1] == ':' || Bytes.indexOf(b, host, hostEnd, '[') >= 0) {
      return new Malformed(
          "no-host",
          "no host after the time: %s (expected host app[pid]: message)",
          Bytes.excerpt(b, Math.min(host, to), to));
    }
    values[HOST] = texts.get(b, host, hostEnd);
    int message = Math.min(hostEnd + 1, to);
    values[MESSAGE] = Bytes.text(b, tag(values, b, message, to), to);
    return new LogRecord(source, line, time, SHAPE, values);
  }

  /// Reads `app[pid]:` or `app:`, if that is what stands at `from`, and returns where the message
  /// begins.
  private int tag(@Nullable Object[] values, byte[] b, int from, int to) {
    int end = from;
    while (end < to && b[end] != ' ' && b[end] != ':' && b[end] != '[') {
      end++;
    }
    if (end == from || end == to || b[end] == ' ') {
      return from;
    }
    int at = end;
    if (b[at] == '[') {
      int close = Bytes.indexOf(b, at, to, ']');
      if (close < 0 || Bytes.indexOf(b, at, close, ' ') >= 0) {
        return from;
      }
      values[PID] = close > at + 1 ? texts.get(b, at + 1, close) : null;
      at = close + 1;
    }
    values[APP] = texts.get(b, from, end);
    if (at < to && b[at] == ':') {
      at++;
    }
    return at < to && b[at] == ' ' ? at + 1 : at;
  }

  private Parsed rfc5424(
      String source, long line, @Nullable Object[] values, byte[] b, int from, int to) {
    int end = wordEnd(b, from, to);
    String time = null;
    if (!isNil(b, from, end)) {
      time = end - from > 10 && b[from + 10] == 'T' ? times.iso(b, from, end) : null;
      if (time == null) {
        return noTime(b, from, to);
      }
    }
    int at = end + 1;
    for (int field = HOST; field <= MSGID; field++) {
      if (at >= to) {
        return tooFew(b, from, to);
      }
      end = wordEnd(b, at, to);
      if (end == at) {
        return new Malformed(
            "no-" + SHAPE.columns().get(field).name(),
            "two spaces in the header: %s (expected host app pid msgid, with - for none)",
            Bytes.excerpt(b, from, to));
      }
      values[field] = isNil(b, at, end) ? null : texts.get(b, at, end);
      at = end + 1;
    }
    if (at >= to) {
      return tooFew(b, from, to);
    }
    if (b[at] == '-') {
      at++;
    } else {
      var structured = new LinkedHashMap<String, Map<String, List<String>>>();
      int after = structured(structured, b, at, to);
      if (after < 0) {
        return new Malformed(
            "bad-structured-data",
            "not structured data: %s (expected - or [id name=\"value\"])",
            Bytes.excerpt(b, at, to));
      }
      values[STRUCTURED] = json(structured);
      at = after;
    }
    if (at < to) {
      if (b[at] != ' ') {
        return new Malformed(
            "bad-structured-data",
            "text after the structured data: %s (expected a space)",
            Bytes.excerpt(b, at, to));
      }
      at++;
      boolean mark =
          to - at >= 3
              && b[at] == (byte) 0xef
              && b[at + 1] == (byte) 0xbb
              && b[at + 2] == (byte) 0xbf;
      values[MESSAGE] = Bytes.text(b, mark ? at + 3 : at, to);
    }
    return new LogRecord(source, line, time, SHAPE, values);
  }

  /// Reads the elements that begin at `from` and returns where they end, or -1.
  private static int structured(
      Map<String, Map<String, List<String>>> elements, byte[] b, int from, int to) {
    int at = from;
    while (at < to && b[at] == '[') {
      int id = ++at;
      while (at < to && isNameByte(b[at])) {
        at++;
      }
      if (at == id) {
        return -1;
      }
      var element = elements.computeIfAbsent(Bytes.text(b, id, at), _ -> new LinkedHashMap<>());
      while (at < to && b[at] == ' ') {
        while (at < to && b[at] == ' ') {
          at++;
        }
        int name = at;
        while (at < to && isNameByte(b[at])) {
          at++;
        }
        if (at == name) {
          break;
        }
        int nameEnd = at;
        if (at + 1 >= to || b[at] != '=' || b[at + 1] != '"') {
          return -1;
        }
        int value = at + 2;
        int close = Bytes.indexOfEither(b, value, to, '"', '\\');
        while (close >= 0 && b[close] == '\\') {
          close = Bytes.indexOfEither(b, close + 2, to, '"', '\\');
        }
        if (close < 0) {
          return -1;
        }
        element
            .computeIfAbsent(Bytes.text(b, name, nameEnd), _ -> new ArrayList<>(1))
            .add(unescaped(Bytes.text(b, value, close)));
        at = close + 1;
      }
      if (at >= to || b[at] != ']') {
        return -1;
      }
      at++;
    }
    return at == from ? -1 : at;
  }

  private static boolean isNameByte(byte b) {
    return b > ' ' && b != '=' && b != ']' && b != '"' && b != 0x7f;
  }

  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    var plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() && "\"\\]".indexOf(text.charAt(i + 1)) >= 0) {
        c = text.charAt(++i);
      }
      plain.append(c);
    }
    return plain.toString();
  }

  private static Json json(Map<String, Map<String, List<String>>> elements) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      elements.forEach((id, element) -> {
        json.writeObjectPropertyStart(id);
        element.forEach((name, values) -> {
          if (values.size() == 1) {
            json.writeStringProperty(name, values.getFirst());
          } else {
            json.writeArrayPropertyStart(name);
            values.forEach(json::writeString);
            json.writeEndArray();
          }
        });
        json.writeEndObject();
      });
      json.writeEndObject();
    }
    return new Json(text.toString());
  }

  private static boolean isNil(byte[] b, int from, int to) {
    return to - from == 1 && b[from] == '-';
  }

  /// Whether this has a `T` and ends in a zone, as the times have that syslog daemons write.
  private static boolean isZoned(byte[] b, int from, int to) {
    return to - from >= 20
        && b[from + 10] == 'T'
        && (b[to - 1] == 'Z' || b[to - 6] == '+' || b[to - 6] == '-');
  }

  private static int wordEnd(byte[] b, int from, int to) {
    int end = from >= to ? -1 : Bytes.indexOf(b, from, to, ' ');
    return end < 0 ? to : end;
  }

  private static Malformed noTime(byte[] b, int from, int to) {
    return new Malformed(
        "bad-timestamp",
        "no time of syslog: %s (expected Mon dd HH:mm:ss or yyyy-MM-ddTHH:mm:ss.SSSZ)",
        Bytes.excerpt(b, from, Math.min(to, from + 40)));
  }

  private static Malformed tooFew(byte[] b, int from, int to) {
    return new Malformed(
        "too-few-fields",
        "the line ends too early: %s (expected time host app pid msgid structured-data)",
        Bytes.excerpt(b, from, to));
  }
}
