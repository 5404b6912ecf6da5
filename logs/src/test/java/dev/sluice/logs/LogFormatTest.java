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
            "unknown format 'combine'; did you mean 'combined'? (expected combined, common, access,"
                + " vhost, json, syslog, logfmt, nginx_error, apache_error, app, traces, cri,"
                + " docker, w3c, alb, csv, tsv, journal, grok:PATTERN, regex:PATTERN, plain)");
  }

  @Test
  void formats_have_other_names_too() {
    assertThat(LogFormat.of("NGINX-error")).isEqualTo(LogFormat.NGINX_ERROR);
    assertThat(LogFormat.of("log4j")).isEqualTo(LogFormat.APP);
    assertThat(LogFormat.of("iis")).isEqualTo(LogFormat.W3C);
    assertThatThrownBy(() -> LogFormat.of("lockback")).hasMessageContaining("'logback'?");
  }

  @Test
  void some_formats_bring_columns_of_their_own() {
    assertThat(LogFormat.values())
        .filteredOn(format -> !format.dynamic())
        .containsExactly(
            LogFormat.COMBINED,
            LogFormat.COMMON,
            LogFormat.SYSLOG,
            LogFormat.NGINX_ERROR,
            LogFormat.APACHE_ERROR,
            LogFormat.APP,
            LogFormat.TRACES,
            LogFormat.ALB,
            LogFormat.PLAIN);
    assertThat(LogFormat.ACCESS.columns()).isEqualTo(LogFormat.COMBINED.columns());
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
