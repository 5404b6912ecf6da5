package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Grows JSON text as UTF-8. It checks no grammar: whoever appends knows what comes next.
///
/// Written by hand since a generator refuses what a log may well hold: half of a surrogate pair,
/// which becomes `\ud800` here and so survives.
final class JsonBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

  private byte[] bytes = new byte[8 * 1024];
  private int length;

  int length() {
    return length;
  }

  JsonBuffer raw(String text) {
    return raw(text.getBytes(UTF_8));
  }

  JsonBuffer raw(byte[] text) {
    room(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  JsonBuffer raw(char ascii) {
    room(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  /// A value as [LogRecord] holds it.
  JsonBuffer value(@Nullable Object value) {
    return switch (value) {
      case null -> raw("null");
      case String text -> string(text);
      case Json json -> raw(json.text());
      case Double number when !Double.isFinite(number) -> string(number.toString());
      case Long number -> number(number);
      default -> raw(value.toString());
    };
  }

  JsonBuffer number(long number) {
    if (number < 0) {
      return raw(Long.toString(number));
    }
    room(19);
    length = Bytes.putDigits(bytes, length, number);
    return this;
  }

  JsonBuffer string(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    return isSame(text, utf8) ? ascii(utf8) : any(text);
  }

  /// Whether `utf8` has a byte for each character of `text`, which is the same: not so beyond
  /// ASCII, and where a `?` stands for half of a surrogate pair.
  private static boolean isSame(String text, byte[] utf8) {
    if (text.length() != utf8.length) {
      return false;
    }
    int mark = Bytes.indexOf(utf8, 0, utf8.length, '?');
    while (mark >= 0) {
      if (text.charAt(mark) != '?') {
        return false;
      }
      mark = Bytes.indexOf(utf8, mark + 1, utf8.length, '?');
    }
    return true;
  }

  private JsonBuffer ascii(byte[] text) {
    room(6L * text.length + 2);
    bytes[length++] = '"';
    int from = 0;
    while (true) {
      int at = Bytes.stringEnd(text, from, text.length);
      System.arraycopy(text, from, bytes, length, at - from);
      length += at - from;
      if (at == text.length) {
        bytes[length++] = '"';
        return this;
      }
      length = escape(bytes, length, (char) text[at]);
      from = at + 1;
    }
  }

  private JsonBuffer any(String text) {
    int count = text.length();
    room(6L * count + 2);
    byte[] to = bytes;
    int at = length;
    to[at++] = '"';
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (c >= ' ' && c != '"' && c != '\\') {
          to[at++] = (byte) c;
        } else {
          at = escape(to, at, c);
        }
      } else if (c < 0x800) {
        to[at++] = (byte) (0xC0 | (c >> 6));
        to[at++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        to[at++] = (byte) (0xE0 | (c >> 12));
        to[at++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        to[at++] = (byte) (0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < count
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        to[at++] = (byte) (0xF0 | (point >> 18));
        to[at++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        to[at++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        to[at++] = (byte) (0x80 | (point & 0x3F));
      } else {
        at = escape(to, at, c);
      }
    }
    to[at++] = '"';
    length = at;
    return this;
  }

  private static int escape(byte[] to, int start, char c) {
    int at = start;
    to[at++] = '\\';
    switch (c) {
      case '"', '\\' -> to[at++] = (byte) c;
      case '\n' -> to[at++] = 'n';
      case '\r' -> to[at++] = 'r';
      case '\t' -> to[at++] = 't';
      default -> {
        to[at++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
          to[at++] = HEX[(c >> shift) & 0xF];
        }
      }
    }
    return at;
  }

  /// Hands on what is here and begins anew.
  void drainTo(OutputStream out) throws IOException {
    int count = length;
    length = 0;
    out.write(bytes, 0, count);
  }

  /// Returns what is here and begins anew.
  byte[] take() {
    var taken = Arrays.copyOf(bytes, length);
    length = 0;
    return taken;
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, UTF_8);
  }

  private void room(long more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(length + more, 2L * bytes.length)));
    }
  }
}
