package dev.sluice.queues;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fixtures.AnswerLosingProxy;
import dev.sluice.fixtures.TestPostgres;
import dev.sluice.fixtures.Until;
import dev.sluice.pipelines.Retry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/// A queue in PostgreSQL.
class PostgresQueueTest extends QueueContract {
  private static TestPostgres server;

  @BeforeAll
  static void start(@TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.NEVER) Path dir)
      throws Exception {
    server = TestPostgres.start(dir.resolve("data"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Override
  QueueAddress address() {
    return QueueAddress.parse(server.target(), Map.of());
  }

  @Override
  Connection connection() throws SQLException {
    var connection = DriverManager.getConnection(server.jdbc());
    connection.setAutoCommit(false);
    return connection;
  }

  @Override
  int lifeLength() {
    return 3;
  }

  @Override
  int randomSteps() {
    return 500;
  }

  private static String text(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(server.jdbc());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void pitfall_7_26_the_server_of_these_tests_waits_for_the_disk() throws Exception {
    assertThat(text("SHOW fsync")).isEqualTo("on");
    assertThat(text("SHOW synchronous_commit")).isEqualTo("on");
  }

  @Test
  void pitfall_7_12_an_item_that_is_committed_after_a_later_one_is_received() throws Exception {
    var queue = queue();
    try (var slow = connection()) {
      queue.send(slow, "earlier id");
      queue.send("later id");
      assertThat(taken(queue).value()).isEqualTo("later id");
      slow.commit();
    }

    assertThat(requireNonNull(queue.receive(PATIENCE)).value()).isEqualTo("earlier id");
  }

  @Test
  void pitfall_7_18_work_goes_on_when_connections_are_cut() throws Exception {
    var queue = queue(OPTIONS.retry(Retry.attempts(1000)));
    int count = 300;
    var sent = new AtomicLong();
    var received = new AtomicLong();
    try (var threads = new Together()) {
      threads.start(() -> {
        // By what was done, not by the clock: however slow the machine is, something gets through.
        for (long done = 0; done < 2L * count; done += 10) {
          long goal = done;
          Until.holds(
              "work goes on", Duration.ofSeconds(60), () -> sent.get() + received.get() >= goal);
          text(
              "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'sluice'");
        }
        return null;
      });
      threads.start(() -> {
        for (int i = 0; i < count; i++) {
          queue.send("n" + i);
          sent.incrementAndGet();
        }
        return null;
      });
      threads.start(() -> {
        while (received.get() < count) {
          var item = queue.receive(Duration.ofMillis(200));
          if (item == null) {
            // What a transaction leased whose answer was lost comes back when its lease ends.
            pass(LEASE);
          } else if (item.ack()) {
            received.incrementAndGet();
          }
        }
        return null;
      });
    }

    assertThat(queue.stats().sent()).isEqualTo(count);
    assertThat(queue.stats().depth()).isZero();
  }

  @Test
  void a_server_that_is_stopped_and_started_again_is_waited_for() throws Exception {
    var queue = queue();
    queue.send("before");
    server.stop();
    try (var threads = new Together()) {
      threads.start(() -> queue.send("meanwhile"));
      server.startAgain();
    }

    assertThat(drain(queue)).containsExactly("before", "meanwhile");
  }

  @Test
  void pitfall_7_11_a_transaction_held_open_elsewhere_does_not_stop_it() throws Exception {
    var queue = queue();
    try (var holder = connection()) {
      holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (var statement = holder.createStatement()) {
        statement.executeQuery("SELECT count(*) FROM sluice_queue_items").close();
      }
      for (int round = 0; round < 10; round++) {
        queue.sendAll(IntStream.range(0, 500).mapToObj(i -> Outgoing.of("x")).toList());
        int got = 0;
        while (got < 500) {
          var batch = queue.receiveMany(100, PATIENCE);
          got += batch.size();
          assertThat(queue.ackAll(batch)).isEmpty();
        }
      }
    }

    assertThat(queue.stats().settled()).isEqualTo(5_000);
    assertThat(queue.stats().depth()).isZero();
  }

  @Test
  void pitfall_7_10_statements_by_id_use_the_key_whatever_the_statistics() throws Exception {
    queue(); // makes the tables
    var engine =
        new PostgresEngine((QueueAddress.Postgres) address(), Owner.current(), Time.system());
    try (var tables = engine.connect();
        var statement = tables.connection.createStatement()) {
      statement.execute("TRUNCATE sluice_queue_items");
      statement.execute("VACUUM ANALYZE sluice_queue_items"); // to read all of nothing is cheap
      statement.execute("SET plan_cache_mode = force_generic_plan");
      statement.execute(
          """
          PREPARE removal(bigint[], bigint[]) AS
            DELETE FROM sluice_queue_items i USING unnest($1, $2) AS old(id, token)
              WHERE i.id = ANY($1) AND i.id = old.id AND i.token = old.token\
          """);
      var plan = new StringBuilder();
      try (var rows =
          statement.executeQuery(
              "EXPLAIN EXECUTE removal(ARRAY[1, 2]::bigint[], ARRAY[1, 1]::bigint[])")) {
        while (rows.next()) {
          plan.append(rows.getString(1)).append('\n');
        }
      }
      assertThat(plan.toString()).contains("sluice_queue_items_pkey").doesNotContain("Seq Scan");
    }
  }

  @Test
  void pitfall_7_19_without_notices_the_look_of_the_keeper_is_the_net() throws Exception {
    var queue = queue();
    // Written as another program might: nobody is told.
    try (var receiver =
        dev.sluice.testkit.Actor.playing(() -> requireNonNull(queue.receive(PATIENCE)).value())) {
      receiver.awaitWaiting();
      try (var connection = DriverManager.getConnection(server.jdbc());
          var statement =
              connection.prepareStatement(
                  """
                  INSERT INTO sluice_queue_items(queue, state, rank, turn, due, priority, sent, size, payload)
                    SELECT id, 0, 0, 0, 0, 0, 0, 1, 'x'::bytea FROM sluice_queues WHERE name = ?\
                  """)) {
        statement.setString(1, queue.name());
        statement.executeUpdate();
      }
      assertThat(receiver.awaitDone()).isEqualTo("x");
    }
  }

  @Test
  void pitfall_7_20_however_many_send_there_are_few_notices() throws Exception {
    // Each notice takes a lock of the whole server at its commit.
    var queue = queue();
    int senders = 64;
    long each = 20;
    long heard;
    long began = System.nanoTime();
    try (var listener = DriverManager.getConnection(server.jdbc());
        var statement = listener.createStatement()) {
      statement.execute("LISTEN sluice_queue");
      try (var threads = new Together()) {
        for (int i = 0; i < senders; i++) {
          threads.start(() -> {
            for (int n = 0; n < each; n++) {
              queue.send("x");
            }
            return null;
          });
        }
      }
      var notices = listener.unwrap(PGConnection.class).getNotifications(20_000);
      heard = notices == null ? 0 : notices.length;
    }
    long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();

    assertThat(queue.stats().sent()).isEqualTo(senders * each);
    // One for each ten milliseconds, and one more of each of the four writers that meet at an end.
    assertThat(heard).isBetween(1L, 4 * (millis / 10 + 2));
    assertThat(heard).isLessThan(senders * each / 2);
  }

  @Test
  void pitfall_7_21_what_was_committed_and_not_answered_is_not_done_twice() throws Exception {
    int count = 12;
    var queue = queue();
    try (var proxy = new AnswerLosingProxy(server.port());
        var far =
            QueueStore.open(
                QueueAddress.parse(
                    "postgresql://postgres@127.0.0.1:%d/postgres".formatted(proxy.port()),
                    Map.of()),
                StoreOptions.standard())) {
      var its = far.queue(queue.name(), Codec.text(), OPTIONS);
      var ids = new HashSet<Long>();
      for (int i = 0; i < count; i++) {
        proxy.lose(1);
        var item = Outgoing.of("n" + i);
        var sent = its.send(i % 3 == 0 ? item.dedup("d" + i) : i % 3 == 1 ? item.key("k") : item);
        assertThat(sent.duplicate()).isFalse();
        assertThat(ids.add(sent.id())).isTrue();
      }
      assertThat(queue.stats().sent()).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        var item = taken(its);
        assertThat(ids.remove(item.id())).isTrue();
        proxy.lose(1);
        assertThat(item.ack()).as("it was ours").isTrue();
      }
      assertThat(proxy.lost()).isEqualTo(2 * count);
    }

    assertThat(queue.stats().settled()).isEqualTo(count);
    assertThat(queue.stats().depth()).isZero();
  }

  @Test
  void a_server_that_is_not_there_is_told_in_words() {
    var nowhere = QueueAddress.parse("postgresql://nobody:secret@127.0.0.1:1/none", Map.of());

    assertThatThrownBy(() -> QueueStore.open(nowhere, StoreOptions.standard()))
        .isInstanceOf(QueueException.class)
        .hasMessageContaining("cannot reach the server")
        .hasMessageNotContaining("secret");
  }
}
