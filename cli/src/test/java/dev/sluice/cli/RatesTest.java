package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class RatesTest {
  @ParameterizedTest
  @CsvSource({
    "1%, 0.01",
    "0.5 %, 0.005",
    "0.01, 0.01",
    ".25, 0.25",
    "1/100, 0.01",
    "1 / 4, 0.25",
    "100%, 1",
    "1, 1"
  })
  void a_rate_is_read_as_people_write_it(String text, double rate) {
    assertThat(new Rates().convert(text)).isEqualTo(rate);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0%", "10", "101%", "1/0", "-1%", "a lot", "1e-2", "2/1"})
  void what_is_no_rate_is_refused(String text) {
    assertThatThrownBy(() -> new Rates().convert(text)).isInstanceOf(TypeConversionException.class);
  }
}
