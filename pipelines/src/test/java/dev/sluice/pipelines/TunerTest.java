package dev.sluice.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a tuner finds for services of known behaviour, told with some noise.
class TunerTest {
  private static final int MOST = 64;
  private final Random random = new Random(42);

  /// Lets the tuner try so often, and returns the average of what it chose in the second half.
  private double settled(Tuner tuner, int times, IntToDoubleFunction rate) {
    int workers = tuner.observe(0);
    double sum = 0;
    for (int i = 0; i < times; i++) {
      double noise = 1 + 0.02 * (random.nextDouble() - 0.5);
      workers = tuner.observe(rate.applyAsDouble(workers) * noise);
      assertThat(workers).isBetween(1, MOST);
      sum += i >= times / 2 ? workers : 0;
    }
    return sum / (times - times / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32})
  void it_finds_about_as_many_as_the_service_can_use(int useful) {
    double found = settled(new Tuner(1, MOST), 600, workers -> 100.0 * Math.min(workers, useful));

    assertThat(found).isBetween(0.75 * useful, 1.5 * useful + 1);
  }

  @Test
  void it_keeps_away_from_where_more_workers_do_less() {
    double found =
        settled(
            new Tuner(1, MOST),
            600,
            workers -> workers <= 8 ? 100.0 * workers : Math.max(50, 800 - 40.0 * (workers - 8)));

    assertThat(found).isBetween(5.0, 11.0);
  }

  @Test
  void it_goes_up_to_the_most_if_each_helps() {
    assertThat(settled(new Tuner(1, MOST), 600, workers -> 100.0 * workers)).isGreaterThan(55);
  }

  @Test
  void it_stays_at_the_least_if_the_input_is_slower_than_one() {
    assertThat(settled(new Tuner(1, MOST), 600, workers -> 10)).isLessThan(2.0);
  }

  @Test
  void it_follows_a_service_that_changes() {
    var tuner = new Tuner(1, MOST);
    assertThat(settled(tuner, 400, workers -> 100.0 * Math.min(workers, 4))).isBetween(3.0, 7.0);

    assertThat(settled(tuner, 800, workers -> 100.0 * Math.min(workers, 20))).isBetween(15.0, 31.0);

    assertThat(settled(tuner, 800, workers -> 100.0 * Math.min(workers, 4))).isBetween(3.0, 8.0);
  }
}
