package dev.sluice.queues;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Actor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A queue in a file.
class SqliteQueueTest extends QueueContract {
  @TempDir Path dir;

  private Path file() {
    return dir.resolve("queues.db");
  }

  @Override
  QueueAddress address() {
    return new QueueAddress.OfFile(file(), "default");
  }

  @Override
  Connection connection() throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("BEGIN IMMEDIATE");
    }
    return connection;
  }

  @Override
  void commit(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("COMMIT");
    }
  }

  @Override
  void rollback(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("ROLLBACK");
    }
  }

  private long number(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private String text(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void pitfall_7_26_the_file_is_in_wal_mode_and_a_commit_waits_for_the_disk() throws Exception {
    assertThat(text("PRAGMA journal_mode")).isEqualTo("wal");
    var durability = new ArrayList<Long>();
    for (var level : Durability.values()) {
      try (var engine = engine(level);
          var tables = engine.connect()) {
        durability.add(tables.number("PRAGMA synchronous"));
      }
    }
    assertThat(durability).containsExactly(2L, 1L);
  }

  private SqliteEngine engine(Durability level) {
    return new SqliteEngine(file(), level, 1000, Owner.current(), time);
  }

  @Test
  void another_file_s_connection_is_refused() throws Exception {
    var queue = queue();
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("other.db"))) {
      assertThatThrownBy(() -> queue.send(other, "astray"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("same file");
    }
  }

  @Test
  void pitfall_7_13_a_wall_clock_that_jumps_ends_no_lease_and_keeps_nothing_back()
      throws Exception {
    var queue = queue();
    queue.send("held");
    queue.send(Outgoing.of("delayed").after(Duration.ofSeconds(20)));
    var held = taken(queue);
    for (long jump : new long[] {3_600_000, -3_600_000}) {
      wallShift.set(jump);
      assertThat(queue.tryReceive()).isNull();
      // A process that starts after the jump sees it the same way.
      assertThat(another().queue(queue.name(), Codec.text()).tryReceive()).isNull();
    }

    pass(Duration.ofSeconds(21));
    var delayed = taken(queue);
    assertThat(delayed.value()).isEqualTo("delayed");
    assertThat(held.ack()).isTrue();
  }

  @Test
  void what_is_to_come_at_a_time_of_the_wall_clock_follows_it() throws Exception {
    var queue = queue();
    queue.send(Outgoing.of("at").at(Instant.now().plusSeconds(3_000)));

    wallShift.set(3_600_000);

    var item = queue.receive(PATIENCE);
    assertThat(item).isNotNull();
  }

  @Test
  void pitfall_7_15_delayed_items_do_not_slow_the_others_down() throws Exception {
    var queue = queue();
    var later = Outgoing.of("later").after(Duration.ofHours(1)).priority(-1);
    for (int i = 0; i < 20; i++) {
      queue.sendAll(IntStream.range(0, 1_000).mapToObj(n -> later).toList());
    }
    queue.send("now");

    assertThat(
            plan(
                "SELECT id FROM sluice_queue_items WHERE queue = 1 AND state = 0 ORDER BY rank, turn, id LIMIT 1"))
        .contains("sluice_queue_ready")
        .doesNotContain("TEMP B-TREE");
    assertThat(drain(queue)).containsExactly("now");
  }

  private String plan(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
      var text = new StringBuilder();
      while (rows.next()) {
        text.append(rows.getString("detail")).append('\n');
      }
      return text.toString();
    }
  }

  @Test
  void what_is_due_and_what_has_ended_is_found_by_an_index() throws Exception {
    for (int state : new int[] {1, 2}) {
      assertThat(
              plan(
                  "SELECT * FROM sluice_queue_items WHERE state = %d AND due <= 5 ORDER BY due LIMIT 9"
                      .formatted(state)))
          .contains("USING INDEX sluice_queue_" + (state == 1 ? "leased" : "delayed"))
          .doesNotContain("TEMP B-TREE");
    }
  }

  @Test
  void pitfall_7_6_writers_of_several_stores_never_fail_for_each_other() throws Exception {
    var queue = queue();
    var others = List.of(another(), another(), another());
    try (var threads = new Together()) {
      for (var other : others) {
        var its = other.queue(queue.name(), Codec.text());
        threads.start(() -> {
          for (int i = 0; i < 300; i++) {
            its.send("x");
            var item = its.tryReceive();
            if (item != null) {
              item.ack();
            }
          }
          return null;
        });
      }
    }

    assertThat(queue.stats().sent()).isEqualTo(900);
    assertThat(queue.stats().settled() + queue.stats().ready()).isEqualTo(900);
    assertThat(text("PRAGMA integrity_check")).isEqualTo("ok");
  }

  @Test
  void pitfall_7_7_who_stops_reading_early_keeps_nobody_from_committing() throws Exception {
    var queue = queue(OPTIONS.bounded(10, 1L << 30));
    for (int i = 0; i < 3; i++) {
      queue.send("x".repeat(17_000_000));
    }
    // As many as it may have at once: the third one was found, and is left.
    assertThat(queue.receiveMany(3, Duration.ZERO)).hasSize(2);
    assertThat(queue.stats().ready()).isEqualTo(1);

    // A statement that is left open keeps its own transaction from being committed, and that alone.
    assertThatThrownBy(() ->
            store.perform(
                new Request.Action<>(
                    List.of(),
                    tables ->
                        tables
                            .statement("UPDATE sluice_queue_items SET state = 4 RETURNING id")
                            .executeQuery()
                            .next())))
        .isInstanceOf(QueueException.class);
    assertThat(queue.stats().dead()).isZero();
    assertThat(requireNonNull(queue.tryReceive()).ack()).isTrue();
  }

  @Test
  void pitfall_7_9_children_that_are_started_while_it_is_written_to_harm_nothing()
      throws Exception {
    var queue = queue();
    var its = another().queue(queue.name(), Codec.text());
    var children = new ArrayList<Process>();
    var writing = new AtomicBoolean(true);
    try (var threads = new Together()) {
      for (var it : List.of(queue, its)) {
        threads.start(() -> {
          while (writing.get()) {
            it.send("x".repeat(2_000));
          }
          return null;
        });
      }
      try {
        for (int i = 0; i < 20; i++) {
          // Lives while the file is written to, and ends with whatever it has inherited.
          children.add(new ProcessBuilder("cat").start());
          if (i % 2 == 1) {
            ended(children.get(i / 2));
          }
        }
      } finally {
        writing.set(false);
      }
    }
    for (var child : children) {
      ended(child);
    }

    assertThat(text("PRAGMA integrity_check")).isEqualTo("ok");
    assertThat(queue.stats().sent()).isEqualTo(drain(queue).size());
  }

  private static void ended(Process child) throws Exception {
    child.getOutputStream().close();
    assertThat(child.waitFor()).isZero();
  }

  @Test
  void a_locked_file_fails_a_call_in_words_and_the_next_one_goes_on() throws Exception {
    try (var impatient =
        QueueStore.open(
            address(),
            StoreOptions.standard().patience(Duration.ofMillis(1200)),
            time,
            Schema.current())) {
      var queue = impatient.queue("locked", Codec.text());
      try (var lock = connection()) {
        assertThatThrownBy(() -> queue.send("no"))
            .isInstanceOf(QueueException.class)
            .hasMessageContaining("another process has had it locked for 1 s");
        rollback(lock);
      }
      queue.send("yes");

      assertThat(drain(queue)).containsExactly("yes");
    }
  }

  @Test
  void a_full_disk_fails_a_call_in_words_and_the_next_one_goes_on() throws Exception {
    var queue = queue();
    limitPages(0);
    assertThatThrownBy(() -> queue.send("x".repeat(1_000_000)))
        .isInstanceOf(QueueException.class)
        .hasMessageContaining("the disk is full; nothing was changed");

    limitPages(1_000_000);
    queue.send("small again");

    assertThat(drain(queue)).containsExactly("small again");
  }

  /// SQLite's own limit of a file's size, on the connection of the writer, stands for the disk's.
  private void limitPages(long pages) throws Exception {
    store.perform(
        new Request.Action<>(
            List.of(),
            tables -> {
              try (var statement = tables.connection.createStatement()) {
                return statement.execute("PRAGMA max_page_count = " + Math.max(1, pages));
              }
            }));
  }

  @Test
  void pitfall_7_8_a_reader_elsewhere_does_not_make_the_log_grow_for_ever() throws Exception {
    var queue = queue();
    try (var reader = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = reader.createStatement()) {
      statement.executeUpdate("BEGIN");
      statement.executeQuery("SELECT count(*) FROM sluice_queue_items").close();
      for (int i = 0; i < 100; i++) {
        queue.sendAll(IntStream.range(0, 200).mapToObj(n -> Outgoing.of("x".repeat(200))).toList());
        queue.ackAll(queue.receiveMany(200, Duration.ZERO));
      }
      assertThat(Files.size(dir.resolve("queues.db-wal"))).isGreaterThan(4_000_000);
      statement.executeUpdate("COMMIT");
    }

    var deadline = Instant.now().plus(PATIENCE);
    while (Files.size(dir.resolve("queues.db-wal")) > 0) {
      assertThat(Instant.now()).isBefore(deadline); // emptied once nobody needs it and all is quiet
      Thread.onSpinWait();
    }
  }

  @Test
  void pitfall_7_8_a_reader_elsewhere_keeps_nobody_waiting_when_all_is_quiet() throws Exception {
    var queue = queue();
    queue.send("before");
    try (var engine = new SqliteEngine(file(), Durability.FULL, 60_000, Owner.current(), time);
        var tables = engine.connect();
        var reader = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = reader.createStatement()) {
      statement.executeUpdate("BEGIN");
      statement.executeQuery("SELECT count(*) FROM sluice_queue_items").close();
      queue.send("after"); // which stays in the log as long as that reader is there

      try (var quiet = Actor.playing(() -> engine.tick(tables, true))) {
        quiet.awaitDone();
      }
    }
  }

  @Test
  @Timeout(2400)
  void however_many_items_came_and_went_the_file_is_small_and_receiving_as_fast() throws Exception {
    var soak = Integer.getInteger("sluice.soak.items");
    int items = soak == null ? 20_000 : soak;
    var queue = queue(OPTIONS.bounded(2_000_000, 1L << 30));
    fill(queue, 1_000);
    fill(queue, items);
    long most = number("PRAGMA page_count");
    for (int taken = 0; taken < items; taken += 1_000) {
      queue.ackAll(queue.receiveMany(1_000, Duration.ZERO));
    }
    for (int i = 0; i < items / 1_000; i++) {
      store.compact();
    }

    assertThat(queue.stats().ready()).isEqualTo(1_000);
    assertThat(number("PRAGMA page_count")).isLessThan(Math.max(most / 5, 500));
    assertThat(number("PRAGMA page_count") * number("PRAGMA page_size")).isLessThan(10_000_000);
    // A busy machine says little of a fifth; so this is looked at closely where there is time.
    try (var fresh = QueueStore.open(dir.resolve("fresh.db"))) {
      var its = fresh.queue("fresh", Codec.text(), OPTIONS);
      fill(its, 1_000);
      double slower = slower(queue, its);
      for (int again = 0; again < 5 && slower > 1.2; again++) {
        slower = Math.min(slower, slower(queue, its));
      }
      System.out.printf("after %,d items receiving takes %.2f times as long%n", items, slower);
      assertThat(slower).isLessThan(soak == null ? 5 : 1.2);
    }
  }

  private static void fill(DurableQueue<String> queue, int items) throws Exception {
    for (int sent = 0; sent < items; sent += 1_000) {
      queue.sendAll(IntStream.range(0, 1_000).mapToObj(n -> Outgoing.of("x".repeat(200))).toList());
    }
  }

  /// How many times as long receiving takes from `old` as from `fresh`, by the medians of many.
  /// They take turns: whatever else the machine does slows both.
  private static double slower(DurableQueue<String> old, DurableQueue<String> fresh)
      throws Exception {
    var ofOld = new long[500];
    var ofFresh = new long[500];
    for (int i = 0; i < ofOld.length; i++) {
      ofOld[i] = nanosToReceive(old);
      ofFresh[i] = nanosToReceive(fresh);
    }
    Arrays.sort(ofOld);
    Arrays.sort(ofFresh);
    return (double) ofOld[ofOld.length / 2] / ofFresh[ofFresh.length / 2];
  }

  /// What is received is given back, so that it changes nothing.
  private static long nanosToReceive(DurableQueue<String> queue) throws Exception {
    long began = System.nanoTime();
    var item = taken(queue);
    long took = System.nanoTime() - began;
    item.release();
    return took;
  }

  @Test
  void a_dead_process_is_noticed_before_its_leases_end() throws Exception {
    var queue = queue();
    queue.send("orphan");
    var item = taken(queue);
    // As a process would leave it that is not there any more.
    try (var connection = connection();
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO sluice_queue_owners SELECT 77, '0@x', 4194305, 1, host, seen FROM sluice_queue_owners LIMIT 1");
      statement.executeUpdate("UPDATE sluice_queue_items SET owner = 77 WHERE id = " + item.id());
      commit(connection);
    }

    var again = requireNonNull(queue.receive(PATIENCE));

    assertThat(again.id()).isEqualTo(item.id());
    assertThat(item.ack()).isFalse();
  }

  @Test
  void tables_of_an_older_version_are_brought_up_to_date() throws Exception {
    var queue = queue();
    queue.send("from before");
    store.close();
    var next =
        Schema.current()
            .then(List.of("ALTER TABLE sluice_queue_items ADD COLUMN colour {int} DEFAULT 7"));
    try (var newer = QueueStore.open(address(), StoreOptions.standard(), time, next)) {
      assertThat(number("SELECT colour FROM sluice_queue_items")).isEqualTo(7);
      assertThat(number("SELECT value FROM sluice_queue_meta WHERE name = 'version'")).isEqualTo(2);
      assertThat(drain(newer.queue(queue.name(), Codec.text()))).containsExactly("from before");
    }

    assertThatThrownBy(this::another)
        .isInstanceOf(QueueException.class)
        .hasMessageContaining("of version 2")
        .hasMessageContaining("use a newer one");
  }

  @Test
  void a_file_that_is_something_else_is_refused_in_words() throws Exception {
    var text = Files.writeString(dir.resolve("notes.txt"), "not a database, ".repeat(100));
    assertThatThrownBy(() -> QueueStore.open(text))
        .isInstanceOf(QueueException.class)
        .hasMessageContaining("it is no SQLite database");
    assertThatThrownBy(() -> QueueStore.open(dir.resolve("none/queues.db")))
        .isInstanceOf(QueueException.class)
        .hasMessageContaining("there is no directory");
    assertThat(SqliteEngine.isNetwork("nfs4")).isTrue();
    assertThat(SqliteEngine.isNetwork("ext4")).isFalse();
  }
}
