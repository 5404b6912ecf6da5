package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteKillTest {
  private static final int BATCH = 100;

  @Test
  void a_killed_process_leaves_each_write_whole_and_every_write_that_returned(@TempDir Path dir)
      throws Exception {
    var file = dir.resolve("logs.db");
    var writer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int returned = 0;
    try (var out =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        returned = Integer.parseInt(line);
        if (returned >= 50) {
          writer.toHandle().destroyForcibly(); // which leaves its output to be read to the end
        }
      }
    }
    writer.waitFor();

    assertThat(returned).isGreaterThanOrEqualTo(50);
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*), count(DISTINCT n), max(n) FROM logs")) {
      assertThat(row.next()).isTrue();
      int count = row.getInt(1);
      assertThat(count % BATCH).isZero();
      assertThat(count / BATCH).isGreaterThanOrEqualTo(returned);
      assertThat(row.getInt(2)).isEqualTo(count);
      assertThat(row.getInt(3)).isEqualTo(count - 1);
    }
  }

  /// Writes until it is killed, and says after each write how many have returned.
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws Exception {
      try (var target = new SqliteTarget("sqlite:logs.db", Path.of(args[0]), null)) {
        target.open(List.of(LogFormat.JSON));
        for (int i = 0; ; i++) {
          target.write(TargetFixtures.numbered(i * BATCH, BATCH));
          System.out.println(i + 1);
        }
      }
    }
  }
}
