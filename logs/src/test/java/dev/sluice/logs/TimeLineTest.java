package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.logs.TimeLine.Series;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("EnumOrdinal") // as the counts are laid out
class TimeLineTest {
  private static final long DAY = 86_400;
  private static final long START = Instant.parse("2026-11-21T10:00:00Z").getEpochSecond();

  private static long sum(TimeLine.Parts parts) {
    return Arrays.stream(parts.counts()).mapToLong(TimeLine::total).sum();
  }

  @Test
  void a_few_seconds_are_shown_second_by_second() {
    var line = new TimeLine();
    line.add(START, Series.SUCCESS);
    line.add(START + 3, Series.SERVER_ERROR);
    line.add(START + 3, Series.SUCCESS);

    var parts = line.parts(120);

    assertThat(parts.start()).isEqualTo(START);
    assertThat(parts.step()).isEqualTo(1);
    assertThat(parts.counts()).hasDimensions(4, Series.values().length);
    assertThat(parts.counts()[3][Series.SERVER_ERROR.ordinal()]).isEqualTo(1);
    assertThat(parts.counts()[3][Series.SUCCESS.ordinal()]).isEqualTo(1);
    assertThat(parts.counts()[1]).containsOnly(0);
    assertThat(parts.outside()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "90, 1",
    "3600, 30",
    "86400, 1800",
    "2600000, 43200",
    "31536000, 604800",
    "3000000000, 31449600"
  })
  void the_longer_the_coarser_and_every_record_counts(long seconds, long step) {
    var line = new TimeLine();
    var random = new Random(3);
    line.add(START, Series.OTHER);
    line.add(START + seconds - 1, Series.OTHER);
    for (int i = 0; i < 50_000; i++) {
      line.add(START + (long) (random.nextDouble() * seconds), Series.OTHER);
    }

    var parts = line.parts(120);

    assertThat(parts.step()).isEqualTo(step);
    assertThat(parts.counts().length).isLessThanOrEqualTo(120);
    assertThat(sum(parts) + parts.outside()).isEqualTo(50_002);
    assertThat(parts.outside()).isZero();
  }

  @Test
  void a_few_records_of_other_ages_do_not_squeeze_all_others_into_one_bar() {
    var line = new TimeLine();
    line.add(0, Series.OTHER);
    for (int i = 0; i < 10_000; i++) {
      line.add(START + i % 600, Series.OTHER);
    }
    line.add(START + 900 * 365 * DAY, Series.OTHER);

    var parts = line.parts(120);

    assertThat(parts.step()).isEqualTo(5);
    assertThat(parts.outside()).isEqualTo(2);
    assertThat(sum(parts)).isEqualTo(10_000);
  }

  @Test
  void any_times_are_counted_in_bounded_memory() {
    var line = new TimeLine();
    var random = new Random(4);
    long first = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    for (int i = 0; i < 300_000; i++) {
      line.add(random.nextLong(first, last + 1), Series.OTHER);
    }

    var parts = line.parts(120);

    assertThat(parts.counts().length).isLessThanOrEqualTo(1_200);
    assertThat(sum(parts) + parts.outside()).isEqualTo(300_000);
  }

  @Test
  void one_record_is_one_bar() {
    var line = new TimeLine();
    line.add(-5, Series.ERROR);

    assertThat(line.parts(120).counts()).hasDimensions(1, Series.values().length);
    assertThat(line.parts(120).start()).isEqualTo(-5);
  }

  @Test
  void times_become_seconds_and_milliseconds() {
    var seconds = new Seconds();
    for (var time :
        new String[] {
          "2026-11-21T10:00:00Z",
          "2026-11-21T10:00:00.25Z",
          "2026-11-21T23:59:59.9999Z",
          "1969-12-31T23:59:59Z",
          "0000-01-01T00:00:00Z",
          "2024-02-29T12:00:00.007Z",
          "9999-12-31T23:59:59.999999999Z"
        }) {
      assertThat(seconds.of(time)).as(time).isEqualTo(Instant.parse(time).getEpochSecond());
      assertThat(seconds.millis(time)).as(time).isEqualTo(Instant.parse(time).toEpochMilli());
    }
  }

  @ParameterizedTest
  @CsvSource({"60, 60", "60, 9000000", "9000000, 60", "9000000, 900000000", "900000000, 9000000"})
  void parts_of_a_log_add_up_to_the_time_line_of_all(long oneSpan, long otherSpan) {
    var random = new Random(1);
    var all = new TimeLine();
    var one = new TimeLine();
    var other = new TimeLine();
    for (int i = 0; i < 20_000; i++) {
      var series = Series.values()[i % 3];
      long second = START + (long) (random.nextDouble() * (i % 2 == 0 ? oneSpan : otherSpan));
      all.add(second, series);
      (i % 2 == 0 ? one : other).add(second, series);
    }

    one.addAll(other);

    var parts = one.parts(120);
    var expected = all.parts(120);
    assertThat(parts.start()).isEqualTo(expected.start());
    assertThat(parts.step()).isEqualTo(expected.step());
    assertThat(parts.counts()).isDeepEqualTo(expected.counts());
  }
}
