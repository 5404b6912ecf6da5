package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values of a record as the bytes of a key, and back: so that they can be counted without an
/// object for each. Equal bytes mean the same values of the same types.
///
/// ```text
///   key   = value*
///   value = 0 | 1 long: 8 | 2 double: 8 | 3 (true) | 4 (false) | 5 length: 4 UTF-8 | 6 length: 4 JSON
///         | 7 minutes since 1970: 8
/// ```
final class KeyBytes {
  private static final byte NULL = 0;
  private static final byte LONG = 1;
  private static final byte DOUBLE = 2;
  private static final byte TRUE = 3;
  private static final byte FALSE = 4;
  private static final byte TEXT = 5;
  private static final byte JSON = 6;
  private static final byte TIME = 7;

  /// The length of `yyyy-MM-ddTHH:mm`.
  private static final int MINUTE = 16;

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");

  private byte[] bytes = new byte[256];
  private int length;

  private @Nullable String lastTime;
  private long lastBucket;

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  /// Appends a value as [LogRecord] holds it; what else it may be, as its text.
  void value(@Nullable Object value) {
    if (value == null) {
      tag(NULL);
    } else if (value instanceof Long number) { // no switch: Java would make a class for it
      number(LONG, number);
    } else if (value instanceof Boolean truth) {
      tag(truth ? TRUE : FALSE);
    } else if (value instanceof Double number) {
      number(DOUBLE, Double.doubleToLongBits(number));
    } else if (value instanceof Json json) {
      text(JSON, json.text());
    } else {
      text(TEXT, value.toString());
    }
  }

  /// Appends when the span of `minutes` begins in which `time` is.
  ///
  /// @param time as a record has it
  void time(@Nullable String time, int minutes) {
    if (time == null) {
      tag(NULL);
      return;
    }
    if (lastTime == null || !time.regionMatches(0, lastTime, 0, MINUTE)) {
      lastBucket = Math.floorDiv(minute(time), minutes) * minutes;
      lastTime = time;
    }
    number(TIME, lastBucket);
  }

  private static long minute(String time) {
    long day = LocalDate.parse(time.substring(0, 10)).toEpochDay();
    int hour = Integer.parseInt(time, 11, 13, 10);
    return 24 * 60 * day + 60L * hour + Integer.parseInt(time, 14, MINUTE, 10);
  }

  private void tag(byte tag) {
    room(1);
    bytes[length++] = tag;
  }

  private void number(byte tag, long number) {
    tag(tag);
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (number >>> shift);
    }
  }

  private void text(byte tag, String text) {
    tag(tag);
    int count = text.length();
    room(4L + count);
    int start = length + 4;
    int at = start;
    int i = 0;
    for (; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        break;
      }
      bytes[at++] = (byte) c;
    }
    if (i < count) {
      byte[] rest = text.substring(i).getBytes(UTF_8);
      length = at;
      room(rest.length);
      System.arraycopy(rest, 0, bytes, at, rest.length);
      at += rest.length;
    }
    ByteBuffer.wrap(bytes).putInt(start - 4, at - start);
    length = at;
  }

  private void room(long more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(length + more, 2L * bytes.length)));
    }
  }

  /// The values of which a key was made; the beginning of a span is a text in ISO-8601.
  static List<@Nullable Object> values(byte[] bytes, int from, int length) {
    var values = new ArrayList<@Nullable Object>();
    var key = ByteBuffer.wrap(bytes, from, length);
    while (key.hasRemaining()) {
      values.add(
          switch (key.get()) {
            case LONG -> (Object) key.getLong();
            case DOUBLE -> (Object) Double.longBitsToDouble(key.getLong());
            case TRUE -> (Object) true;
            case FALSE -> (Object) false;
            case TEXT -> text(key);
            case JSON -> new Json(text(key));
            case TIME ->
                SECONDS.format(LocalDateTime.ofEpochSecond(60 * key.getLong(), 0, ZoneOffset.UTC));
            default -> null;
          });
    }
    return values;
  }

  /// The span of time with which a key begins, in minutes since 1970; the least `long` if there is
  /// none.
  static long time(byte[] bytes, int from) {
    return bytes[from] == TIME ? ByteBuffer.wrap(bytes).getLong(from + 1) : Long.MIN_VALUE;
  }

  private static String text(ByteBuffer key) {
    byte[] text = new byte[key.getInt()];
    key.get(text);
    return new String(text, UTF_8);
  }
}
