package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fixtures.TestPostgres;
import dev.sluice.fixtures.Until;
import dev.sluice.queues.Codec;
import dev.sluice.queues.QueueOptions;
import dev.sluice.queues.QueueStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `sluice queue` as a person uses it: through the launcher, in processes of their own.
@Timeout(180)
class QueueIT {
  private static final Path SLUICE = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();
  private static final String QUEUE = "file:jobs.db";

  @TempDir Path dir;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void nothing_is_left_running() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private record Result(int status, String out, String err) {}

  private Process start(String... args) throws Exception {
    var command = new ArrayList<>(List.of(SLUICE.toString()));
    if (!args[0].equals("logs")) {
      command.add("queue");
    }
    command.addAll(List.of(args));
    var number = started.size();
    var process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectOutput(dir.resolve("out" + number).toFile())
            .redirectError(dir.resolve("err" + number).toFile());
    process.environment().put("JAVA_HOME", System.getProperty("java.home"));
    started.add(process.start());
    started.getLast().getOutputStream().close();
    return started.getLast();
  }

  private Result run(String... args) throws Exception {
    int number = started.size();
    return ended(start(args), number);
  }

  private Result ended(Process process, int number) throws Exception {
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    return new Result(
        process.exitValue(),
        Files.readString(dir.resolve("out" + number)),
        Files.readString(dir.resolve("err" + number)));
  }

  private Result piped(String text, String... args) throws Exception {
    var command = new ArrayList<>(List.of(SLUICE.toString(), "queue"));
    command.addAll(List.of(args));
    var process = new ProcessBuilder(command).directory(dir.toFile());
    process.environment().put("JAVA_HOME", System.getProperty("java.home"));
    var running = process.start();
    started.add(running);
    try (var in = running.getOutputStream()) {
      in.write(text.getBytes(UTF_8));
    }
    var out = new String(running.getInputStream().readAllBytes(), UTF_8);
    var err = new String(running.getErrorStream().readAllBytes(), UTF_8);
    return new Result(running.waitFor(), out, err);
  }

  private JsonNode stats() throws Exception {
    var result = run("stats", QUEUE, "--json");
    assertThat(result.status()).as(result.err()).isZero();
    return JSON.readTree(result.out());
  }

  private void await(Path file) throws Exception {
    Until.holds(file + " is there", Duration.ofSeconds(60), () -> Files.exists(file));
  }

  @Test
  void what_is_put_is_taken_once() throws Exception {
    var put = run("put", QUEUE, "one", "two");
    assertThat(put).isEqualTo(new Result(0, "1\n2\n", ""));
    assertThat(piped("three\nvier \u00fc", "put", QUEUE).out()).isEqualTo("3\n4\n");

    assertThat(run("take", QUEUE, "-n", "2").out()).isEqualTo("one\ntwo\n");
    assertThat(run("take", QUEUE, "-n", "3", "--ack").out()).isEqualTo("one\ntwo\nthree\n");

    var stats = stats();
    assertThat(stats.get("ready").asLong()).isEqualTo(1);
    assertThat(stats.get("settled").asLong()).isEqualTo(3);
    assertThat(stats.get("leased").asLong()).isZero();
    assertThat(stats.get("dead").asLong()).isZero();
    assertThat(stats.get("delayed").asLong()).isZero();
    assertThat(stats.get("oldest_seconds").isNumber()).isTrue();
    assertThat(stats.get("bytes").asLong()).isEqualTo(7);
    assertThat(run("take", QUEUE, "--ack").out()).isEqualTo("vier \u00fc\n");
  }

  @Test
  void work_runs_a_command_for_each_item_and_ends_when_it_is_empty() throws Exception {
    piped("a\nb\nc\n", "put", QUEUE, "--key", "k");

    var work =
        run(
            "work",
            QUEUE,
            "-j",
            "2",
            "--until-empty",
            "--",
            "sh",
            "-c",
            "read -r x; echo \"$SLUICE_QUEUE_ID $SLUICE_QUEUE_ATTEMPT $SLUICE_QUEUE_KEY $x\"");

    assertThat(work.err()).isEmpty();
    assertThat(work.status()).isZero();
    assertThat(work.out()).isEqualTo("1 1 k a\n2 1 k b\n3 1 k c\n");
    assertThat(stats().get("settled").asLong()).isEqualTo(3);
  }

