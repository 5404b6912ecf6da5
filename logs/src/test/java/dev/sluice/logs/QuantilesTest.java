package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class QuantilesTest {
  private static void assertClose(int count, DoubleSupplier numbers) {
    var quantiles = new Quantiles();
    var all = new double[count];
    for (int i = 0; i < count; i++) {
      all[i] = numbers.getAsDouble();
      quantiles.add(all[i]);
    }
    Arrays.sort(all);
    for (double percent : new double[] {0, 1, 25, 50, 90, 99, 99.9, 99.99, 100}) {
      double exact =
          all[(int) Math.max(1, Math.ceilDiv(count * Math.round(percent * 1_000), 100_000)) - 1];
      assertThat(quantiles.at(percent))
          .as("%s %%", percent)
          .isCloseTo(exact, within(Math.abs(exact) * 0.001 + Double.MIN_NORMAL));
    }
    assertThat(quantiles.count()).isEqualTo(count);
    assertThat(quantiles.max()).isEqualTo(all[count - 1]);
  }

  @Test
  void is_within_a_thousandth_whatever_the_numbers() {
    var random = new Random(1);
    assertClose(100_000, () -> random.nextInt(1_000_000));
    assertClose(100_000, () -> Math.exp(random.nextGaussian() * 3));
    assertClose(100_000, () -> random.nextGaussian() * 1e6);
    assertClose(100_000, () -> Math.scalb(random.nextDouble(), random.nextInt(1_800) - 900));
    assertClose(1, () -> 17);
    assertClose(3, () -> -0.25);
  }

  @Test
  void knows_small_whole_numbers_exactly() {
    var quantiles = new Quantiles();
    for (int i = 1; i <= 2_000; i++) {
      quantiles.add(i);
    }

    assertThat(quantiles.at(50)).isEqualTo(1_000);
    assertThat(quantiles.at(99.9)).isEqualTo(1_998);
    assertThat(quantiles.whole()).isTrue();
  }

  @Test
  void one_odd_number_does_not_spoil_the_others() {
    var quantiles = new Quantiles();
    quantiles.add(1e300);
    quantiles.add(1e-300);
    for (int i = 0; i < 1_000; i++) {
      quantiles.add(0.125);
    }

    assertThat(quantiles.at(50)).isEqualTo(0.125);
    assertThat(quantiles.max()).isEqualTo(1e300);
  }

  @Test
  void of_nothing_there_is_no_percentile() {
    assertThat(new Quantiles().at(50)).isNaN();
  }
}
