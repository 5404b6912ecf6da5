package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentTest {
  private static final Assumptions ASSUMED =
      new Assumptions(ZoneId.of("Europe/Berlin"), Instant.parse("2026-11-21T12:30:45.5Z"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          now                           | 2026-11-21T12:30:45.500Z
          today                         | 2026-11-20T23:00:00Z
          Yesterday                     | 2026-11-19T23:00:00Z
          90s                           | 2026-11-21T12:29:15.500Z
          30m                           | 2026-11-21T12:00:45.500Z
          2h ago                        | 2026-11-21T10:30:45.500Z
          7 d                           | 2026-11-14T12:30:45.500Z
          1w                            | 2026-11-14T12:30:45.500Z
          2026-11-21                    | 2026-11-20T23:00:00Z
          2026-07-01                    | 2026-06-30T22:00:00Z
          2026-11-21T10:00              | 2026-11-21T09:00:00Z
          2026-11-21 10:00:05           | 2026-11-21T09:00:05Z
          2026-11-21T10:00:05.25        | 2026-11-21T09:00:05.250Z
          2026-11-21T10:00Z             | 2026-11-21T10:00:00Z
          2026-11-21t10:00:00z          | 2026-11-21T10:00:00Z
          2026-11-21T10:00+02:00        | 2026-11-21T08:00:00Z
          2026-11-21 10:00:00 -0530     | 2026-11-21T15:30:00Z
          2026-11-21T10:00:00.125+02    | 2026-11-21T08:00:00.125Z
          """)
  void a_time_is_read_as_people_write_it(String text, Instant expected) {
    assertThat(Moment.parse("--since", text, ASSUMED)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "2026-13-01",
        "2026-02-30",
        "10:00",
        "2h30m",
        "-2h",
        "2026-11-21T25:00",
        "1000000000w"
      })
  void what_is_no_time_is_refused_with_what_is(String text) {
    assertThatThrownBy(() -> Moment.parse("--until", text, ASSUMED))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--until: not a time: '" + text + "'")
        .hasMessageContaining("expected 2026-11-21");
  }
}
