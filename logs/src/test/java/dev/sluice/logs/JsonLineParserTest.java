package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLineParserTest {
  private final Lines json = new Lines(LogFormat.JSON);

  @Test
  void keys_become_columns_in_order_with_their_types() {
    var record =
        json.record(
            "{\"level\":\"info\",\"n\":7,\"took\":0.25,\"ok\":true,\"user\":null,\"tags\":[1, {\"a\":[]}],\"http\":{ \"status\" : 200 }}");

    assertThat(record.shape().format()).isEqualTo(LogFormat.JSON);
    assertThat(record.shape().columns())
        .containsExactly(
            new Column("level", Column.Type.TEXT),
            new Column("n", Column.Type.INTEGER),
            new Column("took", Column.Type.REAL),
            new Column("ok", Column.Type.BOOLEAN),
            new Column("user", Column.Type.TEXT),
            new Column("tags", Column.Type.JSON),
            new Column("http", Column.Type.JSON));
    assertThat(record.values())
        .containsExactly(
            "info",
            7L,
            0.25,
            true,
            null,
            new Json("[1, {\"a\":[]}]"),
            new Json("{ \"status\" : 200 }"));
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808",
    "0, 0",
  })
  void integers_that_fit_are_longs(String text, long value) {
    assertThat(json.values("{\"n\":" + text + "}")).containsExactly(entry("n", value));
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "-0.50, -0.5",
    "123456789.12345, 123456789.12345",
    "1e3, 1000",
    "2.5E-7, 2.5E-7",
    "0.30000000000000004, 0.30000000000000004",
  })
  void decimals_that_a_double_holds_are_doubles(String text, double value) {
    assertThat(json.values("{\"n\":" + text + "}")).containsExactly(entry("n", value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775808", "0.1234567890123456789", "1e400", "1e-400", "1e999999999"})
  void other_numbers_stay_text(String text) {
    assertThat(json.values("{\"n\":" + text + "}")).containsExactly(entry("n", text));
  }

  @Test
  void escapes_are_decoded_and_the_last_of_equal_keys_wins() {
    assertThat(
            json.values(
                "{\"a\":\"x\\n\\\"\\u00e9\\ud83d\\ude80\",\"b\":1,\"a\":\"y\",\"b\":null,\"b\":2}"))
        .containsExactly(entry("a", "y"), entry("b", 2L));
    assertThat(json.values("{\"a\":\"x\\n\\\"\\u00e9\\ud83d\\ude80\"}"))
        .containsExactly(entry("a", "x\n\"\u00e9\ud83d\ude80"));
  }

  @Test
  void half_a_surrogate_pair_becomes_the_replacement_character() {
    assertThat(json.values("{\"a\":\"x\\ud83dy\"}")).containsExactly(entry("a", "x\ufffdy"));
  }

  @Test
  void an_object_may_be_empty_and_have_space_around() {
    assertThat(json.values(" \t{} ")).isEmpty();
    assertThat(json.values("  { \"a\" : {\"b\" : 1} }  "))
        .containsExactly(entry("a", new Json("{\"b\" : 1}")));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "~[1]~, not-an-object",
        "~\"a\"~, not-an-object",
        "~plain text~, not-an-object",
        "~{\"a\":1}{\"a\":2}~, trailing-text",
        "~{\"a\":1} x~, trailing-text",
        "~{\"a\":1},~, trailing-text",
        "~{~, truncated",
        "~{\"a~, truncated",
        "~{\"a\":\"b~, truncated",
        "~{\"a\":{\"b\":[1,~, truncated",
        "~{\"a\":1~, truncated",
        "~{\"a\":1,}~, bad-json",
        "~{\"a\":[1,]}~, bad-json",
        "~{\"a\" 1}~, bad-json",
        "~{a:1}~, bad-json",
        "~{'a':1}~, bad-json",
        "~{\"a\":NaN}~, bad-json",
        "~{\"a\":01}~, bad-json",
        "~{\"a\":tru}~, bad-json",
        "~{\"a\":\"\\q\"}~, bad-json",
        "~{\"a\":{\"b\":\"\\q\"}}~, bad-json",
        "~{\"a\":1]~, bad-json",
      })
  void what_is_not_one_object_is_rejected(String line, String reason) {
    assertThat(json.reason(line)).isEqualTo(reason);
  }

  @Test
  void a_control_character_in_a_string_must_be_escaped() {
    assertThat(json.reason("{\"a\":\"x\ty\"}")).isEqualTo("bad-json");
    assertThat(json.reason("{\"a\":[\"x\0y\"]}")).isEqualTo("bad-json");
  }

  @Test
  void nesting_has_a_limit() {
    assertThat(json.values("{\"a\":" + "[".repeat(400) + "]".repeat(400) + "}")).hasSize(1);
    assertThat(json.reason("{\"a\":" + "[".repeat(400_000) + "]".repeat(400_000) + "}"))
        .isEqualTo("too-deep");
    assertThat(json.reason("{\"a\":".repeat(150_000))).isEqualTo("too-deep");
  }

  @Test
  void long_keys_strings_and_numbers_are_no_problem() {
    assertThat(json.values("{\"" + "k".repeat(500_000) + "\":\"" + "v".repeat(500_000) + "\"}"))
        .containsExactly(entry("k".repeat(500_000), "v".repeat(500_000)));
    assertThat(json.values("{\"a\":" + "7".repeat(100_000) + "}"))
        .containsEntry("a", "7".repeat(100_000));
  }

  @Test
  void invalid_utf8_becomes_the_replacement_character_wherever_it_stands() {
    var line = new ByteArrayOutputStream();
    line.writeBytes("{\"a\":\"x".getBytes(StandardCharsets.UTF_8));
    line.write(0xff);
    line.writeBytes("\u51ac\",\"k".getBytes(StandardCharsets.UTF_8));
    line.write(0xc3);
    line.writeBytes("\":[\"".getBytes(StandardCharsets.UTF_8));
    line.write(0xc0); // an overlong NUL
    line.write(0x80);
    line.writeBytes("\"]}".getBytes(StandardCharsets.UTF_8));

    assertThat(Lines.values(json.record(line.toByteArray())))
        .containsExactly(
            entry("a", "x\ufffd\u51ac"), entry("k\ufffd", new Json("[\"\ufffd\ufffd\"]")));
    assertThat(json.values("{\"a\":{\"b\":\"\u51ac\"},\"c\":\"\u6ce8\"}"))
        .containsExactly(entry("a", new Json("{\"b\":\"\u51ac\"}")), entry("c", "\u6ce8"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"2026-01-02T03:04:05Z\"|2026-01-02T03:04:05Z",
        "\"2026-01-02T03:04:05.1234567890Z\"|2026-01-02T03:04:05.123456789Z",
        "\"2026-01-02T03:04:05.120+02:00\"|2026-01-02T01:04:05.120Z",
        "\"2026-01-02 03:04:05,5\"|2026-01-02T03:04:05.5Z",
        "\"2026-01-02 03:04:05 -0330\"|2026-01-02T06:34:05Z",
        "\"2026-01-02 03:04:05 UTC\"|2026-01-02T03:04:05Z",
        "\"2026-01-02T03:04+01\"|2026-01-02T02:04:00Z",
        "\"0000-01-01T00:00:00Z\"|0000-01-01T00:00:00Z",
        "1767323045|2026-01-02T03:04:05Z",
        "1767323045.25|2026-01-02T03:04:05.25Z",
        "1.76732304525E9|2026-01-02T03:04:05.25Z",
        "1767323045120|2026-01-02T03:04:05.120Z",
        "1767323045120.5|2026-01-02T03:04:05.1205Z",
        "1767323045120001|2026-01-02T03:04:05.120001Z",
        "1767323045120001002|2026-01-02T03:04:05.120001002Z",
        "\"1767323045\"|2026-01-02T03:04:05Z",
      })
  void times_are_recognised_and_keep_their_precision(String value, String time) {
    assertThat(json.time("{\"time\":" + value + "}")).isEqualTo(time);
    assertThat(json.record("{\"time\":" + value + "}").values()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"yesterday\"",
        "\"2026-13-02T03:04:05Z\"",
        "\"2026-01-02T25:04:05Z\"",
        "\"2026-01-02T03:04:5Z\"",
        "\"2026-01-02T03:04:05.Z\"",
        "\"2026-01-02T03:04:05+1\"",
        "\"2026-01-02T03:04:05Zulu\"",
        "\"2026-01-02\"",
        "\"9999-12-31T23:59:59-01:00\"",
        "12",
        "-1767323045",
        "1e2147483647",
        "17673230451200010021",
        "true",
        "null"
      })
  void a_time_that_is_none_stays_a_column(String value) {
    var record = json.record("{\"time\":" + value + "}");

    assertThat(record.time()).isNull();
    assertThat(record.shape().columns()).extracting(Column::name).containsExactly("time");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timestamp",
        "@timestamp",
        "ts",
        "datetime",
        "date",
        "eventTime",
        "TIMESTAMP",
        "Time",
        "t"
      })
  void other_keys_give_the_time_and_stay_columns(String key) {
    var record = json.record("{\"a\":1,\"%s\":\"2026-01-02T03:04:05Z\"}".formatted(key));

    assertThat(record.time()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(Lines.values(record)).containsEntry(key, "2026-01-02T03:04:05Z");
  }

  @Test
  void of_several_times_the_best_known_key_wins() {
    var record =
        json.record(
            "{\"t\":1767323045,\"ts\":\"x\",\"timestamp\":1767323046,\"time\":\"2026-01-02T03:04:07Z\",\"date\":1767323048}");

    assertThat(record.time()).isEqualTo("2026-01-02T03:04:07Z");
    assertThat(Lines.values(record)).containsOnlyKeys("t", "ts", "timestamp", "date");
  }

  @Test
  void a_time_without_a_zone_is_in_the_assumed_one() {
    var berlin =
        new Lines(LogFormat.JSON, new Assumptions(ZoneId.of("Europe/Berlin"), Lines.UTC.now()));

    assertThat(berlin.time("{\"time\":\"2026-01-02T03:04:05\"}")).isEqualTo("2026-01-02T02:04:05Z");
    assertThat(berlin.time("{\"time\":\"2026-07-02 03:04:05\"}")).isEqualTo("2026-07-02T01:04:05Z");
    assertThat(berlin.time("{\"time\":\"2026-07-02 03:04:05Z\"}"))
        .isEqualTo("2026-07-02T03:04:05Z");
  }

  @Test
  void lines_of_ever_other_layouts_are_read_as_those_of_one_are() {
    for (int i = 0; i < 10_000; i++) {
      var names =
          i % 3 == 0
              ? "\"a\":%1$d,\"b\":%2$d"
              : i % 3 == 1 ? "\"b\": %2$d, \"a\": %1$d" : "\"a\":%1$d,\"new%1$d\":0";
      var line = ("{" + names + ",\"z\":%1$d}").formatted(i, -i);

      var values = Lines.values(json.record(line));

      assertThat(values)
          .as(line)
          .hasSize(3)
          .containsEntry("a", (long) i)
          .containsEntry("z", (long) i);
      assertThat(values.get("b")).as(line).isEqualTo(i % 3 == 2 ? null : (Object) (long) -i);
    }
  }
}