  @Test
  void what_fails_is_a_dead_letter_with_its_cause_and_can_be_replayed() throws Exception {
    run("put", QUEUE, "bad");

    var work =
        run(
            "work",
            QUEUE,
            "--until-empty",
            "--attempts",
            "2",
            "--retry-delay",
            "10ms",
            "--",
            "sh",
            "-c",
            "echo \"no such thing $SLUICE_QUEUE_ATTEMPT\" >&2; exit 7");

    assertThat(work.status()).isZero();
    assertThat(work.err()).isEqualTo("no such thing 1\nno such thing 2\n");
    assertThat(stats().get("dead").asLong()).isEqualTo(1);
    assertThat(run("dead", QUEUE).out())
        .isEqualTo("1  attempts: 2  bad\n    exit status 7\n    no such thing 2\n");
    assertThat(run("replay", QUEUE, "1").out()).isEqualTo("1\n");
    assertThat(run("replay", QUEUE, "1").err()).contains("has no dead letter 1");
    assertThat(run("take", QUEUE, "--ack").out()).isEqualTo("bad\n");
    assertThat(run("purge", QUEUE).out()).isEqualTo("0\n");
  }

  @Test
  void the_item_of_a_killed_worker_comes_back() throws Exception {
    run("put", QUEUE, "survivor");
    var worker = start("work", QUEUE, "--", "sh", "-c", "touch begun; exec sleep 600");
    await(dir.resolve("begun"));
    var children = worker.descendants().toList();
    worker.destroyForcibly().waitFor();
    children.forEach(ProcessHandle::destroyForcibly);

    var work =
        run(
            "work",
            QUEUE,
            "--until-empty",
            "--",
            "sh",
            "-c",
            "cat; echo \" $SLUICE_QUEUE_ATTEMPT\"");

    assertThat(work.status()).isZero();
    assertThat(work.out()).isEqualTo("survivor 2\n");
  }

  @Test
  void a_worker_that_is_told_to_end_finishes_what_it_has_begun() throws Exception {
    run("put", QUEUE, "first", "second");
    int number = started.size();
    var worker =
        start(
            "work",
            QUEUE,
            "--",
            "sh",
            "-c",
            "touch begun; while ! test -e go; do sleep 0.05; done");
    await(dir.resolve("begun"));
    worker.destroy();
    Files.createFile(dir.resolve("go"));

    var result = ended(worker, number);

    assertThat(result.status()).isEqualTo(143);
    var stats = stats();
    assertThat(stats.get("settled").asLong() + stats.get("ready").asLong()).isEqualTo(2);
    assertThat(stats.get("settled").asLong()).isPositive();
    assertThat(stats.get("leased").asLong()).isZero();
  }

  @Test
  void pitfall_7_22_a_worker_that_is_ended_loses_nothing_and_does_nothing_twice() throws Exception {
    int rounds = Integer.getInteger("sluice.soak", 3);
    var done = Files.createFile(dir.resolve("done"));
    int put = 0;
    for (int round = 0; round < rounds; round++) {
      assertThat(piped("x\n".repeat(2_000), "put", QUEUE).status()).isZero();
      put += 2_000;
      int before = Files.readAllLines(done).size();
      int number = started.size();
      var worker =
          start(
              "work",
              QUEUE,
              "-j",
              "4",
              "--",
              "sh",
              "-c",
              "echo \"$SLUICE_QUEUE_ID $SLUICE_QUEUE_ATTEMPT\" >> done");
      var deadline = Instant.now().plusSeconds(60);
      while (Files.readAllLines(done).size() < before + 20) {
        assertThat(Instant.now()).isBefore(deadline);
        LockSupport.parkNanos(5_000_000); // polled: other processes write it
      }
      var told = Instant.now();
      worker.destroy();
      assertThat(ended(worker, number).status()).isEqualTo(143);
      assertThat(Instant.now()).isBefore(told.plusSeconds(20));
    }

    var lines = Files.readAllLines(done);
    assertThat(lines).doesNotHaveDuplicates().allMatch(line -> line.endsWith(" 1"));
    var stats = stats();
    assertThat(stats.get("settled").asLong()).isEqualTo(lines.size());
    assertThat(stats.get("ready").asLong()).isEqualTo(put - lines.size());
    assertThat(stats.get("leased").asLong() + stats.get("dead").asLong()).isZero();
  }

