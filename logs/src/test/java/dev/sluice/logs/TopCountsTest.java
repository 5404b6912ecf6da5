package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopCountsTest {
  private static String text(int number) {
    return "text " + number; // a new instance each time
  }

  @Test
  void few_texts_are_counted_exactly() {
    var random = new Random(1);
    var counts = new TopCounts(1_000);
    var truth = new HashMap<String, Long>();
    for (int i = 0; i < 100_000; i++) {
      var one = text(random.nextInt(1_000));
      counts.add(one);
      truth.merge(one, 1L, Long::sum);
    }

    assertThat(counts.error()).isZero();
    assertThat(counts.top(1_000))
        .hasSize(1_000)
        .allSatisfy(entry -> assertThat(entry.count()).isEqualTo(truth.get(entry.text())));
  }

  @Test
  void of_many_texts_a_count_is_too_low_by_the_error_at_most() {
    var random = new Random(2);
    var counts = new TopCounts(100);
    var truth = new HashMap<String, Long>();
    for (int i = 0; i < 100_000; i++) {
      int number = (int) Math.min(5_000, Math.exp(9 * random.nextDouble()));
      counts.add(text(number));
      truth.merge(text(number), 1L, Long::sum);
    }

    assertThat(counts.error()).isBetween(1L, 100_000L / 50);
    assertThat(counts.top(100))
        .allSatisfy(entry -> {
          long real = truth.getOrDefault(entry.text(), 0L);
          assertThat(entry.count()).isBetween(real - counts.error(), real);
        });
  }

  @Test
  void texts_that_differ_late_count_as_one() {
    var counts = new TopCounts();
    counts.add("x".repeat(TopCounts.LONGEST) + "a");
    counts.add("x".repeat(TopCounts.LONGEST) + "b");

    assertThat(counts.top(2))
        .containsExactly(new TopCounts.Entry("x".repeat(TopCounts.LONGEST), 2));
  }
}
