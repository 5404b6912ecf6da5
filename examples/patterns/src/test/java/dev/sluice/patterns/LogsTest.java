package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
  @TempDir Path dir;
  private List<String> logs = List.of();

  @BeforeEach
  void write() throws IOException {
    logs = List.of(Logs.write(dir, "a.log", 1_000), Logs.write(dir, "b.log", 500));
  }

  @Test
  void every_line_is_written_filtered_or_rejected() throws Exception {
    var account = Logs.process(dir, logs);

    assertThat(account.balances()).isTrue();
    assertThat(account.read()).isEqualTo(1_500);
    assertThat(account.written()).isEqualTo(150);
    assertThat(account.rejected()).isEqualTo(15);
    assertThat(Files.readAllLines(dir.resolve("rejected.ndjson"))).hasSize(15);
    assertThat(Files.readAllLines(dir.resolve("errors.ndjson"))).hasSize(150);
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("errors.db"));
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT count(*) FROM logs WHERE status = 503")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(150);
    }
  }

  @Test
  void usually_the_first_line_that_is_cut_off_ends_it() {
    assertThatThrownBy(
            () -> {
              for (var line : Files.readAllLines(Path.of(logs.getFirst()))) {
                Integer.parseInt(line.split(" ", -1)[8]);
              }
            })
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }
}
