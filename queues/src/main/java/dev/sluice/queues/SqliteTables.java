package dev.sluice.queues;

import dev.sluice.queues.Request.Lane;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tables in a file. Whoever is in a transaction there is alone in it.
final class SqliteTables extends Tables {
  /// Free pages are given back when they are that many and a quarter of the file.
  private static final long MANY_PAGES = 256;

  private final SqliteTime time;
  private boolean synchronises = true;

  SqliteTables(Connection connection, long owner, String holder, SqliteTime time) {
    super(connection, owner, holder);
    this.time = time;
  }

  /// Says whether commits wait for the disk, from the next transaction on.
  void synchronise(boolean wanted) throws SQLException {
    if (wanted != synchronises) {
      statement(wanted ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
          .executeUpdate();
      synchronises = wanted;
    }
  }

  @Override
  long readNow() {
    return time.now();
  }

  @Override
  long fromWall(long wall) {
    return wall - time.drift();
  }

  @Override
  int slot() {
    return 0;
  }

  @Override
  void lock(Collection<Lane> lanes) {
    // nobody else is here
  }

  @Override
  boolean tryLock(Lane lane) {
    return true;
  }

  @Override
  void lockPromotion() {
    // nobody else is here
  }

  @Override
  Known lockRoom(Known queue, long items, long bytes) {
    return queue;
  }

  @Override
  String skipLocked() {
    return "";
  }

  @Override
  List<Long> insert(List<Insertion> items) throws SQLException {
    // Ids are given here: the file has the last one, and nobody else gives any meanwhile.
    long id = number("SELECT seq FROM sqlite_sequence WHERE name = 'sluice_queue_items'");
    var insert =
        statement(
            """
            INSERT INTO sluice_queue_items(id, queue, state, rank, turn, due, due_wall, priority,
              lane, dedup, sent, size, payload) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
            """);
    var ids = new ArrayList<Long>(items.size());
    for (var it : items) {
      var item = it.item();
      insert.setLong(1, ++id);
      insert.setLong(2, it.queue());
      insert.setInt(3, it.state());
      insert.setLong(4, it.rank());
      insert.setLong(5, it.turn());
      insert.setLong(6, it.due());
      setNumber(insert, 7, it.wall());
      insert.setInt(8, item.priority());
      insert.setString(9, item.key());
      insert.setString(10, item.dedup());
      insert.setLong(11, now());
      insert.setInt(12, item.payload().length);
      insert.setBytes(13, item.payload());
      insert.executeUpdate();
      ids.add(id);
    }
    return ids;
  }

  private static void setNumber(PreparedStatement statement, int index, @Nullable Long number)
      throws SQLException {
    if (number == null) {
      statement.setNull(index, Types.INTEGER);
    } else {
      statement.setLong(index, number);
    }
  }

  @Override
  List<Candidate> candidates(long queue, int most) throws SQLException {
    var found = new ArrayList<Candidate>();
    try (var rows =
        statement(
                """
                SELECT id, queue, deliveries + 1 AS token, attempts, sent, priority, lane,
                    dedup, payload, suspect, rank, turn
                  FROM sluice_queue_items WHERE queue = ? AND state = 0
                    AND (SELECT paused FROM sluice_queues WHERE id = ?) = 0
                  ORDER BY rank, turn, id LIMIT ?\
                """,
                queue,
                queue,
                most)
            .executeQuery()) {
      while (rows.next()) {
        found.add(
            new Candidate(
                row(rows),
                rows.getInt("suspect") != 0,
                rows.getLong("rank"),
                rows.getLong("turn")));
      }
    }
    return found;
  }

  @Override
  void lease(List<Lease> leases) throws SQLException {
    for (var lease : leases) {
      update(
          """
          UPDATE sluice_queue_items SET state = 1, due = ?, token = ?, owner = ?, alone = ?,
            deliveries = deliveries + 1 WHERE id = ?\
          """,
          lease.end(),
          lease.row().token(),
          owner(),
          lease.alone() ? 1 : 0,
          lease.row().id());
    }
  }

  @Override
  Collection<Long> remove(List<Row> rows) throws SQLException {
    var removed = new HashSet<Long>();
    for (var row : rows) {
      if (update("DELETE FROM sluice_queue_items WHERE id = ? AND token = ?", row.id(), row.token())
          > 0) {
        removed.add(row.id());
      }
    }
    return removed;
  }

  @Override
  Collection<Long> extendTo(List<Row> rows, long end) throws SQLException {
    var extended = new HashSet<Long>();
    for (var row : rows) {
      if (update(
              "UPDATE sluice_queue_items SET due = ? WHERE id = ? AND token = ?",
              end,
              row.id(),
              row.token())
          > 0) {
        extended.add(row.id());
      }
    }
    return extended;
  }

  @Override
  void compact() throws SQLException {
    long free = number("PRAGMA freelist_count");
    if (free > MANY_PAGES && free > number("PRAGMA page_count") / 4) {
      try (var statement = connection.createStatement()) {
        statement.executeUpdate("PRAGMA incremental_vacuum(2000)");
      }
      effects.due(now());
    }
  }
}