  @Test
  void a_paused_queue_gives_nothing_until_it_is_resumed() throws Exception {
    run("put", QUEUE, "waits");
    assertThat(run("pause", QUEUE).status()).isZero();
    assertThat(run("take", QUEUE).out()).isEmpty();
    assertThat(stats().get("paused").asBoolean()).isTrue();
    assertThat(run("resume", QUEUE).status()).isZero();

    assertThat(run("take", QUEUE).out()).isEqualTo("waits\n");
  }

  @Test
  void mistakes_are_told_in_words() throws Exception {
    assertThat(run("stats", "jobs.db").err())
        .contains("sluice queue stats: queue 'jobs.db' begins with neither; use file:PATH[#NAME]")
        .doesNotContain("Exception");
    var missing = run("take", "file:none.db");
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("none.db: no such file; 'sluice queue put' makes one");
    run("put", QUEUE + "#images", "x");
    assertThat(run("stats", QUEUE + "#imagse").err())
        .contains("has no queue 'imagse'; did you mean 'images'?");
    var unknown = run("work", QUEUE + "#images", "--", "no-such-command");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("cannot run 'no-such-command': No such file or directory");
    assertThat(run("take", QUEUE + "#images", "--ack").out()).isEqualTo("x\n");
    assertThat(run("put", "postgresql://u:secret@127.0.0.1:1/d", "x").err())
        .contains("cannot reach the server")
        .doesNotContain("secret", "\tat ");
  }

  @Test
  void records_go_through_a_queue_and_are_all_accounted_for() throws Exception {
    var lines = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      lines.append("{\"n\":%d,\"text\":\"line %d\"}%n".formatted(i, i));
    }
    Files.writeString(dir.resolve("app.log"), lines + "{broken\n");
    var in = run("logs", "app.log", "--to", "queue:" + QUEUE + "#logs", "--format", "json");
    assertThat(in.err()).contains("3,001", "3,000");
    assertThat(in.status()).as(in.err()).isZero();

    var through =
        run("logs", "queue:" + QUEUE + "#logs", "--to", "ndjson:out.ndjson", "--account", "a.json");

