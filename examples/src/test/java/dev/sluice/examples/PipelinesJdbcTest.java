package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.Source;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

class PipelinesJdbcTest {
  private final SQLiteDataSource database = new SQLiteDataSource();

  @BeforeEach
  void makeTable(@TempDir Path dir) throws SQLException {
    database.setUrl("jdbc:sqlite:" + dir.resolve("orders.db"));
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "create table orders (id text primary key, customer text, cents integer check (cents > 0))");
    }
  }

  private List<String> ids() throws SQLException {
    var ids = new ArrayList<String>();
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select id from orders order by id + 0")) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  private static Order order(int i) {
    return new Order("" + i, "ann", i == 7 || i == 600 ? 0 : i + 1);
  }

  @Test
  void a_bad_row_becomes_a_dead_letter_and_all_others_are_in_the_table() throws Exception {
    var rejects = new ArrayList<DeadLetter>();
    var orders = IntStream.range(0, 1_100).mapToObj(PipelinesJdbcTest::order).toList();

    var report = PipelinesJdbc.pipeline(Source.of(orders), database, rejects::add).run();

    assertThat(rejects).extracting(DeadLetter::value).containsExactly(order(7), order(600));
    assertThat(ids()).isEqualTo(orders.stream().filter(Order::isPaid).map(Order::id).toList());
    assertThat(report.account()).isEqualTo(new Account(1_100, 1_098, 0, 0, 2, 0, 0));
  }

  @Test
  void rows_that_come_again_are_there_once() throws Exception {
    var orders = List.of(order(1), order(2));
    PipelinesJdbc.insert(database, orders);

    var result = PipelinesJdbc.insert(database, orders);

    assertThat(result.failed()).isEmpty();
    assertThat(ids()).containsExactly("1", "2");
  }

  /// What drivers do with the rows of a batch after one that failed: JDBC leaves it to them.
  enum Driver {
    STOPS,
    GOES_ON
  }

  @ParameterizedTest
  @EnumSource
  void rows_that_fail_at_random_are_the_only_ones_missing_whatever_the_driver_does_after_one(
      Driver driver) throws Exception {
    var random = new Random(20_261_122);
    var orders =
        IntStream.range(0, 2_000)
            .mapToObj(i -> new Order("" + i, "ann", random.nextInt(50) == 0 ? 0 : 1 + i))
            .toList();
    var unpaid = orders.stream().filter(order -> !order.isPaid()).toList();
    var rejects = new ArrayList<DeadLetter>();

    var report =
        PipelinesJdbc.pipeline(
                Source.of(orders), rowByRow(DataSource.class, database, driver), rejects::add)
            .run();

    assertThat(unpaid).hasSizeGreaterThan(20);
    assertThat(rejects).extracting(DeadLetter::value).isEqualTo(unpaid);
    assertThat(ids()).isEqualTo(orders.stream().filter(Order::isPaid).map(Order::id).toList());
    assertThat(report.account())
        .isEqualTo(new Account(2_000, 2_000 - unpaid.size(), 0, 0, unpaid.size(), 0, 0));
  }

  /// Passes on all calls but those of batches, whose rows it executes one by one.
  private static <T> T rowByRow(Class<T> type, T real, Driver driver) {
    var row = new TreeMap<Integer, Object>();
    var batch = new ArrayList<Map<Integer, Object>>();
    var proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              switch (method.getName()) {
                case "setString", "setLong" -> row.put((Integer) arguments[0], arguments[1]);
                case "addBatch" -> batch.add(Map.copyOf(row));
                case "executeBatch" -> {
                  return execute((PreparedStatement) real, batch, driver);
                }
                default -> {
                  var result = invoke(method, real, arguments);
                  return switch (result) {
                    case Connection connection -> rowByRow(Connection.class, connection, driver);
                    case PreparedStatement statement ->
                        rowByRow(PreparedStatement.class, statement, driver);
                    case null, default -> result;
                  };
                }
              }
              return null;
            });
    return type.cast(proxy);
  }

  private static Object invoke(Method method, Object on, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static int[] execute(
      PreparedStatement statement, List<Map<Integer, Object>> batch, Driver driver)
      throws SQLException {
    var counts = new ArrayList<Integer>();
    SQLException failure = null;
    for (var row : batch) {
      for (var value : row.entrySet()) {
        statement.setObject(value.getKey(), value.getValue());
      }
      try {
        counts.add(statement.executeUpdate());
      } catch (SQLException e) {
        failure = e;
        if (driver == Driver.STOPS) {
          break;
        }
        counts.add(Statement.EXECUTE_FAILED);
      }
    }
    int[] updates = counts.stream().mapToInt(count -> count).toArray();
    if (failure != null) {
      throw new BatchUpdateException(failure.getMessage(), updates, failure);
    }
    return updates;
  }
}
