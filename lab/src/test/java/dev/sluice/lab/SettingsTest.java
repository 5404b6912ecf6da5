package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsTest {

  @ParameterizedTest
  @EnumSource
  void every_setting_goes_through_the_query_string_and_back(Knob knob) {
    for (double value : new double[] {knob.least, knob.usual, knob.most}) {
      var query = "capacity=1000&" + knob.key() + "=" + knob.print(value);
      var settings = Settings.parse(query);

      assertThat(settings.get(knob)).isEqualTo(value);
      assertThat(Settings.parse(settings.query())).isEqualTo(settings);
    }
  }

  @Test
  void what_is_as_usual_is_not_in_the_query_string() {
    assertThat(Settings.USUAL.query()).isEmpty();
    assertThat(Settings.parse("capacity=8&rate=2.5&kind=priority").query())
        .isEqualTo("rate=2.5&kind=priority");
  }

  @ParameterizedTest
  @EnumSource
  void every_number_is_bounded(Knob knob) {
    if (!knob.choices.isEmpty()) {
      assertThatThrownBy(() -> Settings.parse(knob.key() + "=nonsense"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(knob.key() + " is one of ");
      return;
    }
    for (var wrong : new String[] {"-1", "1e9", "99999999", "NaN", "", "0x1", "1.2.3"}) {
      assertThatThrownBy(() -> Settings.parse(knob.key() + "=" + wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              " from %s to %s".formatted(knob.print(knob.least), knob.print(knob.most)));
    }
  }

  @Test
  void no_settings_take_more_than_64_threads() {
    var most = "producers=16&stages=3&workers1=16&workers2=16&workers3=16";

    assertThat(Settings.parse(most).threads()).isEqualTo(64);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind=rendezvous&overflow=drop-oldest | choose overflow=drop-newest",
        "prime=9 | prime is at most the capacity (8), but was 9",
        "sound=loud | there is no setting 'sound'",
        "producers=1.5 | producers is a whole number from 1 to 16",
        "rate | rate is a number from 0.1 to 500, but was ''"
      })
  void what_makes_no_sense_is_refused_with_what_would(String query, String message) {
    assertThatThrownBy(() -> Settings.parse(query))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @EnumSource
  void every_scenario_has_three_sentences_and_settings_that_are_its_own(Scenario scenario) {
    assertThat(Settings.parse(scenario.query)).isNotEqualTo(Settings.USUAL);
    assertThat(scenario.text.split("\\. ")).hasSize(3);
  }

  @Test
  void the_slowest_stage_is_the_bottleneck_even_behind_another_slow_one() {
    var theory = Theory.of(Settings.parse("rate=8&stages=2&service1=200&service2=300"));

    assertThat(theory.bottleneck()).isEqualTo(1);
    assertThat(theory.advice()).startsWith("Stage 2 limits: ");
  }
}