    assertThat(through.status()).as(through.err()).isZero();
    var account = JSON.readTree(Files.readString(dir.resolve("a.json")));
    assertThat(account.get("read").asLong()).isEqualTo(3_000);
    assertThat(account.get("written").asLong()).isEqualTo(3_000);
    var numbers = new ArrayList<Integer>();
    for (var line : Files.readAllLines(dir.resolve("out.ndjson"))) {
      numbers.add(JSON.readTree(line).get("n").asInt());
    }
    assertThat(numbers).isEqualTo(IntStream.range(0, 3_000).boxed().toList());
    var stats = JSON.readTree(run("stats", QUEUE + "#logs", "--json").out());
    assertThat(stats.get("settled").asLong()).isEqualTo(3_000);
    assertThat(stats.get("ready").asLong() + stats.get("leased").asLong()).isZero();
  }

  @Test
  void what_a_target_did_not_get_stays_in_the_queue() throws Exception {
    piped("{\"n\":1}\n{\"n\":2}\n", "put", QUEUE);
    run("put", QUEUE + "#other", "x");
    var failed = run("logs", "queue:" + QUEUE, "--to", "sqlite:none/there.db");
    assertThat(failed.status()).isNotZero();
    assertThat(stats().get("ready").asLong()).isEqualTo(2);

    for (var refused :
        List.of(
            List.of("logs", "queue:" + QUEUE, "--to", "csv:o.csv", "--checkpoint", "c"),
            List.of("logs", "jobs.log", "--to", "queue:" + QUEUE, "--checkpoint", "c"),
            List.of("logs", "queue:" + QUEUE, "--to", "queue:file:./jobs.db"),
            List.of("logs", "queue:jobs.db"),
            List.of("logs", "queue:file:none.db"))) {
      Files.writeString(dir.resolve("jobs.log"), "x\n");
      var result = run(refused.toArray(String[]::new));
      assertThat(result.status()).as(result.err()).isEqualTo(2);
      assertThat(result.err()).startsWith("sluice logs: ").doesNotContain("\tat ");
    }
    assertThat(stats().get("ready").asLong()).isEqualTo(2);
  }

  @Test
  void a_queue_is_followed_until_the_run_is_told_to_end() throws Exception {
    run("put", QUEUE, "{\"n\":1}");
    int number = started.size();
    var following = start("logs", "-f", "queue:" + QUEUE, "--to", "ndjson:out.ndjson");
    awaitSettled(1);
    run("put", QUEUE, "{\"n\":2}");
    awaitSettled(2);
    following.destroy();

    var result = ended(following, number);

    assertThat(result.status()).as(result.err()).isEqualTo(143);
    assertThat(Files.readAllLines(dir.resolve("out.ndjson"))).hasSize(2);
  }

  private void awaitSettled(long count) throws Exception {
    Until.holds(
        count + " are settled",
        Duration.ofSeconds(60),
        () -> stats().get("settled").asLong() >= count);
  }

  @Test
  void the_same_works_on_postgresql(@TempDir Path data) throws Exception {
    try (var server = TestPostgres.start(data.resolve("data"))) {
      var queue = server.target() + "#jobs";
      assertThat(run("put", queue, "one").out()).isEqualTo("1\n");
      var work = run("work", queue, "--until-empty", "--", "cat");
      assertThat(work.err()).isEmpty();
      assertThat(work.out()).isEqualTo("one");
    }
  }

  @Test
  void logs_go_to_postgresql_and_come_back(@TempDir Path data) throws Exception {
    try (var server = TestPostgres.start(data.resolve("data"))) {
      var queue = "queue:" + server.target() + "#logs";
      Files.writeString(dir.resolve("app.log"), "{\"n\":1}\n{\"n\":2}\n{broken\n");
      var in = run("logs", "app.log", "--format", "json", "--to", queue);
      assertThat(in.status()).as(in.err()).isZero();

      var back = run("logs", queue, "--to", "ndjson:out.ndjson", "--account", "a.json");

      assertThat(back.status()).as(back.err()).isZero();
      var account = JSON.readTree(Files.readString(dir.resolve("a.json")));
      assertThat(account.get("read").asLong()).isEqualTo(2);
      assertThat(account.get("written").asLong()).isEqualTo(2);
      assertThat(Files.readAllLines(dir.resolve("out.ndjson")))
          .extracting(line -> JSON.readTree(line).get("n").asInt())
          .containsExactly(1, 2);
      var stats = JSON.readTree(run("stats", server.target() + "#logs", "--json").out());
      assertThat(stats.get("settled").asLong()).isEqualTo(2);
      assertThat(stats.get("leased").asLong()).isZero();
    }
  }

  @Test
  void lines_of_a_queue_may_be_in_another_encoding() throws Exception {
    try (var store = QueueStore.open(dir.resolve("jobs.db"))) {
      store.queue("default", Codec.bytes()).send("{\"name\":\"J\u00fcrgen\"}".getBytes(ISO_8859_1));
    }

    var result =
        run("logs", "queue:" + QUEUE, "--encoding", "latin-1", "--to", "ndjson:out.ndjson");

    assertThat(result.status()).as(result.err()).isZero();
    var line = Files.readString(dir.resolve("out.ndjson"));
    assertThat(JSON.readTree(line).get("name").asString()).isEqualTo("J\u00fcrgen");
  }

  @Test
  void more_records_than_a_queue_holds_at_once_go_through_it() throws Exception {
    try (var store = QueueStore.open(dir.resolve("jobs.db"))) {
      store.queue("default", Codec.bytes(), QueueOptions.standard().bounded(1_000, 100_000));
    }
    var lines = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      lines.append("{\"n\":%d,\"rest\":\"%s\"}%n".formatted(i, "x".repeat(i % 100)));
    }
    Files.writeString(dir.resolve("app.log"), lines);
    int number = started.size();
    var following = start("logs", "-f", "queue:" + QUEUE, "--to", "ndjson:out.ndjson");

    var in = run("logs", "app.log", "--format", "json", "--to", "queue:" + QUEUE);

    assertThat(in.status()).as(in.err()).isZero();
    awaitSettled(5_000);
    following.destroy();
    assertThat(ended(following, number).status()).isEqualTo(143);
    assertThat(Files.readAllLines(dir.resolve("out.ndjson")))
        .extracting(line -> JSON.readTree(line).get("n").asInt())
        .isEqualTo(IntStream.range(0, 5_000).boxed().toList());
  }
}
