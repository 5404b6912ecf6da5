package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class ZonesTest {
  private final Zones zones = new Zones();

  @Test
  void zones_are_read_by_name_and_by_offset() {
    assertThat(zones.convert("Europe/Berlin")).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(zones.convert("europe/berlin")).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(zones.convert("+02:00")).isEqualTo(ZoneOffset.ofHours(2));
    assertThat(zones.convert("UTC").getRules()).isEqualTo(ZoneOffset.UTC.getRules());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Europe/Berlni | did you mean 'Europe/Berlin'?",
        "Berlin | did you mean 'Europe/Berlin'?",
        "new york | did you mean 'America/New_York'?",
        "nowhere at all | is no time zone (expected one as Europe/Berlin, UTC or +02:00)",
        "Europe | is no time zone",
      })
  void what_is_none_is_told_with_what_may_have_been_meant(String text, String message) {
    assertThatThrownBy(() -> zones.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining(message);
  }
}
