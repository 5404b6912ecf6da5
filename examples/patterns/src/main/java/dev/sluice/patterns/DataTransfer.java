package dev.sluice.patterns;

import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Sink;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Extract, transform, load: lines of a file into a table, with a checkpoint in the same
/// transaction.
final class DataTransfer {
  private static final int BATCH = 100;

  private DataTransfer() {}

  /// A line `name,cents`.
  record Price(long line, String name, int cents) {
    static Price parse(NumberedLine line) {
      var parts = line.text().split(",", -1);
      return new Price(line.number(), parts[0], Integer.parseInt(parts[1]));
    }
  }

  /// Loads what a former run has not.
  static Report load(Path file, Connection database, Sink<DeadLetter> rejects) throws Exception {
    // @start region="data-pipeline"
    return Pipeline.from(NumberedLine.after(file, position(database)))
        .map(Price::parse)
        .onError(OnError.deadLetter(rejects))
        .batch(BATCH, Duration.ofMillis(100))
        .to(batch -> insert(database, batch)) // rows and position, or neither
        .onPlatformThreads() // a driver waits in native code
        .run();
    // @end
  }

  static void createTables(Connection database) throws SQLException {
    try (var statement = database.createStatement()) {
      statement.executeUpdate("CREATE TABLE IF NOT EXISTS price(name TEXT, cents INTEGER)");
      statement.executeUpdate("CREATE TABLE IF NOT EXISTS position(line INTEGER)");
    }
    database.setAutoCommit(false);
  }

  private static long position(Connection database) throws SQLException {
    try (var query = database.prepareStatement("SELECT coalesce(max(line), 0) FROM position");
        var result = query.executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }

  private static void insert(Connection database, List<Price> batch) throws SQLException {
    try (var rows = database.prepareStatement("INSERT INTO price VALUES(?, ?)");
        var position = database.prepareStatement("INSERT INTO position VALUES(?)")) {
      for (var price : batch) {
        rows.setString(1, price.name());
        rows.setInt(2, price.cents());
        rows.addBatch();
      }
      rows.executeBatch();
      position.setLong(1, batch.getLast().line());
      position.executeUpdate();
      database.commit();
    } catch (SQLException e) {
      database.rollback();
      throw e;
    }
  }
}
