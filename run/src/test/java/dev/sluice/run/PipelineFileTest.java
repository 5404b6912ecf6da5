package dev.sluice.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a file may say, and what is said of one that says something else.
class PipelineFileTest {

  private static PipelineFile parse(String text) {
    return PipelineFile.parse("p.yaml", text, Map.of("TOKEN", "secret"));
  }

  private static void refused(String text, String... parts) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(BadFileException.class)
        .message()
        .contains(parts);
  }

  @Test
  void a_misspelt_key_is_told_with_line_column_and_a_guess() {
    refused(
        """
        source: { read: a.log }
        stages:
          - filtr: status >= 500
        sinks: csv:out.csv
        """,
        "p.yaml:3:5: unknown key 'filtr'; did you mean 'filter'?");
  }

  @Test
  void all_problems_are_told_at_once() {
    refused(
        """
        source: { read: a.log, folow: true }
        sinks:
          - to: cvs:out.csv
            batch: { size: 0, within: soon }
        drain: 5
        """,
        "p.yaml:1:24: unknown key 'folow'; did you mean 'follow'?",
        "p.yaml:4:20: expected how many at most, a whole number from 1 to 100,000, but found '0'",
        "p.yaml:4:31: expected how long the first of them waits at most, as 200ms, 5s, 2m or 1h, but found 'soon'",
        "p.yaml:5:8: expected how long to finish");
  }

  @Test
  void what_must_be_there_is_named() {
    refused("sinks: csv:out.csv\n", "p.yaml:1:1: a pipeline needs the key 'source'");
    refused(
        "source: { format: json }\nsinks: csv:out.csv\n",
        "p.yaml:1:9: a source needs one of: read, generate");
    refused(
        """
        source: { read: a.log }
        stages:
          - filter: status > 1
            exec: { command: [cat] }
        sinks: csv:out.csv
        """,
        "p.yaml:3:5: a stage can't be both filter and exec");
  }

  @Test
  void what_the_grammar_cannot_tell_has_its_place_too() {
    refused(
        "source: { read: a.log }\nsinks: cvs:out.csv\n",
        "p.yaml:2:8: target 'cvs:out.csv' has the unknown scheme 'cvs'; did you mean 'csv'?");
    refused(
        "source: { read: a.log, format: comined }\nsinks: csv:out.csv\n",
        "p.yaml:1:32: unknown format 'comined'; did you mean 'combined'?");
    refused(
        """
        source: { read: a.log, format: combined }
        stages:
          - filter: stauts >= 500
        sinks: csv:out.csv
        """,
        "p.yaml:3:13: unknown field: stauts; did you mean 'status'?");
    refused(
        """
        source: { read: a.log, on_error: dead_letter }
        sinks: csv:out.csv
        """,
        "p.yaml:1:34: there is no place for dead letters: add dead_letters:");
    refused(
        """
        source: { read: a.log }
        stages:
          - { name: price, http: { url: 'ftp://x' } }
        sinks: csv:out.csv
        """,
        "p.yaml:3:33: expected an address that begins with http:// or https://");
  }

  @Test
  void a_field_that_a_stage_computes_is_known_behind_it_and_any_behind_a_call() {
    parse(
        """
        source: { read: a.log, format: combined }
        stages:
          - set: { slow: bytes > 1000 }
          - filter: slow
          - exec: { command: [cat] }
          - filter: anything == 1
        sinks: csv:out.csv
        """);
  }

  @Test
  void variables_come_from_the_environment() {
    parse(
        """
        source: { read: a.log }
        stages:
          - http: { url: 'http://localhost/', headers: { Authorization: 'Bearer ${TOKEN}' } }
        sinks: csv:out.csv
        """);
    refused(
        "source: { read: '${NOWHERE}/a.log' }\nsinks: csv:out.csv\n",
        "p.yaml:1:17: the environment has no NOWHERE");
  }

  @Test
  void what_is_no_yaml_has_its_place() {
    refused("source: [a\nsinks: b\n", "p.yaml:2:", "no YAML: ");
    refused("a: 1\na: 2\n", "p.yaml:2:1", "twice");
    refused("", "p.yaml:1:1: the file is empty");
    refused("- a\n- b\n", "p.yaml:1:1: expected a pipeline with keys of: name, source");
  }

  @Test
  void nothing_grows_beyond_the_text() {
    refused("a: &x [1]\nb: [*x, *x]\n", "p.yaml:");
    refused("[".repeat(200), "p.yaml:1:");
  }

  @Test
  void the_schema_for_editors_is_that_of_the_parser() throws Exception {
    assertThat(Path.of("../docs/formats/run.schema.json")).hasContent(PipelineFile.schema());
  }

  @Test
  void a_file_is_explained_and_drawn() {
    var file =
        parse(
            """
            name: orders
            source: { read: [queue:orders, a.log], format: json }
            stages:
              - filter: total > 0
              - name: price
                http: { url: 'http://localhost/', workers: 8, ordered: false }
                on_error: { retry: { attempts: 5 }, then: dead_letter }
            sinks: [csv:out.csv, 'ndjson:out.ndjson']
            dead_letters: ndjson:bad.ndjson
            """);

    assertThat(file.explain())
        .anyMatch(it -> it.contains("at least once"))
        .contains("what fails in 'price' is tried 5 times in all, then goes to the dead letters")
        .contains("'price' lets records overtake each other")
        .contains("limit: 'price' makes 8 calls at once, each for up to 30 s");
    assertThat(file.graph())
        .startsWith("queue:orders, a.log")
        .contains(
            "  -> filter: total > 0", "  -> price: http, 8 at once   (what fails: -> dead letters)")
        .endsWith("dead letters => ndjson:bad.ndjson");
    assertThat(file.mermaid())
        .startsWith("flowchart LR")
        .contains("  parse --> stage1[\"filter: total &gt; 0\"]", "  stage2 -.-> dead");
  }
}
