package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.fixtures.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What happens around a run that is none of its doing: each is told in words, and the account
/// balances.
@Timeout(180)
class TroubleIT {
  private static final Path SLUICE = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();

  private static final String COMBINED =
      "203.0.113.7 - - [21/Nov/2026:01:31:07 +0100] \"GET /api/items?id=1 HTTP/1.1\" 500 12"
          + " \"-\" \"curl/8\"\n";

  @TempDir Path dir;
  @TempDir Path data;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void nothing_is_left_running() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void a_full_disk_is_named_and_after_it_has_room_the_run_goes_on() throws Exception {
    assumeTrue(
        run("unshare", "-Um", "--map-root-user", "true").waitFor() == 0,
        "this machine lets nobody mount a small disk");
    Files.createDirectory(dir.resolve("full"));
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(100_000));
    var sluice =
        "'%s' logs a.log --to sqlite:full/x.db --to csv:full/x.csv --to ndjson:full/x.ndjson --checkpoint cp --account "
            .formatted(SLUICE);
    var script =
        "mount -t tmpfs -o size=3m tmpfs full && { "
            + sluice
            + "first.json 2>first.err; echo $? >first.status; mount -o remount,size=500m full; "
            + sluice
            + "second.json 2>second.err; echo $? >second.status; cp full/* .; }";

    assertThat(run("unshare", "-Um", "--map-root-user", "bash", "-c", script).waitFor()).isZero();

