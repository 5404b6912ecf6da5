package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parses single lines for the tests of the formats.
final class Lines {
  static final Assumptions UTC =
      new Assumptions(ZoneOffset.UTC, Instant.parse("2026-06-15T12:00:00Z"));

  private final LineParser parser;

  Lines(LogFormat format) {
    this(format, UTC);
  }

  Lines(LogFormat format, Assumptions assumptions) {
    parser = format.newParser(assumptions);
  }

  Parsed parse(String line) {
    return parse(line.getBytes(StandardCharsets.UTF_8));
  }

  /// Parses `line` in the middle of other bytes, which must not matter.
  Parsed parse(byte[] line) {
    byte[] around = new byte[line.length + 14];
    Arrays.fill(around, (byte) '"');
    System.arraycopy(line, 0, around, 7, line.length);
    return parser.parse("app.log", 3, around, 7, 7 + line.length);
  }

  LogRecord record(String line) {
    return record(line.getBytes(StandardCharsets.UTF_8));
  }

  LogRecord record(byte[] line) {
    var parsed = parse(line);
    assertThat(parsed).isInstanceOf(LogRecord.class);
    return (LogRecord) parsed;
  }

  /// The values of `line` by column, those that are null left out.
  Map<String, Object> values(String line) {
    return values(record(line));
  }

  static Map<String, Object> values(LogRecord record) {
    var values = new LinkedHashMap<String, Object>();
    for (int i = 0; i < record.values().length; i++) {
      var value = record.values()[i];
      if (value != null) {
        values.put(record.shape().columns().get(i).name(), value);
      }
    }
    return values;
  }

  @Nullable String time(String line) {
    return record(line).time();
  }

  String reason(String line) {
    return reason(line.getBytes(StandardCharsets.UTF_8));
  }

  String reason(byte[] line) {
    var parsed = parse(line);
    assertThat(parsed).isInstanceOf(Malformed.class);
    var malformed = (Malformed) parsed;
    assertThat(malformed.detail()).hasSizeLessThan(400).doesNotContainPattern("\\p{Cntrl}");
    return malformed.reason();
  }
}
