package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.DeadLetter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTransferTest {
  private static final int LINES = 1_000;

  @TempDir Path dir;
  private Path file = Path.of("prices.csv");

  @SuppressWarnings("NullAway.Init") // by prepare
  private Connection database;

  @BeforeEach
  void prepare() throws Exception {
    file =
        Files.write(
            dir.resolve("prices.csv"),
            IntStream.rangeClosed(1, LINES)
                .mapToObj(i -> i == 13 ? "no price" : "item %d,%d".formatted(i, i))
                .toList());
    database = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("prices.db"));
    DataTransfer.createTables(database);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void a_run_that_failed_is_continued_without_loss_or_double() throws Exception {
    var rejects = new ArrayList<DeadLetter>();
    forbid(500);
    assertThatThrownBy(() -> DataTransfer.load(file, database, rejects::add))
        .isInstanceOf(SQLException.class);
    assertThat(rows()).isPositive().isLessThan(500);

    allow();
    DataTransfer.load(file, database, rejects::add);

    assertThat(rows()).isEqualTo(LINES - 1);
    assertThat(rejects).extracting(DeadLetter::stage).containsOnly("map");
  }

  @Test
  void usually_a_second_run_begins_anew_and_doubles_what_was_there() throws Exception {
    for (int run = 1; run <= 2; run++) {
      try (var insert = database.prepareStatement("INSERT INTO price VALUES(?, 1)")) {
        for (var line : Files.readAllLines(file)) {
          insert.setString(1, line);
          insert.executeUpdate();
        }
        database.commit();
      }
    }

    assertThat(rows()).isEqualTo(2 * LINES);
  }

  private void forbid(int cents) throws SQLException {
    try (var statement = database.createStatement()) {
      statement.executeUpdate(
          "CREATE TRIGGER trouble BEFORE INSERT ON price WHEN new.cents = "
              + cents
              + " BEGIN SELECT raise(ABORT, 'the disk is full'); END");
      database.commit();
    }
  }

  private void allow() throws SQLException {
    try (var statement = database.createStatement()) {
      statement.executeUpdate("DROP TRIGGER trouble");
      database.commit();
    }
  }

  private int rows() throws SQLException {
    try (var statement = database.createStatement();
        var result = statement.executeQuery("SELECT count(*) FROM price")) {
      result.next();
      return result.getInt(1);
    }
  }
}
