package dev.sluice.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void what_can_not_be_meant_is_refused_before_the_run() {
    refused(
        """
        source: { read: a.log, on_error: { retry: { attempts: 2 } } }
        stages:
          - throttle: { items: 10, per: 0s }
          - { name: filter, filter: a > 1 }
          - filter: a > 2
          - exec: { command: [cat], timeout: 9999999h, key: a, ordered: true, field: line }
          - parse: { field: message, format: csv }
          - parse: { field: time, format: json }
        sinks: { to: csv:out.csv, timeout: 5s }
        tests:
          - { name: nothing, given: [], expect: {} }
          - { name: words, given: [], expect: { out: many } }
        """,
        "p.yaml:3:33: expected in what time, at least 1ms, but found '0s'",
        "p.yaml:6:38: expected how long one call may take, at most 8784h, but found '9999999h'",
        "p.yaml:11:41: what is expected needs one of: out, dead_letters, filtered",
        "p.yaml:12:46: expected how many there are, or a list of fields that each of them has, but found 'many'");
    refused(
        """
        source: { read: a.log, on_error: { retry: { attempts: 2 } } }
        stages:
          - exec: { command: [cat], key: a, ordered: true, field: line }
          - parse: { field: message, format: csv }
          - parse: { field: time, format: json }
          - { name: same, filter: a > 1 }
          - { name: same, filter: a > 1 }
        sinks: { to: csv:out.csv, timeout: 5s }
        """,
        "p.yaml:1:34: a line that is no record is none the second time: leave retry out",
        "p.yaml:3:46: with a key records keep the order of their key: leave ordered out",
        "p.yaml:3:59: 'line' tells where a record is from",
        "p.yaml:4:38: a line of csv says nothing without its header: parse it where it is read",
        "p.yaml:5:35: time tells where a record is from: it cannot be parsed",
        "p.yaml:7:13: another stage is called 'same'",
        "p.yaml:8:36: only a program has a timeout: leave it out");
    refused(
        """
        source: { read: 'queue:orders' }
        stages: [{ dedupe: { by: id } }]
        sinks: csv:out.csv
        """,
        "p.yaml:2:10: what a queue or a topic gives a second time is no duplicate");
    refused(
        """
        source: { read: a.log, format: combined }
        stages:
          - dedupe: { by: [host, agnet] }
          - exec: { command: [cat], workers: 2, key: hots }
        sinks: csv:out.csv
        """,
        "p.yaml:3:26: by: unknown field: agnet; did you mean 'agent'?",
        "p.yaml:4:46: key: unknown field: hots; did you mean 'host'?");
  }

  @Test
  void a_stage_without_a_name_takes_none_that_another_has() {
    var file =
        parse(
            """
            source: { read: a.log }
            stages: [filter: a > 1, filter: a > 2, { name: filter2, filter: a > 3 }]
            sinks: csv:out.csv
            """);

    assertThat(file.graph())
        .contains("  -> filter: a > 1", "  -> filter3: a > 2", "  -> filter2: a > 3");
  }

  @Test
  void a_request_that_there_can_not_be_is_refused_without_telling_a_secret() {
    refused(
        """
        source: { read: a.log }
        stages:
          - http: { url: 'http://localhost/', headers: { Host: elsewhere } }
        sinks: csv:out.csv
        """,
        "p.yaml:3:56: there can be no such request: ");
    assertThatThrownBy(() ->
            PipelineFile.parse(
                "p.yaml",
                """
                source: { read: a.log }
                stages:
                  - http: { url: 'http://localhost/', headers: { X-Token: '${TOKEN}' } }
                sinks: csv:out.csv
                """,
                Map.of("TOKEN", "hush\n")))
        .hasMessageStartingWith("p.yaml:3:59: there can be no such request: ")
        .message()
        .doesNotContain("hush");
  }

  @Test
  void no_drawing_tells_a_password() {
    var file =
        PipelineFile.parse(
            "p.yaml",
            """
            source: { read: a.log }
            sinks: 'postgresql://me:${SECRET}@localhost/logs'
            dead_letters: 'postgresql://me:${SECRET}@localhost/bad'
            """,
            Map.of("SECRET", "hush"));

    assertThat(file.explain()).noneMatch(line -> line.contains("hush"));
    assertThat(file.graph())
        .noneMatch(line -> line.contains("hush"))
        .last()
        .asString()
        .contains("***");
    assertThat(file.mermaid()).noneMatch(line -> line.contains("hush"));
    assertThat(file.deadLetters()).doesNotContain("hush");
  }

  @Test
  void what_is_no_file_of_text_is_told(@TempDir Path dir) throws Exception {
    var binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});

    assertThatThrownBy(() -> PipelineFile.read(dir, Map.of()))
        .hasMessageEndingWith("this is a directory: name a file in it");
    assertThatThrownBy(() -> PipelineFile.read(binary, Map.of()))
        .hasMessageEndingWith("this is no text in UTF-8");
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
        "p.yaml:1:17: the environment has no NOWHERE; for the text itself write $${NOWHERE}");
    var file = parse("source: { read: '$${NOWHERE}/a.log' }\nsinks: csv:out.csv\n");
    assertThat(file.graph()).first().isEqualTo("${NOWHERE}/a.log");
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
              - parse: { field: price, format: json }
              - name: ship
                exec: { command: [ship], workers: 4, key: [customer, city] }
            sinks: [csv:out.csv, 'ndjson:out.ndjson']
            dead_letters: ndjson:bad.ndjson
            """);

    assertThat(file.explain())
        .anyMatch(it -> it.contains("at least once"))
        .contains("what fails in 'price' is tried 5 times in all, then goes to the dead letters")
        .contains("'price' lets records overtake each other")
        .contains("limit: 'price' makes 8 calls at once, each for up to 30 s")
        .contains("what 'parse' can't parse stops the run")
        .contains(
            "'ship' deals with records of equal customer and city one after the other; others overtake each other");
    assertThat(file.graph())
        .startsWith("queue:orders, a.log")
        .contains(
            "  -> filter: total > 0",
            "  -> price: http, 8 at once   (what fails: -> dead letters)",
            "  -> parse: price as json",
            "  -> ship: exec ship, 4 at once by customer and city")
        .endsWith("dead letters => ndjson:bad.ndjson");
    assertThat(file.mermaid())
        .startsWith("flowchart LR")
        .contains("  parse --> stage1[\"filter: total &gt; 0\"]", "  stage2 -.-> dead");
  }
}
