package dev.sluice.examples;

import dev.sluice.pipelines.BatchResult;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/// Batches into a table, where one bad row must not take the others with it.
public final class PipelinesJdbc {
  private PipelinesJdbc() {}

  /// Orders into the table `orders`.
  public static Pipeline pipeline(
      Source<Order> orders, DataSource database, Sink<DeadLetter> rejects) {
    // @start region="batched"
    return Pipeline.from(orders)
        .batch(500, Duration.ofMillis(200)) // full, or 200 ms old
        .to("insert", Sink.batches(rows -> insert(database, rows)))
        .onError(
            OnError.deadLetter(rejects)
                .after(Retry.attempts(5).when(SQLTransientException.class::isInstance)));
    // @end
  }

  // @start region="bisect"
  static BatchResult insert(DataSource database, List<Order> rows) throws SQLException {
    var failed = new HashMap<Integer, SQLException>();
    try (var connection = database.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, rows, 0, failed);
    }
    return BatchResult.failed(failed);
  }

  /// All of `rows` in one transaction; if that fails, each half in one of its own.
  private static void insert(
      Connection connection, List<Order> rows, int index, Map<Integer, SQLException> failed) {
    int size = rows.size();
    try {
      insertAll(connection, rows);
      connection.commit();
    } catch (SQLException e) {
      boolean anotherMayPass = rollBack(connection, e);
      if (size > 1 && anotherMayPass) {
        insert(connection, rows.subList(0, size / 2), index, failed);
        insert(connection, rows.subList(size / 2, size), index + size / 2, failed);
      } else {
        for (int i = 0; i < size; i++) {
          failed.put(index + i, e);
        }
      }
    }
  }

  private static void insertAll(Connection connection, List<Order> rows) throws SQLException {
    var sql = "insert into orders (id, customer, cents) values (?, ?, ?) on conflict do nothing";
    try (var statement = connection.prepareStatement(sql)) {
      for (var row : rows) {
        statement.setString(1, row.id());
        statement.setString(2, row.customer());
        statement.setLong(3, row.cents());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /// @return whether fewer rows might pass: not if the connection is to blame, or the moment
  private static boolean rollBack(Connection connection, SQLException cause) {
    try {
      connection.rollback();
      return !(cause instanceof SQLTransientException) && connection.isValid(1);
    } catch (SQLException e) {
      cause.addSuppressed(e);
      return false;
    }
  }
  // @end
}
