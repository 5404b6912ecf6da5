package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/// Times and sizes as people write them.
class AmountsTest {

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "5s,PT5S", "5,PT5S", "2m,PT2M", "1h,PT1H", "7d,PT168H", "0,PT0S"})
  void times_have_units(String text, Duration meant) {
    assertThat(new Durations().convert(text)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5 s", "-1s", "1w", "s", "9999999999s"})
  void what_is_no_time_is_told(String text) {
    assertThatThrownBy(() -> new Durations().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("is not a time");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "12,12",
    "12b,12",
    "1kB,1000",
    "1k,1000",
    "1KiB,1024",
    "1.5MB,1500000",
    "1GB,1000000000",
    "1GiB,1073741824",
    "2 TB,2000000000000"
  })
  void sizes_have_units(String text, long meant) {
    assertThat(new Sizes().convert(text)).isEqualTo(meant);
  }

  @Test
  void what_is_no_size_is_told() {
    for (var text : new String[] {"", "GB", "-1", "1XB", "1e9"}) {
      assertThatThrownBy(() -> new Sizes().convert(text))
          .isInstanceOf(TypeConversionException.class)
          .hasMessageContaining("is not a size");
    }
  }
}