    assertThat(dir.resolve("first.status")).hasContent("1\n");
    assertThat(dir.resolve("first.err"))
        .content()
        .containsAnyOf("No space left on device", "the disk is full")
        .contains("cannot write ")
        .doesNotContain("\tat ");
    assertThat(count(account("first.json"), "abandoned")).isPositive();
    assertThat(dir.resolve("second.status"))
        .as(Files.readString(dir.resolve("second.err")))
        .hasContent("0\n");
    account("second.json");
    assertThat(
            rows(
                "jdbc:sqlite:" + dir.resolve("x.db"),
                "SELECT count(*), count(DISTINCT line) FROM logs"))
        .isEqualTo("100000|100000");
    assertThat(Files.readAllLines(dir.resolve("x.csv"))).hasSize(100_001).doesNotHaveDuplicates();
    assertThat(Files.readAllLines(dir.resolve("x.ndjson")))
        .hasSize(100_000)
        .doesNotHaveDuplicates();
  }

  @Test
  void a_file_that_vanishes_before_its_turn_is_named_and_the_others_are_read() throws Exception {
    int lines = 2_500; // far more than may be on their way while nobody reads what is written
    var command = new ArrayList<>(List.of(SLUICE.toString(), "logs"));
    for (int i = 0; i < 4; i++) { // as many as are read at a time
      Files.writeString(dir.resolve(i + ".log"), COMBINED.repeat(lines));
      command.add(i + ".log");
    }
    Files.writeString(dir.resolve("gone.log"), COMBINED);
    command.addAll(
        List.of("gone.log", "--buffer", "1", "--to", "ndjson:-", "--account", "account.json"));
    var process = start(command, ProcessBuilder.Redirect.PIPE);
    await(process, () -> error().contains("gone.log: combined"));

    Files.delete(dir.resolve("gone.log"));
    try (var out = process.getInputStream()) {
      assertThat(out.readAllBytes()).isNotEmpty();
    }

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(error()).contains("gone.log: no such file").doesNotContain("\tat ");
    assertThat(count(account("account.json"), "written")).isEqualTo(4L * lines);
  }

  @Test
  void a_locked_database_is_named_and_what_was_written_before_stays() throws Exception {
    assertThat(run("mkfifo", "p").waitFor()).isZero();
    var process =
        start(
            List.of(
                SLUICE.toString(),
                "logs",
                "p",
                "--to",
                "sqlite:x.db",
                "--account",
                "account.json"));
    var url = "jdbc:sqlite:" + dir.resolve("x.db");
    try (var pipe = Files.newOutputStream(dir.resolve("p"))) {
      pipe.write(COMBINED.repeat(10).getBytes(UTF_8));
      pipe.flush();
      await(
          process,
          () ->
              rows(url, "SELECT count(*) FROM sqlite_schema WHERE name = 'logs'").equals("1")
                  && rows(url, "SELECT count(*) FROM logs").equals("10"));
      try (var connection = DriverManager.getConnection(url);
          var statement = connection.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        pipe.write(COMBINED.repeat(5).getBytes(UTF_8));
        pipe.flush();
        assertThat(process.waitFor(60, SECONDS)).isTrue();
        statement.execute("ROLLBACK");
      }
    }

    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(error())
        .contains("cannot write sqlite:x.db: another program is writing x.db and did not finish")
        .doesNotContain("\tat ");
    assertThat(count(account("account.json"), "written")).isEqualTo(10);
    assertThat(rows(url, "SELECT count(*) FROM logs")).isEqualTo("10");
  }

  @Test
  void a_pipe_whose_reader_leaves_is_named() throws Exception {
    assertThat(run("mkfifo", "out").waitFor()).isZero();
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(100_000));
    var reader = run("sh", "-c", "head -1 <out");
    var process =
        start(
            List.of(
                SLUICE.toString(),
                "logs",
                "a.log",
                "--to",
                "ndjson:out",
                "--account",
                "account.json"));

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(reader.waitFor()).isZero();
    assertThat(error())
        .contains("cannot write ndjson:out: Broken pipe; its reader has left")
        .doesNotContain("\tat ");
    assertThat(count(account("account.json"), "abandoned")).isPositive();
  }

  @Test
  void a_postgresql_that_stops_and_comes_back_gets_each_record_once() throws Exception {
    try (var server = TestPostgres.start(data)) {
      assertThat(run("mkfifo", "p").waitFor()).isZero();
      var process =
          start(
              List.of(
                  SLUICE.toString(),
                  "logs",
                  "p",
                  "--to",
                  server.target(),
                  "--account",
                  "account.json"));
      try (var pipe = Files.newOutputStream(dir.resolve("p"))) {
        pipe.write(COMBINED.repeat(1_000).getBytes(UTF_8));
        pipe.flush();
        await(
            process,
            () ->
                rows(server.jdbc(), "SELECT count(*) FROM pg_class WHERE relname = 'logs'")
                        .equals("1")
                    && rows(server.jdbc(), "SELECT count(*) FROM logs").equals("1000"));
        server.stop();
        pipe.write(COMBINED.repeat(500).getBytes(UTF_8));
        pipe.flush();
        await(process, () -> error().contains("trying again for up to 60 s"));
        server.startAgain();
        await(process, () -> error().contains("is back after"));
        pipe.write(COMBINED.repeat(250).getBytes(UTF_8));
      }

      assertThat(process.waitFor()).as(error()).isZero();
      assertThat(error()).doesNotContain("\tat ");
      assertThat(count(account("account.json"), "written")).isEqualTo(1_750);
      assertThat(rows(server.jdbc(), "SELECT count(*), count(DISTINCT line), max(line) FROM logs"))
          .isEqualTo("1750|1750|1750");
      assertThat(rows(server.jdbc(), "SELECT outcome, written FROM sluice_runs"))
          .isEqualTo("finished|1750");
    }
  }

  @Test
  void a_password_is_in_no_message() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);
    var process =
        start(
            List.of(
                SLUICE.toString(),
                "logs",
                "a.log",
                "--to",
                "postgresql://me:s3cret@127.0.0.1:1/db"));

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(error())
        .contains(
            "cannot write postgresql://me:***@127.0.0.1:1/db: Connection to 127.0.0.1:1 refused")
        .doesNotContain("s3cret");
  }

  @Test
  void what_a_checkpoint_cannot_be_used_with_is_wrong_usage() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);
    for (var wrong :
        List.of(
            List.of("a.log"),
            List.of("a.log", "--to", "csv:-"),
            List.of("-", "--to", "csv:x.csv"),
            List.of("a.log", "a.log", "--to", "csv:x.csv"))) {
      var command = new ArrayList<>(List.of(SLUICE.toString(), "logs", "--checkpoint", "cp"));
      command.addAll(wrong);

      var process = start(command);

      assertThat(process.waitFor()).as("%s: %s", wrong, error()).isEqualTo(2);
      assertThat(dir.resolve("x.csv")).doesNotExist();
    }
  }

  @Test
  void rejected_lines_are_replayed_once_their_format_is_right() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(3) + "level=warn n=1\n");
    assertThat(start(List.of(SLUICE.toString(), "logs", "a.log", "--to", "csv:x.csv")).waitFor())
        .isZero();

    var unnamed = start(List.of(SLUICE.toString(), "logs", "replay", "rejected.ndjson"));
    assertThat(unnamed.waitFor()).isEqualTo(2);
    assertThat(error()).contains("sluice logs replay: a replay needs --format");

    var replay =
        start(
            List.of(
                SLUICE.toString(),
                "logs",
                "replay",
                "rejected.ndjson",
                "--format",
                "logfmt",
                "--to",
                "sqlite:x.db",
                "--account",
                "account.json"));

    assertThat(replay.waitFor()).as(error()).isZero();
    assertThat(count(account("account.json"), "written")).isEqualTo(1);
    assertThat(rows("jdbc:sqlite:" + dir.resolve("x.db"), "SELECT source, line, level FROM logs"))
        .isEqualTo("a.log|4|warn");
    assertThat(dir.resolve("rejected-again.ndjson")).doesNotExist();
  }

  // Helpers

  private Process start(List<String> command) throws IOException {
    return start(command, ProcessBuilder.Redirect.DISCARD);
  }

  private Process start(List<String> command, ProcessBuilder.Redirect out) throws IOException {
    var process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectError(dir.resolve("err").toFile())
            .redirectOutput(out)
            .start();
    started.add(process);
    return process;
  }

  private Process run(String... command) throws IOException {
    var process = new ProcessBuilder(command).directory(dir.toFile()).inheritIO().start();
    started.add(process);
    return process;
  }

  private String error() throws IOException {
    return Files.exists(dir.resolve("err")) ? Files.readString(dir.resolve("err")) : "";
  }

  private void await(Process process, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(error()).isLessThan(deadline);
      assertThat(process.waitFor(10, MILLISECONDS)).as(error()).isFalse();
    }
  }

  private JsonNode account(String file) throws IOException {
    var account = JSON.readTree(Files.readString(dir.resolve(file)));
    long sum = 0;
    for (var part : List.of("written", "filtered", "rejected", "dropped", "abandoned")) {
      sum += count(account, part);
    }
    assertThat(sum).as("%s", account).isEqualTo(count(account, "read"));
    return account;
  }

  private static long count(JsonNode account, String what) {
    return account.get(what).longValue();
  }

  private static String rows(String url, String query) throws SQLException {
    var rows = new ArrayList<String>();
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      while (result.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", row));
      }
    }
    return String.join("\n", rows);
  }
}
