package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactorTest {
  private static final FieldNames JSON =
      new FieldNames(Map.of(LogFormat.JSON, LogFormat.JSON.columns()));
  private static final FieldNames COMBINED =
      new FieldNames(Map.of(LogFormat.COMBINED, LogFormat.COMBINED.columns()));

  private static LogRecord redacted(String line, String... what) {
    var logRecord = new Lines(LogFormat.JSON).record(line);
    return Redactor.parse(List.of(what), JSON).redact(logRecord);
  }

  private static Map<String, Object> values(String line, String... what) {
    return Lines.values(redacted(line, what));
  }

  @Test
  void values_of_every_kind_are_looked_at() {
    assertThat(
            values(
                "{\"a\":\"from 10.0.0.1\",\"b\":4111111111111111,\"c\":4111111111111111.0,\"d\":5,\"e\":true}",
                "all"))
        .isEqualTo(Map.of("a", "from [address]", "b", "[card]", "c", "[card]", "d", 5L, "e", true));
  }

  @Test
  void nested_values_are_looked_at_as_what_they_mean_not_as_they_are_spelt() {
    assertThat(
            values(
                "{\"x\":{\"to\":\"ann\\u0040example.com\",\"n\":[4111111111111111,4.111111111111111e15,1e400,null,7],"
                    + "\"ann@example.com\":{},\"o\":[]}}",
                "all"))
        .containsEntry(
            "x",
            new Json(
                "{\"to\":\"[email]\",\"n\":[\"[card]\",\"[card]\",1e400,null,7],\"[email]\":{},\"o\":[]}"));
  }

  @Test
  void names_are_looked_at_too() {
    assertThat(values("{\"ann@example.com\":1,\"bob@example.com\":2}", "email"))
        .isEqualTo(Map.of("[email]", 1L, "[email]_", 2L));
  }

  @Test
  void a_named_field_goes_as_a_whole_also_within_another() {
    assertThat(
            values(
                "{\"user\":\"ann\",\"http\":{\"user\":\"ann\",\"x\":{\"deep\":[1,2]}},\"n\":1}",
                "user",
                "http.x.deep",
                "n"))
        .isEqualTo(
            Map.of(
                "user", "[redacted]",
                "http", new Json("{\"user\":\"ann\",\"x\":{\"deep\":\"[redacted]\"}}"),
                "n", "[redacted]"));
  }

  @Test
  void a_field_that_says_it_is_secret_goes_as_a_whole_with_tokens() {
    assertThat(
            values(
                "{\"password\":\"x\",\"o\":{\"apiKey\":\"y\",\"secret\":null},\"prompt_tokens\":7}",
                "tokens"))
        .isEqualTo(
            Map.of(
                "password",
                "[redacted]",
                "o",
                new Json("{\"apiKey\":\"[redacted]\",\"secret\":null}"),
                "prompt_tokens",
                7L));
  }

  @Test
  void a_record_without_secrets_stays_the_same_object() {
    var logRecord = new Lines(LogFormat.JSON).record("{\"a\":\"x\",\"b\":{\"c\":1}}");

    assertThat(Redactor.parse(List.of("all"), JSON).redact(logRecord)).isSameAs(logRecord);
  }

  @Test
  void a_field_called_like_a_kind_can_be_named() {
    assertThat(values("{\"email\":\"none\",\"m\":\"a@b.example\"}", "field:email"))
        .isEqualTo(Map.of("email", "[redacted]", "m", "a@b.example"));
  }

  @Test
  void a_rejected_line_keeps_all_but_its_secrets_byte_by_byte() {
    byte[] line = "\u00ff\u00fe ann@example.com 10.0.0.1 <".getBytes(ISO_8859_1);
    var rejected =
        new Rejected("a.log", 7, 70, "no-quote", "found \"ann@exam...\" here", line, line.length);

    var clean = Redactor.parse(List.of("all"), COMBINED).redact(rejected);

    assertThat(new String(clean.bytes(), ISO_8859_1)).isEqualTo("\u00ff\u00fe [email] [address] <");
    assertThat(clean.detail()).isEqualTo("found \u2026 here");
    assertThat(clean.length()).isEqualTo(clean.bytes().length);
    assertThat(clean.line()).isEqualTo(7);
    assertThat(clean.offset()).isEqualTo(70);
    assertThat(clean.reason()).isEqualTo("no-quote");
  }

  @Test
  void a_secret_cut_in_two_at_the_end_of_what_is_kept_goes_too() {
    var kept = "x 4111-1111-11".getBytes(UTF_8);

    var clean =
        Redactor.parse(List.of("cards"), COMBINED)
            .redact(new Rejected("a.log", 1, 0, "too-long", "too long", kept, 1_000_000));

    assertThat(new String(clean.bytes(), UTF_8)).isEqualTo("x ");
    assertThat(clean.length()).isGreaterThan(clean.bytes().length);
  }

  @Test
  void where_a_field_is_named_the_text_of_rejected_lines_is_withheld() {
    var clean =
        Redactor.parse(List.of("user"), COMBINED)
            .redact(TargetFixtures.rejected("a.log", 1, "no-quote", "who knows where ann is"));

    assertThat(new String(clean.bytes(), UTF_8)).isEqualTo(Redactor.WITHHELD);
  }

  @Test
  void what_is_neither_kind_nor_field_is_refused_with_what_is_possible() {
    assertThatThrownBy(() -> Redactor.parse(List.of("adresses"), COMBINED))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("adresses")
        .hasMessageContaining("known fields: source, line, time, host")
        .hasMessageContaining("did you mean 'addresses'?");
    assertThatThrownBy(() -> Redactor.parse(List.of("line"), COMBINED))
        .hasMessageContaining("line cannot be redacted");
  }
}
