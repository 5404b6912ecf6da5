package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogParserTest {
  private static final String LINE =
      "192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a.gif?x=1 HTTP/1.0\" 200 2326"
          + " \"http://example.org/start\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\"";

  private final Lines combined = new Lines(LogFormat.COMBINED);
  private final Lines common = new Lines(LogFormat.COMMON);

  private static String line(String request) {
    return "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"%s\" 400 - \"-\" \"-\"".formatted(request);
  }

  private static String at(String time) {
    return "192.0.2.1 - - [%s] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"".formatted(time);
  }

  private static String after(String rest) {
    return "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\"" + rest;
  }

  @Test
  void a_combined_line_has_every_column_in_its_type() {
    var record = combined.record(LINE);

    assertThat(record.source()).isEqualTo("app.log");
    assertThat(record.line()).isEqualTo(3);
    assertThat(record.time()).isEqualTo("2000-10-10T20:55:36Z");
    assertThat(record.shape().columns())
        .extracting(Column::name)
        .containsExactly(
            "host",
            "ident",
            "user",
            "method",
            "path",
            "protocol",
            "status",
            "bytes",
            "referer",
            "agent",
            "request");
    assertThat(record.values())
        .containsExactly(
            "192.0.2.1",
            null,
            "frank",
            "GET",
            "/a.gif?x=1",
            "HTTP/1.0",
            200L,
            2326L,
            "http://example.org/start",
            "Mozilla/4.08 [en] (Win98; I ;Nav)",
            null);
  }

  @Test
  void a_common_line_is_a_combined_one_without_referer_and_agent() {
    var record = common.record(LINE.substring(0, LINE.indexOf(" \"http")));

    assertThat(record.shape().columns())
        .extracting(Column::name)
        .containsExactly(
            "host", "ident", "user", "method", "path", "protocol", "status", "bytes", "request");
    assertThat(record.values())
        .containsExactly(
            "192.0.2.1", null, "frank", "GET", "/a.gif?x=1", "HTTP/1.0", 200L, 2326L, null);
  }

  @Test
  void neither_format_takes_the_lines_of_the_other() {
    assertThat(common.reason(LINE)).isEqualTo("trailing-text");
    assertThat(combined.reason(LINE.substring(0, LINE.indexOf(" \"http"))))
        .isEqualTo("too-few-fields");
  }

  @Test
  void dashes_are_null() {
    assertThat(
            combined.values(
                "- - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.1\" - - \"-\" \"-\""))
        .containsExactly(entry("method", "GET"), entry("path", "/"), entry("protocol", "HTTP/1.1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        "quit",
        "\\x16\\x03\\x01\\x02\\x00 \\xAE",
        "GET /",
        "GET HTTP/1.1",
        "GET  HTTP/1.1",
        "GET / HTTP/",
        "GET / http 1.1",
        " / HTTP/1.1",
        "\u0016\u0003\u0001",
        "\\x03 Cookie: mstshash=Administr HTTP/1.1"
      })
  void a_request_of_another_kind_is_kept_as_it_is(String request) {
    assertThat(combined.values(line(request)))
        .containsExactly(
            entry("host", "192.0.2.1"), entry("status", 400L), entry("request", request));
  }

  @Test
  void an_empty_request_is_an_empty_text() {
    assertThat(combined.values(line(""))).containsEntry("request", "").doesNotContainKey("method");
  }

  @ParameterizedTest
  @CsvSource({
    "GET /a b c HTTP/1.1, GET, /a b c, HTTP/1.1",
    "OPTIONS * RTSP/1.0, OPTIONS, *, RTSP/1.0",
    "M-SEARCH / HTTP/2, M-SEARCH, /, HTTP/2",
    "GET http://example.org/ HTTP/1.1, GET, http://example.org/, HTTP/1.1",
  })
  void a_request_has_method_path_and_protocol(
      String request, String method, String path, String protocol) {
    assertThat(combined.values(line(request)))
        .containsEntry("method", method)
        .containsEntry("path", path)
        .containsEntry("protocol", protocol)
        .doesNotContainKey("request");
  }

  @Test
  void quotes_and_backslashes_are_decoded_and_other_escapes_stay() {
    var values =
        combined.values(
            after(
                " 200 1 \"a\\\"b\" \"\\\\ \\x22 \\t \\\\\"".replace("GET / ", "GET /\\\"x\\\" ")));

    assertThat(values).containsEntry("referer", "a\"b").containsEntry("agent", "\\ \\x22 \\t \\");
    assertThat(combined.values(line("GET /\\\"x\\xAB HTTP/1.1")))
        .containsEntry("path", "/\"x\\xAB");
    assertThat(combined.values(line("say \\\"hi\\\""))).containsEntry("request", "say \"hi\"");
  }

  @Test
  void hosts_may_be_names_or_ipv6_and_users_may_have_spaces_and_brackets() {
    assertThat(combined.values(LINE.replace("192.0.2.1", "2001:db8::7")))
        .containsEntry("host", "2001:db8::7");
    assertThat(combined.values(LINE.replace("192.0.2.1", "crawl-1.example.org")))
        .containsEntry("host", "crawl-1.example.org");
    assertThat(combined.values(LINE.replace("frank", "j r hartley")))
        .containsEntry("user", "j r hartley");
    assertThat(combined.values(LINE.replace("frank", "a [b] [c")))
        .containsEntry("user", "a [b] [c");
  }

  @Test
  void invalid_utf8_becomes_the_replacement_character() {
    byte[] line = LINE.getBytes(StandardCharsets.ISO_8859_1);
    line[LINE.indexOf("a.gif")] = (byte) 0xff;

    assertThat(Lines.values(combined.record(line))).containsEntry("path", "/\ufffd.gif?x=1");
    assertThat(combined.values(LINE.replace("a.gif", "\u51ac\ud83d\ude80")))
        .containsEntry("path", "/\u51ac\ud83d\ude80?x=1");
  }

  @ParameterizedTest
  @CsvSource({
    "10/Oct/2000:13:55:36 +0000, 2000-10-10T13:55:36Z",
    "01/Jan/2026:00:30:00 +0100, 2025-12-31T23:30:00Z",
    "29/Feb/2024:23:59:59 -0530, 2024-03-01T05:29:59Z",
    "31/Dec/1969:23:59:59 +0000, 1969-12-31T23:59:59Z",
  })
  void times_are_in_utc(String time, String expected) {
    assertThat(combined.time(at(time))).isEqualTo(expected);
    assertThat(combined.time(at(time))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "32/Oct/2000:13:55:36 +0000",
        "00/Oct/2000:13:55:36 +0000",
        "29/Feb/2023:13:55:36 +0000",
        "10/Okt/2000:13:55:36 +0000",
        "10/Oct/20x0:13:55:36 +0000",
        "10/Oct/2000:24:55:36 +0000",
        "10/Oct/2000:13:60:36 +0000",
        "10/Oct/2000:13:55:61 +0000",
        "10/Oct/2000:13:55:36 +0060",
        "10/Oct/2000:13:55:36 +9900",
        "10/Oct/2000:13:55:36 00000",
        "10/Oct/2000:13:55:36 +0:00",
        "10/Oct/2000 13:55:36 +0000",
        "10/Oct/2000:13:55:36",
        "2000-10-10T13:55:36Z",
        "31/Dec/9999:23:59:59 -0100",
        ""
      })
  void what_is_no_time_is_rejected(String time) {
    assertThat(combined.reason(at(time))).isEqualTo("bad-timestamp");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "~~, too-few-fields",
        "~ 20~, too-few-fields",
        "~ 200~, too-few-fields",
        "~ 200 ~, too-few-fields",
        "~ 200 17~, too-few-fields",
        "~ 200 17 \"-\"~, too-few-fields",
        "~ 2000 17 \"-\" \"-\"~, bad-status",
        "~ 2x0 17 \"-\" \"-\"~, bad-status",
        "~200 17 \"-\" \"-\"~, bad-status",
        "~ 200 1x7 \"-\" \"-\"~, bad-bytes",
        "~ 200 -1 \"-\" \"-\"~, bad-bytes",
        "~ 200 9999999999999999999 \"-\" \"-\"~, bad-bytes",
        "~ 200 17 - \"-\"~, no-referer",
        "~ 200 17 \"-\" -~, no-agent",
        "~ 200 17 \"-~, no-closing-quote",
        "~ 200 17 \"-\" \"Mozilla~, no-closing-quote",
        "~ 200 17 \"-\" \"Mozilla\\\"~, no-closing-quote",
        "~ 200 17 \"-\" \"-\" 0.012~, trailing-text",
        "~ 200 17 \"-\" \"-\" ~, trailing-text",
        "~ 200 17 \"a\"b\" \"-\"~, no-agent",
      })
  void what_is_wrong_after_the_request_has_its_reason(String rest, String reason) {
    assertThat(combined.reason(after(rest))).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "x, too-few-fields",
        "~192.0.2.1 - ~, no-timestamp",
        "~192.0.2.1 - - [10/Oct/2000:13:5~, too-few-fields",
        "~192.0.2.1 - - [10/Oct/2000:13:55:36 -0700]~, too-few-fields",
        "~192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] GET / HTTP/1.1 200 1 - -~, no-request",
        "~192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1~, no-closing-quote",
        "~ - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"~, no-host",
        "~{\"time\": \"x\", \"level\": \"info\", \"msg\": \"y\"}~, no-timestamp",
        "~2026/01/01 04:12:55 [error] 871#871: *40122 open() \"/srv/a\" failed, client: 203.0.113.9~, no-timestamp",
        "~Oct 11 22:14:15 web-1 sshd[12]: session opened~, no-timestamp",
      })
  void lines_of_other_formats_are_rejected(String line, String reason) {
    assertThat(combined.reason(line)).isEqualTo(reason);
    assertThat(common.reason(line)).isEqualTo(reason);
  }

  @Test
  void the_detail_quotes_little_of_the_line_and_nothing_that_moves_a_cursor() {
    var parsed = (Malformed) combined.parse(at("\u001b[2J" + "x".repeat(5_000)));

    assertThat(parsed.detail())
        .startsWith("not a time: \"\\u001b[2Jxxx")
        .endsWith("xxx...\" (expected dd/Mon/yyyy:HH:mm:ss +hhmm)")
        .hasSizeLessThan(160);
  }

  static Stream<String> strict_prefixes() {
    return IntStream.range(1, LINE.length()).mapToObj(i -> LINE.substring(0, i));
  }

  @ParameterizedTest
  @MethodSource("strict_prefixes")
  void a_combined_line_that_was_cut_off_anywhere_is_rejected(String line) {
    assertThat(combined.reason(line))
        .isIn("too-few-fields", "no-timestamp", "no-closing-quote", "no-request");
  }

  @Test
  void a_path_of_a_megabyte_is_no_problem() {
    var path = "/" + "a\\\\\\\"".repeat(200_000);

    assertThat(combined.values(line("GET " + path + " HTTP/1.1")))
        .containsEntry("path", "/" + "a\\\"".repeat(200_000));
  }

  @Test
  void a_megabyte_of_brackets_is_no_problem() {
    assertThat(combined.reason("a b" + " [".repeat(500_000))).isEqualTo("bad-timestamp");
  }
}
