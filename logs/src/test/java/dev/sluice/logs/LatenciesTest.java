package dev.sluice.logs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {
  @ParameterizedTest
  @CsvSource({
    "duration_ms, 12, 12 ms",
    "latencyMs, 1500, 1.5 s",
    "elapsed_us, 12, 12 µs",
    "took_ns, 12000, 12 µs",
    "request_time, 0.012, 12 ms",
    "time-taken, 250, 250 ms",
    "response_time_seconds, 600, 10 min",
    "duration, 12.5, 12.5",
    "duration, 12ms, 12 ms",
    "took, 1.5s, 1.5 s",
    "latency, 80µs, 80 µs",
    "Duration-MS, 3, 3 ms"
  })
  void a_field_tells_its_unit_by_its_name_or_its_value(String name, String value, String shown) {
    var latencies = new Latencies();
    Object typed =
        value.matches("\\d+")
            ? Long.valueOf(value)
            : value.matches("[\\d.]+") ? Double.valueOf(value) : value;

    long added = latencies.add(typed, requireNonNull(Latencies.unit(name)));

    assertThat(latencies.text(added)).isEqualTo(shown);
    assertThat(latencies.count()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"time", "status", "ms", "times", "bytes_s", "durations_of_it", ""})
  void other_fields_tell_no_latency(String name) {
    assertThat(Latencies.unit(name)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "", "fast", "12parsecs", "1.2.3", "-5"})
  void what_is_no_latency_is_not_counted(String value) {
    var latencies = new Latencies();

    assertThat(latencies.add(value, new Latencies.Unit(1_000, true))).isEqualTo(-1);
    assertThat(latencies.add(-5L, new Latencies.Unit(1_000, true))).isEqualTo(-1);
    assertThat(latencies.add(Double.NaN, new Latencies.Unit(1_000, true))).isEqualTo(-1);
    assertThat(latencies.add(Long.MAX_VALUE, new Latencies.Unit(1_000, true))).isEqualTo(-1);
    assertThat(latencies.isEmpty()).isTrue();
  }

  @Test
  void percentiles_are_right_to_three_digits_and_slices_hold_everything() {
    var latencies = new Latencies();
    for (long i = 0; i <= 100_000; i++) {
      latencies.add(i, new Latencies.Unit(1, true));
    }

    assertThat(latencies.percentile(50)).isBetween(49_900L, 50_100L);
    assertThat(latencies.percentile(99)).isBetween(98_900L, 99_100L);
    assertThat(latencies.max()).isBetween(99_900L, 100_100L);
    var slices = latencies.slices();
    assertThat(slices).hasSizeLessThan(25);
    assertThat(slices.stream().mapToLong(Latencies.Slice::count).sum())
        .isBetween(99_900L, 100_101L);
  }

  @Test
  void parts_of_a_log_add_up_to_the_latencies_of_all() {
    var all = new Latencies();
    var one = new Latencies();
    var other = new Latencies();
    for (long i = 0; i <= 100_000; i++) {
      all.add(i * i, new Latencies.Unit(1, true));
      (i % 3 == 0 ? one : other).add(i * i, new Latencies.Unit(1, true));
    }

    one.addAll(other);
    one.addAll(new Latencies());

    assertThat(one.slices()).isEqualTo(all.slices());
    assertThat(one.percentile(99)).isEqualTo(all.percentile(99));
    assertThat(one.unitKnown()).isTrue();
    other.add(1L, new Latencies.Unit(1, false));
    one.addAll(other);
    assertThat(one.unitKnown()).isFalse();
  }
}
