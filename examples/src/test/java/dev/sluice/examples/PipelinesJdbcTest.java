package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.Source;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
}
