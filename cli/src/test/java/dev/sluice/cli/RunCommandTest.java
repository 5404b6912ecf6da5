package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Account;
import dev.sluice.queues.Codec;
import dev.sluice.queues.QueueStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
  @TempDir Path dir;
  private final StringWriter errors = new StringWriter();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int run(String... args) {
    var stdout = System.out;
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      return Main.run(Main.commands(Map.of()).setErr(new PrintWriter(errors, true)), false, args);
    } finally {
      System.setOut(stdout);
    }
  }

  private String file(String text) throws IOException {
    return Files.writeString(dir.resolve("p.yaml"), text.replace("DIR", dir.toString())).toString();
  }

  @Test
  void a_file_is_run() throws Exception {
    var file =
        file(
            "source: { generate: { count: 3 } }\nstages: [{ filter: n > 1 }]\nsinks: ndjson:DIR/out\n");

    assertThat(run("run", file)).isZero();

    assertThat(Files.readAllLines(dir.resolve("out"))).hasSize(2);
  }

  @Test
  void a_file_with_a_mistake_is_wrong_usage_wherever_it_is_read() throws Exception {
    var file =
        file(
            "source: { generate: { count: 3 } }\nstages: [{ filtr: n > 1 }]\nsinks: ndjson:DIR/out\n");

    assertThat(run("run", file)).isEqualTo(2);
    assertThat(run("run", "check", file)).isEqualTo(2);

    assertThat(errors.toString())
        .contains("p.yaml:2:12: unknown key 'filtr'; did you mean 'filter'?");
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @Test
  void what_stops_a_run_is_status_1() throws Exception {
    var file =
        file(
            "source: { generate: { count: 3 } }\nstages: [{ exec: { command: [sh, -c, 'exit 7'] } }]\nsinks: ndjson:DIR/out\n");

    assertThat(run("run", file)).isEqualTo(1);
  }

  @Test
  void tests_are_run_and_told() throws Exception {
    var file =
        file(
            """
            source: { generate: {} }
            stages: [{ filter: n > 1 }]
            sinks: ndjson:DIR/out
            tests:
              - { name: small ones go, given: [{ n: 1 }, { n: 2 }], expect: { out: [{ n: 2 }], filtered: 1 } }
              - { name: wrong, given: [{ n: 1 }], expect: { out: 1 } }
            """);

    assertThat(run("run", "test", file)).isEqualTo(1);

    assertThat(out.toString(UTF_8))
        .contains("passed  small ones go", "FAILED  wrong", "p.yaml:6:5", "1 of 2 passed");
  }

  @Test
  void a_file_is_checked_explained_drawn_and_has_a_schema() throws Exception {
    var file = file("source: { generate: {} }\nsinks: ndjson:DIR/out\n");

    assertThat(run("run", "check", file)).isZero();
    assertThat(run("run", "explain", file)).isZero();
    assertThat(run("run", "graph", file)).isZero();
    assertThat(run("run", "graph", "--mermaid", file)).isZero();
    assertThat(run("run", "schema")).isZero();

    assertThat(out.toString(UTF_8))
        .contains("p.yaml: fine", "accounted for", "  -> parse", "flowchart LR", "\"$schema\"");
  }

  @Test
  void a_file_that_is_not_there_and_none_at_all() {
    assertThat(run("run", dir.resolve("nothing.yaml").toString())).isEqualTo(1);
    assertThat(run("run")).isEqualTo(2);

    assertThat(errors.toString()).contains("no such file or directory", "no file: name the FILE");
  }

  @Test
  void what_came_from_a_queue_is_gone_when_the_sinks_have_it() throws Exception {
    var queue = dir.resolve("jobs.db");
    try (var store = QueueStore.open(queue)) {
      var jobs = store.queue("jobs", Codec.text());
      for (int i = 1; i <= 5; i++) {
        jobs.send("{\"n\":%d}".formatted(i));
      }
    }
    var file =
        file(
            "source: { read: 'queue:file:DIR/jobs.db#jobs', format: json }\nsinks: ndjson:DIR/out\n");

    assertThat(run("run", file)).isZero();

    assertThat(Files.readAllLines(dir.resolve("out"))).hasSize(5);
    try (var store = QueueStore.open(queue)) {
      assertThat(store.queue("jobs", Codec.text()).stats().depth()).isZero();
    }
  }

  @Test
  void what_a_stage_filtered_or_refused_does_not_stay_in_the_queue() throws Exception {
    var queue = dir.resolve("jobs.db");
    try (var store = QueueStore.open(queue)) {
      var jobs = store.queue("jobs", Codec.text());
      for (int i = 1; i <= 5; i++) {
        jobs.send(i == 4 ? "no record" : "{\"n\":%d}".formatted(i));
      }
    }
    var file =
        file(
            """
            source: { read: 'queue:file:DIR/jobs.db#jobs', format: json }
            stages: [filter: n > 2]
            sinks: ndjson:DIR/out
            dead_letters: ndjson:DIR/dead
            """);

    assertThat(run("run", file)).isZero();

    assertThat(Files.readAllLines(dir.resolve("out"))).hasSize(2);
    assertThat(Files.readAllLines(dir.resolve("dead"))).hasSize(1);
    try (var store = QueueStore.open(queue)) {
      assertThat(store.queue("jobs", Codec.text()).stats().depth()).isZero();
    }
  }

  @Test
  void the_account_is_told_like_that_of_logs() {
    assertThat(
            RunCommand.text(
                new Account(1_000, 970, 10, 1, 18, 1, 0), "bad.ndjson", Duration.ofMillis(440)))
        .isEqualTo(
            "read 1,000 = 970 written + 10 filtered + 18 rejected (bad.ndjson) + 1 dropped + 1 abandoned; in 0.44 s");
  }
}
