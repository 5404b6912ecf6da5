package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyslogParserTest {
  private final Lines syslog = new Lines(LogFormat.SYSLOG);

  @Test
  void an_rfc_3164_line_has_priority_host_app_pid_and_message() {
    var record = syslog.record("<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed");

    assertThat(record.time()).isEqualTo("2025-10-11T22:14:15Z");
    assertThat(record.shape().columns())
        .extracting(Column::name)
        .containsExactly(
            "host", "app", "pid", "msgid", "facility", "severity", "structured", "message");
    assertThat(Lines.values(record))
        .containsExactly(
            entry("host", "mymachine"),
            entry("app", "su"),
            entry("pid", "230"),
            entry("facility", "auth"),
            entry("severity", "crit"),
            entry("message", "'su root' failed"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      nullValues = "NULL",
      value = {
        "Jun  1 02:03:04 h kernel: [ 12.5] eth0: up|kernel|NULL|[ 12.5] eth0: up",
        "Jun 01 02:03:04 h postfix/smtpd[12]: connect|postfix/smtpd|12|connect",
        "Jun  1 02:03:04 h app[worker-1]: x|app|worker-1|x",
        "Jun  1 02:03:04 h app[12] no colon|app|12|no colon",
        "Jun  1 02:03:04 h app:no space|app|NULL|no space",
        "Jun  1 02:03:04 h last message repeated 2 times|NULL|NULL|last message repeated 2 times",
        "Jun  1 02:03:04 h [odd] text|NULL|NULL|[odd] text",
        "Jun  1 02:03:04 h app[not closed: x|NULL|NULL|app[not closed: x",
        "Jun  1 02:03:04 h app:|app|NULL|''",
        "Jun  1 02:03:04 h|NULL|NULL|''",
      })
  void the_tag_before_the_message_is_taken_apart(
      String line, String app, String pid, String message) {
    var record = syslog.record(line);

    assertThat(record.time()).isEqualTo("2026-06-01T02:03:04Z");
    assertThat(record.values()).containsExactly("h", app, pid, null, null, null, null, message);
  }

  @Test
  void the_year_is_the_latest_that_is_not_more_than_a_day_ahead() {
    assertThat(syslog.time("Jun 16 12:00:00 h a: b")).isEqualTo("2026-06-16T12:00:00Z");
    assertThat(syslog.time("Jun 16 12:00:01 h a: b")).isEqualTo("2025-06-16T12:00:01Z");
    assertThat(syslog.time("Feb 29 12:00:01 h a: b")).isEqualTo("2024-02-29T12:00:01Z");
    var silvester =
        new Lines(
            LogFormat.SYSLOG,
            new Assumptions(ZoneOffset.UTC, Instant.parse("2026-12-31T23:59:59Z")));
    assertThat(silvester.time("Jan  1 00:00:05 h a: b")).isEqualTo("2027-01-01T00:00:05Z");
  }

  @Test
  void a_time_without_zone_is_in_the_assumed_one() {
    var berlin =
        new Lines(LogFormat.SYSLOG, new Assumptions(ZoneId.of("Europe/Berlin"), Lines.UTC.now()));

    assertThat(berlin.time("Jun  1 02:03:04 h a: b")).isEqualTo("2026-06-01T00:03:04Z");
    assertThat(berlin.time("Jun  1 02:03:04.120 h a: b")).isEqualTo("2026-06-01T00:03:04.120Z");
    assertThat(berlin.time("Jan  1 02:03:04 h a: b")).isEqualTo("2026-01-01T01:03:04Z");
  }

  @Test
  void an_rfc_5424_line_has_its_header_structured_data_and_message() {
    var record =
        syslog.record(
            "<165>1 2003-10-11T22:14:15.003+02:00 host.example evntslog 12-x ID47"
                + " [ex@32473 iut=\"3\" note=\"a \\\"b\\\" \\] \\\\ \\n\" ip=\"1\" ip=\"2\"][empty]"
                + " \ufeffAn event");

    assertThat(record.time()).isEqualTo("2003-10-11T20:14:15.003Z");
    assertThat(record.values())
        .containsExactly(
            "host.example",
            "evntslog",
            "12-x",
            "ID47",
            "local4",
            "notice",
            new Json(
                "{\"ex@32473\":{\"iut\":\"3\",\"note\":\"a \\\"b\\\" ] \\\\ \\\\n\",\"ip\":[\"1\",\"2\"]},\"empty\":{}}"),
            "An event");
  }

  @Test
  void an_rfc_5424_line_may_have_nothing_but_its_header() {
    var record = syslog.record("<0>1 - - - - - -");

    assertThat(record.time()).isNull();
    assertThat(Lines.values(record))
        .containsExactly(entry("facility", "kern"), entry("severity", "emerg"));
    assertThat(syslog.values("<0>1 - - - - - - ")).containsEntry("message", "");
  }

  @Test
  void rsyslogs_file_format_is_known_too() {
    var record = syslog.record("2026-01-02T03:04:05.123456+01:00 web-1 sshd[7]: session opened");

    assertThat(record.time()).isEqualTo("2026-01-02T02:04:05.123456Z");
    assertThat(Lines.values(record))
        .containsExactly(
            entry("host", "web-1"),
            entry("app", "sshd"),
            entry("pid", "7"),
            entry("message", "session opened"));
    assertThat(syslog.values("<13>2026-01-02T03:04:05Z h a: b")).containsEntry("facility", "user");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "~plain text~, bad-timestamp",
        "~Oct 11 22:14~, bad-timestamp",
        "~Okt 11 22:14:15 h a: b~, bad-timestamp",
        "~Oct 32 22:14:15 h a: b~, bad-timestamp",
        "~Oct 11 25:14:15 h a: b~, bad-timestamp",
        "~Feb 30 12:00:00 h a: b~, bad-timestamp",
        "~Oct 11 22:14:15x h a: b~, bad-timestamp",
        "~2026-01-02 03:04:05 INFO a.b.C - hello~, bad-timestamp",
        "~2026-13-02T03:04:05Z h a: b~, bad-timestamp",
        "~192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1~, bad-timestamp",
        "~<999>Oct 11 22:14:15 h a: b~, bad-priority",
        "~<192>Oct 11 22:14:15 h a: b~, bad-priority",
        "~<>Oct 11 22:14:15 h a: b~, bad-priority",
        "~<34~, bad-priority",
        "~<34>~, bad-timestamp",
        "~Oct 11 22:14:15~, no-host",
        "~Oct 11 22:14:15 ~, no-host",
        "~Oct 11 22:14:15 app[12]: x~, no-host",
        "~Oct 11 22:14:15 app: x~, no-host",
        "~<34>1 - - - -~, too-few-fields",
        "~<34>1 - -  - - - x~, no-app",
        "~<34>1 x - - - - -~, bad-timestamp",
        "~<34>1 - - - - - x~, bad-structured-data",
        "~<34>1 - - - - - [~, bad-structured-data",
        "~<34>1 - - - - - []~, bad-structured-data",
        "~<34>1 - - - - - [a b=\"c]~, bad-structured-data",
        "~<34>1 - - - - - [a b=c]~, bad-structured-data",
        "~<34>1 - - - - - [a]x~, bad-structured-data",
        "~<34>1 - - - - - -x~, bad-structured-data",
      })
  void other_lines_are_rejected(String line, String reason) {
    assertThat(syslog.reason(line)).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "<", "<1", "<1>", "<1>1", "<1>1 ", "1", "Oct", "2026-01-02T03:04:05Z"})
  void very_short_lines_are_rejected(String line) {
    assertThat(syslog.reason(line)).isNotEmpty();
  }
}
