package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgesTest {
  private static final long MILLI = 1_000_000;

  @Test
  void an_empty_queue_has_no_oldest_item() {
    var ages = new Ages();

    assertThat(ages.look(0, 0, 0)).isZero();
    assertThat(ages.look(100 * MILLI, 50, 50)).isZero();
  }

  @Test
  void an_item_that_nobody_takes_grows_older_with_each_look() {
    var ages = new Ages();
    ages.look(0, 5, 5);
    ages.look(100 * MILLI, 8, 5);

    for (long i = 2; i <= 10_000; i++) {
      var age = ages.look(i * 100 * MILLI, 8, 5);

      assertThat(age).isEqualTo(Duration.ofMillis(i * 100));
    }
  }

  @Test
  void it_stays_true_when_items_keep_coming_for_longer_than_it_can_remember() {
    var ages = new Ages();
    ages.look(0, 0, 0);

    Duration age = Duration.ZERO;
    for (long i = 1; i <= 5_000; i++) {
      age = ages.look(i * 100 * MILLI, i * 10L, 0);
    }

    assertThat(age).isBetween(Duration.ofMillis(499_800), Duration.ofMillis(500_000));
  }

  @Test
  void it_is_within_a_look_of_the_truth_for_queues_of_any_course() {
    var random = new Random(42);
    var ages = new Ages();
    var came = new ArrayDeque<Long>();
    long come = 0;
    long gone = 0;
    for (long i = 0; i < 3_000; i++) {
      long now = i * 100 * MILLI;
      int coming = random.nextInt(20) < 14 ? random.nextInt(30) : 0;
      for (long j = 0; j < coming; j++) {
        came.add(now - 100 * MILLI + (j + 1) * 100 * MILLI / (coming + 1));
        come++;
      }
      for (int left = random.nextInt(20); left > 0 && !came.isEmpty(); left--) {
        came.remove();
        gone++;
      }

      long told = ages.look(now, come, gone).toMillis();

      long truth = came.isEmpty() ? 0 : (now - came.element()) / MILLI;
      assertThat(told).as("look %d", i).isBetween(truth - 250, truth + 250);
    }
  }
}
