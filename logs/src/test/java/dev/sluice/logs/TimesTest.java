package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  private final Times times = new Times(Lines.UTC);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2025-11-21T19:00:00Z | 2025-11-21T19:00:00Z",
        "2025-11-21 19:00:00 | 2025-11-21T19:00:00Z",
        "2025-11-21 19:00:00.123456789 | 2025-11-21T19:00:00.123456789Z",
        "2025-11-21 19:00:00,5 | 2025-11-21T19:00:00.5Z",
        "2025-11-21T19:00:00+05:30 | 2025-11-21T13:30:00Z",
        "2025-11-21T19:00:00-0800 | 2025-11-22T03:00:00Z",
        "2025-11-21 19:00:00 +0100 | 2025-11-21T18:00:00Z",
        "2025-11-21 19:00:00 UTC | 2025-11-21T19:00:00Z",
        "2025-11-21T19:00:00+01:00[Europe/Berlin] | 2025-11-21T18:00:00Z",
        "2025/11/21 19:00:00 | 2025-11-21T19:00:00Z",
        "20251121T190000Z | 2025-11-21T19:00:00Z",
        "20251121 19:00:00.5 | 2025-11-21T19:00:00.5Z",
        "21/Nov/2025:19:00:00 +0100 | 2025-11-21T18:00:00Z",
        "21-Nov-2025 19:00:00.123 | 2025-11-21T19:00:00.123Z",
        "1 Nov 2025 19:00:00,123 | 2025-11-01T19:00:00.123Z",
        "Fri, 21 Nov 2025 19:00:00 GMT | 2025-11-21T19:00:00Z",
        "Fri, 21 Nov 2025 19:00:00 -0100 | 2025-11-21T20:00:00Z",
        "Friday, 21-Nov-25 19:00:00 GMT | 2025-11-21T19:00:00Z",
        "Nov 21 19:00:00 | 2025-11-21T19:00:00Z",
        "Nov  1 19:00:00.25 | 2025-11-01T19:00:00.25Z",
        "Nov 21 19:00:00 2026 | 2026-11-21T19:00:00Z",
        "Nov 21 2026 19:00:00 | 2026-11-21T19:00:00Z",
        "Nov 21, 2026 19:00:00 | 2026-11-21T19:00:00Z",
        "Fri Nov 21 19:00:00 2025 | 2025-11-21T19:00:00Z",
        "Fri Nov 21 19:00:00.902022 2025 | 2025-11-21T19:00:00.902022Z",
        "Fri Nov 21 19:00:00 UTC 2025 | 2025-11-21T19:00:00Z",
        "Feb 29 12:00:00 | 2024-02-29T12:00:00Z",
        "1763751600 | 2025-11-21T19:00:00Z",
        "1763751600.25 | 2025-11-21T19:00:00.25Z",
        "1763751600123 | 2025-11-21T19:00:00.123Z",
        "1763751600123456 | 2025-11-21T19:00:00.123456Z",
        "1763751600123456789 | 2025-11-21T19:00:00.123456789Z",
      })
  void times_are_read_in_their_usual_forms(String text, String time) {
    assertThat(times.value(text)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2025-13-21 19:00:00",
        "2025-11-21 24:00:00",
        "2025-02-29 12:00:00",
        "2025-11-21 19:00:00 x",
        "2025-11-21",
        "11/21/2025 19:00:00",
        "21/11/2025 19:00:00",
        "Nov 31 19:00:00",
        "Nav 21 19:00:00",
        "Fri Nov 21 19:00:00 CET 2025",
        "Sometime in November: 1",
        "2025/11-21 19:00:00",
        "20251121T196000Z",
        "12:34:56.789012345",
        "1234",
        "192.0.2.1:80 again",
      })
  void what_is_no_time_for_sure_is_none(String text) {
    assertThat(times.value(text)).isNull();
  }

  @Test
  void a_leading_time_ends_where_it_ends() {
    byte[] line = "2025-11-21 19:00:00,123 - name - INFO".getBytes(UTF_8);

    assertThat(times.leading(line, 0, line.length)).isEqualTo("2025-11-21T19:00:00.123Z");
    assertThat(times.end()).isEqualTo(23);

    byte[] other = "Nov 21 19:00:00 2000things".getBytes(UTF_8);
    assertThat(times.leading(other, 0, other.length)).isEqualTo("2025-11-21T19:00:00Z");
    assertThat(times.end()).isEqualTo(15);
  }

  @Test
  void times_without_a_zone_are_in_the_assumed_one() {
    var berlin =
        new Times(
            new Assumptions(ZoneId.of("Europe/Berlin"), Instant.parse("2026-06-15T12:00:00Z")));

    assertThat(berlin.value("2025-11-21 19:00:00")).isEqualTo("2025-11-21T18:00:00Z");
    assertThat(berlin.value("2025-07-21 19:00:00")).isEqualTo("2025-07-21T17:00:00Z");
    assertThat(berlin.value("2025/11/21 19:00:00")).isEqualTo("2025-11-21T18:00:00Z");
    assertThat(berlin.value("Nov 21 19:00:00")).isEqualTo("2025-11-21T18:00:00Z");
    assertThat(berlin.value("Fri Nov 21 19:00:00 2025")).isEqualTo("2025-11-21T18:00:00Z");
    assertThat(berlin.value("2025-11-21T19:00:00Z")).isEqualTo("2025-11-21T19:00:00Z");
  }

  @Test
  void glog_tells_neither_year_nor_zone() {
    byte[] line = "1121 19:00:00.123456 1".getBytes(UTF_8);

    assertThat(times.glog(line, 0, line.length)).isEqualTo("2025-11-21T19:00:00.123456Z");
    assertThat(times.end()).isEqualTo(20);
  }
}
