package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class LogFormatTest {
  @Test
  void formats_are_found_by_id() {
    for (var format : LogFormat.values()) {
      assertThat(LogFormat.of(format.id())).isSameAs(format);
    }
    assertThat(LogFormat.COMBINED.id()).isEqualTo("combined");
  }

  @Test
  void an_unknown_id_is_told_with_those_that_there_are() {
    assertThatThrownBy(() -> LogFormat.of("combine"))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "unknown format 'combine'; did you mean 'combined'?"
                + " (expected combined, common, json, syslog, logfmt, plain)");
  }

  @Test
  void only_json_and_logfmt_bring_their_own_columns() {
    assertThat(LogFormat.values())
        .filteredOn(LogFormat::dynamic)
        .containsExactly(LogFormat.JSON, LogFormat.LOGFMT);
    assertThat(LogFormat.COMBINED.columns())
        .contains(new Column("status", Column.Type.INTEGER), new Column("agent", Column.Type.TEXT));
  }

  @Test
  void a_plain_line_is_its_message() {
    var plain = new Lines(LogFormat.PLAIN);

    assertThat(plain.values("any\tthing \u51ac"))
        .containsExactly(entry("message", "any\tthing \u51ac"));
    assertThat(plain.time("any")).isNull();
    assertThat(Lines.values(plain.record(new byte[] {'a', (byte) 0xff})))
        .containsExactly(entry("message", "a\ufffd"));
  }
}
