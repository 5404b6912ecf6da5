package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DidYouMeanTest {
  private static final List<String> KNOWN = List.of("logs", "help", "--format", "--to");

  @ParameterizedTest
  @CsvSource({
    "lgos, logs",
    "log, logs",
    "logss, logs",
    "lags, logs",
    "hlep, help",
    "--fromat, --format",
  })
  void a_slip_leads_to_what_was_meant(String word, String meant) {
    assertThat(DidYouMean.hint(word, KNOWN)).isEqualTo("; did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({"queue", "go", "''", "--colour"})
  void another_word_altogether_leads_nowhere(String word) {
    assertThat(DidYouMean.hint(word, KNOWN)).isEmpty();
  }

  @Test
  void of_two_as_near_both_are_proposed() {
    assertThat(DidYouMean.hint("-c", List.of("-b", "-a")))
        .isEqualTo("; did you mean '-a' or '-b'?");
  }

  @Test
  void a_word_of_any_length_is_answered_at_once() {
    assertThat(DidYouMean.hint("x".repeat(10_000_000), KNOWN)).isEmpty();
  }
}
