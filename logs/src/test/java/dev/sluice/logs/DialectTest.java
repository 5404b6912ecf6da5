package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialectTest {
  @Test
  void formats_are_named_by_their_ids_and_patterns_by_what_they_are() {
    assertThat(Dialect.named("combined")).isSameAs(Dialect.of(LogFormat.COMBINED));
    assertThat(Dialect.named("grok:%{IP:client}").format()).isEqualTo(LogFormat.GROK);
    assertThat(Dialect.named("regex:(?<a>.)").format()).isEqualTo(LogFormat.REGEX);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grok | needs a pattern",
        "regex: | needs a pattern",
        "grok:%{IPP:client} | unknown pattern %{IPP} in --format grok:%{IPP:client}; did you mean 'IP'",
        "grok:%{NUMBER:n:flot} | unknown type 'flot'",
        "grok:%{IP} | names no field",
        "regex:(.*) | names no field",
        "regex:(?<a>.*)( | is no expression",
        "regex:(?<a>.*)(?=b) | looking around",
        "regex:(?<a>((x{500}){500}){500}) | is too large",
        "regexp | unknown format 'regexp'",
        "jsno | did you mean 'json'",
      })
  void what_is_no_format_is_told_with_what_would_be(String name, String message) {
    assertThatThrownBy(() -> Dialect.named(name))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  @Test
  void every_known_pattern_compiles() {
    for (var name : Grok.known()) {
      assertThat(Grok.compile("%{" + name + ":x}").fields()).as(name).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "regex:^(?<a>(x+x+)+)y$",
        "regex:(?<a>(.*)*)z",
        "grok:%{DATA:a}%{DATA:b}%{DATA:c}y"
      })
  void a_pattern_takes_time_in_proportion_to_the_line(String name) {
    var parser = Dialect.named(name).newParser(Lines.UTC);
    byte[] line = "x".repeat(20_000).getBytes(UTF_8);

    long begun = System.nanoTime();
    var parsed = parser.parse("a", 1, line, 0, line.length);

    assertThat(parsed).isInstanceOf(Malformed.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void names_of_a_header_are_made_unique() {
    byte[] log = "a,,a,a_2\n1,2,3,4\n".getBytes(UTF_8);
    var found = FormatDetector.given(Dialect.named("csv"), log, true, Lines.UTC);
    var dialect = Objects.requireNonNull(found.dialect());
    byte[] row = "1,2,3,4".getBytes(UTF_8);

    var parsed = dialect.newParser(Lines.UTC).parse("a", 2, row, 0, row.length);

    assertThat(Lines.values((LogRecord) parsed).keySet())
        .containsExactly("a", "column2", "a_2", "a_2_2");
  }
}
