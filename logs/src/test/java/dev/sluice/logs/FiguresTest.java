package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FiguresTest {

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        999,
        1_000,
        12_345,
        999_999,
        1_000_000,
        -1,
        -999,
        -1_000,
        -123_456,
        Long.MAX_VALUE,
        Long.MIN_VALUE
      })
  void thousands_are_grouped_as_the_formatter_does(long number) {
    assertThat(Figures.grouped(number)).isEqualTo(String.format(Locale.ROOT, "%,d", number));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 0.00",
    "0.004, 2, 0.00",
    "0.006, 2, 0.01",
    "0.05, 1, 0.1",
    "9.999, 2, 10.00",
    "50, 2, 50.00",
    "-1.26, 1, -1.3",
    "123456.789, 3, 123456.789",
    "1e15, 1, 1000000000000000.0",
    "NaN, 1, NaN"
  })
  void decimals_are_rounded(double number, int decimals, String expected) {
    assertThat(Figures.fixed(number, decimals)).isEqualTo(expected);
  }

  @Test
  void decimals_are_those_of_the_formatter() {
    var random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      double number = random.nextInt(1_000_000) / 1_000.0 + 0.0002; // between two that could be it
      for (int decimals = 1; decimals <= 3; decimals++) {
        assertThat(Figures.fixed(number, decimals))
            .isEqualTo(String.format(Locale.ROOT, "%." + decimals + "f", number));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "1849, 1.8 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "1000000000, 1.0 GB",
    "9223372036854775807, 9.2 EB"
  })
  void sizes_have_the_unit_that_keeps_them_short(long bytes, String expected) {
    assertThat(Figures.size(bytes)).isEqualTo(expected);
  }
}
