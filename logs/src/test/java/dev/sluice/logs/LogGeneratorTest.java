package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogGeneratorTest {
  /// Some of the reasons for which the bad lines of a format are rejected.
  private static final Map<LogFormat, List<String>> REASONS =
      Map.of(
          LogFormat.COMBINED,
          List.of(
              "no-timestamp", "bad-timestamp", "bad-status", "no-closing-quote", "trailing-text"),
          LogFormat.COMMON,
          List.of(
              "no-timestamp", "bad-timestamp", "bad-status", "no-closing-quote", "trailing-text"),
          LogFormat.JSON,
          List.of("not-an-object", "truncated", "bad-json", "trailing-text"),
          LogFormat.LOGFMT,
          List.of("no-pair", "bad-key", "no-closing-quote", "unexpected-quote"),
          LogFormat.SYSLOG,
          List.of("bad-timestamp", "bad-priority", "bad-structured-data", "too-few-fields"));

  private static byte[] lines(LogFormat format, long seed, double bad, long count)
      throws Exception {
    var out = new ByteArrayOutputStream();
    new LogGenerator(format, seed, bad).lines(count, out);
    return out.toByteArray();
  }

  /// What the parser makes of a whole log.
  private record Outcome(List<LogRecord> records, List<Rejected> rejected) {}

  private static Outcome parse(LogFormat format, byte[] log) throws Exception {
    var outcome = new Outcome(new ArrayList<>(), new ArrayList<>());
    var framer = new LineFramer("app.log", new ByteArrayInputStream(log));
    framer.format(format);
    var parser = new BlockParser(Lines.UTC, _ -> true);
    for (var block = framer.next(); block != null; block = framer.next()) {
      var parsed = parser.parse(block);
      outcome.records().addAll(parsed.records());
      outcome.rejected().addAll(parsed.rejected());
    }
    return outcome;
  }

  @ParameterizedTest
  @CsvSource({
    "COMBINED, 528cfc46",
    "COMMON, fbaaeffb",
    "JSON, 4555a947",
    "SYSLOG, e73539b1",
    "LOGFMT, e317789e",
  })
  void a_seed_gives_the_same_bytes_everywhere(LogFormat format, String crc) throws Exception {
    var sum = new CRC32();
    sum.update(lines(format, 42, 5, 20_000));

    assertThat(Long.toHexString(sum.getValue())).isEqualTo(crc);
  }

  @Test
  void seeds_differ() throws Exception {
    assertThat(lines(LogFormat.JSON, 1, 0, 10)).isNotEqualTo(lines(LogFormat.JSON, 2, 0, 10));
  }

  static Set<LogFormat> generated() {
    return LogGenerator.FORMATS;
  }

  static Stream<LogFormat> damageable() {
    return LogGenerator.FORMATS.stream().filter(format -> format != LogFormat.PLAIN);
  }

  @Test
  void other_formats_cannot_be_made() {
    assertThatThrownBy(() -> new LogGenerator(LogFormat.ALB, 1, 0))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("alb logs cannot be made (expected combined, common, json");
  }

  @ParameterizedTest
  @MethodSource("generated")
  void every_line_of_a_sound_log_is_a_record(LogFormat format) throws Exception {
    var parsed = parse(format, lines(format, 3, 0, 30_000));

    assertThat(parsed.rejected()).isEmpty();
    assertThat(parsed.records()).hasSize(30_000);
  }

  @ParameterizedTest
  @MethodSource("damageable")
  void exactly_the_bad_lines_are_rejected_for_varied_reasons(LogFormat format) throws Exception {
    for (double percent : new double[] {0.1, 33.3333, 100}) {
      var out = new ByteArrayOutputStream();
      var written = new LogGenerator(format, 5, percent).lines(8_000, out);

      var parsed = parse(format, out.toByteArray());

      assertThat(written.lines()).isEqualTo(8_000);
      assertThat(written.bytes()).isEqualTo(out.size());
      assertThat((double) written.bad()).isBetween(80 * percent - 1, 80 * percent + 1);
      assertThat(parsed.rejected()).hasSize((int) written.bad());
      assertThat(parsed.records()).hasSize((int) (8_000 - written.bad()));
      if (percent > 1) {
        assertThat(parsed.rejected())
            .extracting(Rejected::reason)
            .containsAll(Objects.requireNonNull(REASONS.get(format)));
      }
    }
  }

  @Test
  void a_log_of_one_percent_has_ten_bad_lines_in_a_thousand() throws Exception {
    assertThat(parse(LogFormat.COMBINED, lines(LogFormat.COMBINED, 9, 1, 1_000)).rejected())
        .hasSize(10);
  }

  @Test
  void a_size_is_reached_with_the_line_that_reaches_it() throws Exception {
    var out = new ByteArrayOutputStream();
    var written = new LogGenerator(LogFormat.COMBINED, 1, 0).bytes(300_000, out);

    var log = out.toString(UTF_8);
    assertThat(written.bytes()).isEqualTo(out.size()).isGreaterThanOrEqualTo(300_000);
    assertThat(log.lastIndexOf('\n', log.length() - 2)).isLessThan(300_000);
    assertThat(log).endsWith("\n");
    assertThat(written.lines()).isEqualTo(log.lines().count());
    assertThat(new LogGenerator(LogFormat.JSON, 1, 0).bytes(0, out).lines()).isZero();
  }

  @Test
  void a_second_call_goes_on_where_the_first_stopped() throws Exception {
    var out = new ByteArrayOutputStream();
    var generator = new LogGenerator(LogFormat.SYSLOG, 1, 10);
    var first = generator.lines(700, out);
    var second = generator.lines(300, out);

    assertThat(out.toByteArray()).isEqualTo(lines(LogFormat.SYSLOG, 1, 10, 1_000));
    assertThat(first.bad() + second.bad()).isEqualTo(100);
    assertThat(first.bytes() + second.bytes()).isEqualTo(out.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"COMBINED", "COMMON", "JSON", "LOGFMT"})
  void times_begin_with_the_year_and_never_go_back(LogFormat format) throws Exception {
    var times = new ArrayList<String>();
    for (var record : parse(format, lines(format, 3, 0, 15_000)).records()) {
      times.add(Objects.requireNonNull(record.time()));
    }

    assertThat(times).isSorted();
    assertThat(times.getFirst()).startsWith("2026-01-01T00:00:00");
    assertThat(times.getLast()).isGreaterThan("2026-01-01T00:10:00");
  }

  @Test
  void an_access_log_is_realistic() throws Exception {
    var records = parse(LogFormat.COMBINED, lines(LogFormat.COMBINED, 3, 0, 50_000)).records();

    assertThat(column(records, "host"))
        .anyMatch(host -> String.valueOf(host).startsWith("2001:db8:"));
    assertThat(column(records, "status")).contains(200L, 304L, 404L, 500L).doesNotContainNull();
    assertThat(column(records, "user")).contains("alice").containsNull();
    assertThat(column(records, "request"))
        .contains("", "-", "quit", null)
        .anyMatch(request -> String.valueOf(request).startsWith("\\x16\\x03\\x01"));
    assertThat(column(records, "agent"))
        .contains("Mozilla/5.0 \"quoted\" \\ agent")
        .containsNull()
        .anyMatch(agent -> String.valueOf(agent).contains("Googlebot"));
    assertThat(column(records, "path"))
        .contains("/")
        .anyMatch(
            path -> String.valueOf(path).contains("?") && String.valueOf(path).contains("&id="));
    var front = column(records, "path").stream().filter("/"::equals).count();
    assertThat(front).isBetween(1_500L, 8_000L);
  }

  private static List<Object> column(List<LogRecord> records, String name) {
    var names = records.getFirst().shape().columns().stream().map(Column::name).toList();
    var values = new ArrayList<Object>();
    records.forEach(record -> values.add(record.values()[names.indexOf(name)]));
    return values;
  }

  @Test
  void a_plain_log_cannot_have_bad_lines() {
    assertThatThrownBy(() -> new LogGenerator(LogFormat.PLAIN, 1, 0.1))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "a plain log has no bad lines, since any line is one; choose another format or 0 percent");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 100.1, Double.NaN})
  void the_percentage_must_be_one(double percent) {
    assertThatThrownBy(() -> new LogGenerator(LogFormat.JSON, 1, percent))
        .isInstanceOf(UsageException.class)
        .hasMessage("the percentage of bad lines must be from 0 to 100, but was " + percent);
  }
}
