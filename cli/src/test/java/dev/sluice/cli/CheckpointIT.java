package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.sluice.fixtures.TestPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `sluice logs --checkpoint`, killed with SIGKILL at any moment, again and again: after the last
/// run each target holds each record exactly once.
@Timeout(3_000)
class CheckpointIT {
  private static final Path SLUICE = Path.of("..", "sluice").toAbsolutePath().normalize();

  /// How many kills: 200 with the build's profile `soak`.
  private static final int KILLS = Integer.getInteger("sluice.soak", 20);

  private static final int MOST_KILLS_OF_A_ROUND = 6;
  private static final int LINES = 60_000;
  private static final int EVERY_BAD_LINE = 1_000;
  private static final List<String> INPUTS = List.of("a.log", "b.log.gz", "c.log");
  private static final Pattern ITEM = Pattern.compile("/item/(\\d+) ");
  private static final Pattern PATH = Pattern.compile("/item/(\\d+)");

  @TempDir Path dir;
  @TempDir Path data;

  private final List<Process> started = new ArrayList<>();
  private final Random random = new Random(20261121);

  @AfterEach
  void nothing_is_left_running() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void after_kills_at_any_moment_each_target_has_each_record_once() throws Exception {
    try (var server = TestPostgres.start(data)) {
      for (int i = 0; i < INPUTS.size(); i++) {
        generate(INPUTS.get(i), i * LINES);
      }
      int kills = 0;
      int amidst = 0;
      for (int round = 0; kills < KILLS; round++) {
        var work = Files.createDirectory(dir.resolve("round" + round));
        var table = "logs" + round;
        var target = server.target() + "?table=" + table;
        int inThisRound = 0;
        while (inThisRound < MOST_KILLS_OF_A_ROUND && kills < KILLS && isKilled(work, target)) {
          inThisRound++;
          kills++;
          amidst += written(work) > 0 ? 1 : 0;
        }
        var last = start(work, target);
        assertThat(last.waitFor()).as(Files.readString(work.resolve("err"))).isZero();

        assertEachOnce("round %d after %d kills".formatted(round, inThisRound), work);
        assertOnceInTable("postgresql", server.jdbc(), table);
        delete(work);
      }
      assertThat(amidst).as("killed with something written").isGreaterThan(KILLS / 3);
    }
  }

  /// Runs once and kills it somewhere; false if it was done before.
  private boolean isKilled(Path work, String target) throws Exception {
    long until = written(work) + random.nextLong(6_000_000);
    long patience = random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(2_000);
    var process = start(work, target);
    long begun = System.nanoTime();
    while (written(work) < until
        && TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) < patience) {
      if (process.waitFor(1, TimeUnit.MILLISECONDS)) {
        assertThat(process.exitValue()).as(Files.readString(work.resolve("err"))).isZero();
        return false;
      }
    }
    process.toHandle().destroyForcibly();
    return process.waitFor() == 137;
  }

  private static long written(Path work) {
    return work.resolve("o.ndjson").toFile().length() + work.resolve("o.csv").toFile().length();
  }

  private Process start(Path work, String target) throws IOException {
    var command = new ArrayList<>(List.of(SLUICE.toString(), "logs"));
    INPUTS.forEach(input -> command.add(dir.resolve(input).toString()));
    for (var to :
        List.of(
            "sqlite:x.db",
            "ndjson:o.ndjson",
            "csv:o.csv",
            "ndjson:z.ndjson.gz?rotate=200kB",
            "csv:z.csv.zst",
            target)) {
      command.addAll(List.of("--to", to));
    }
    command.addAll(List.of("--checkpoint", "cp", "--progress", "never"));
    var process =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectError(work.resolve("err").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    started.add(process);
    return process;
  }

  private void generate(String name, int from) throws IOException {
    var file = Files.newOutputStream(dir.resolve(name));
    try (OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(file) : file) {
      for (int i = from; i < from + LINES; i++) {
        var line =
            i % EVERY_BAD_LINE == 7
                ? "bad /item/%d line\n".formatted(i)
                : "203.0.113.7 - - [21/Nov/2026:01:31:07 +0100] \"GET /item/%d HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n"
                    .formatted(i);
        out.write(line.getBytes(UTF_8));
      }
    }
  }

  private void assertEachOnce(String when, Path work) throws Exception {
    assertOnce(
        when + ": o.ndjson", PATH, Files.readAllLines(work.resolve("o.ndjson")).stream(), false);
    assertOnce(
        when + ": o.csv", PATH, Files.readAllLines(work.resolve("o.csv")).stream().skip(1), false);
    assertOnce(
        when + ": rejected",
        ITEM,
        Files.readAllLines(work.resolve("rejected.ndjson")).stream(),
        true);
    assertOnce(when + ": z.ndjson.N.gz", PATH, parts(work), false);
    var zstd = new ZstdInputStreamNoFinalizer(Files.newInputStream(work.resolve("z.csv.zst")));
    try (zstd) {
      assertOnce(
          when + ": z.csv.zst",
          PATH,
          new String(zstd.readAllBytes(), UTF_8).lines().skip(1),
          false);
    }
    assertOnceInTable(when + ": sqlite", "jdbc:sqlite:" + work.resolve("x.db"), "logs");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + work.resolve("x.db"));
        var check = connection.createStatement().executeQuery("PRAGMA integrity_check")) {
      assertThat(check.getString(1)).isEqualTo("ok");
    }
  }

  private static Stream<String> parts(Path work) throws IOException {
    var all = new StringBuilder();
    int part = 1;
    for (; Files.exists(work.resolve("z.ndjson." + part + ".gz")); part++) {
      try (var in =
          new GZIPInputStream(Files.newInputStream(work.resolve("z.ndjson." + part + ".gz")))) {
        all.append(new String(in.readAllBytes(), UTF_8));
      }
    }
    assertThat(part).isGreaterThan(3);
    return all.toString().lines();
  }

  private static void assertOnce(
      String what, Pattern pattern, Stream<String> lines, boolean rejected) {
    var seen = new BitSet();
    try (lines) {
      lines.forEach(line -> {
        var matcher = pattern.matcher(line);
        if (!matcher.find()) {
          throw new AssertionError(what + " has " + line);
        }
        int item = Integer.parseInt(matcher.group(1));
        if (seen.get(item)) {
          throw new AssertionError(what + " has twice: " + line);
        }
        seen.set(item);
      });
    }
    assertThat(seen).as(what).isEqualTo(expected(rejected));
  }

  private static BitSet expected(boolean rejected) {
    var expected = new BitSet();
    for (int i = 0; i < INPUTS.size() * LINES; i++) {
      expected.set(i, rejected == (i % EVERY_BAD_LINE == 7));
    }
    return expected;
  }

  private static void assertOnceInTable(String what, String url, String table) throws SQLException {
    var paths = new ArrayList<String>();
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT path FROM " + table)) {
      while (rows.next()) {
        paths.add(rows.getString(1));
      }
      assertOnce(what, PATH, paths.stream(), false);
    }
  }

  private static void delete(Path work) throws IOException {
    try (var files = Files.list(work)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
