package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogfmtParserTest {
  private final Lines logfmt = new Lines(LogFormat.LOGFMT);

  @Test
  void pairs_become_columns_with_their_types() {
    var record =
        logfmt.record(
            "ts=2026-01-02T03:04:05.120Z level=info n=7 took=-0.50 ok=true failed=false cached msg=\"it works\"");

    assertThat(record.time()).isEqualTo("2026-01-02T03:04:05.120Z");
    assertThat(record.shape().format()).isEqualTo(LogFormat.LOGFMT);
    assertThat(Lines.values(record))
        .containsExactly(
            entry("ts", "2026-01-02T03:04:05.120Z"),
            entry("level", "info"),
            entry("n", 7L),
            entry("took", -0.5),
            entry("ok", true),
            entry("failed", false),
            entry("cached", true),
            entry("msg", "it works"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "007",
        "-0",
        "1e3",
        "+1",
        "1.",
        ".5",
        "1.2.3",
        "12ms",
        "0x1f",
        "99999999999999999999",
        "-"
      })
  void what_is_no_plain_number_stays_text(String value) {
    assertThat(logfmt.values("a=" + value)).containsExactly(entry("a", value));
  }

  @Test
  void quoted_values_are_texts_with_escapes() {
    assertThat(
            logfmt.values(
                "a=\"7\" b=\"\\\"x\\\" \\\\ \\n\\r\\t \\u00e9 \\q \\u12\" c=\"\" d=\"true\" e=\"\\ud83d\""))
        .containsExactly(
            entry("a", "7"),
            entry("b", "\"x\" \\ \n\r\t \u00e9 \\q \\u12"),
            entry("c", ""),
            entry("d", "true"),
            entry("e", "\ufffd"));
  }

  @Test
  void values_may_have_equals_signs_and_be_missing() {
    var record = logfmt.record("  path=/a?b=c&d=\t empty= x=1");

    assertThat(Lines.values(record)).containsExactly(entry("path", "/a?b=c&d="), entry("x", 1L));
    assertThat(record.values()).containsExactly("/a?b=c&d=", null, 1L);
  }

  @Test
  void the_last_of_equal_keys_wins() {
    assertThat(logfmt.values("a=1 b=2 a=3")).containsExactly(entry("a", 3L), entry("b", 2L));
  }

  @Test
  void a_key_named_time_becomes_the_time_and_an_epoch_is_one() {
    var record = logfmt.record("time=1767323045.120 a=1");

    assertThat(record.time()).isEqualTo("2026-01-02T03:04:05.120Z");
    assertThat(Lines.values(record)).containsExactly(entry("a", 1L));
  }

  @Test
  void lines_with_the_same_keys_share_a_shape() {
    assertThat(logfmt.record("a=1 \u51ac=x").shape())
        .isSameAs(logfmt.record("a=2 \u51ac=y").shape());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "~the quick brown fox~, no-pair",
        "~a=\"b~, no-closing-quote",
        "~a=\"b\\\"~, no-closing-quote",
        "~a=\"b\"c~, trailing-text",
        "~a=b\"c\"~, unexpected-quote",
        "~a=1 =2~, bad-key",
        "~a=1 \"b\"~, bad-key",
        "~{\"a\":\"b=c\"}~, bad-key",
      })
  void other_lines_are_rejected(String line, String reason) {
    assertThat(logfmt.reason(line)).isEqualTo(reason);
  }
}
