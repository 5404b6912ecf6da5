package dev.sluice.queues;

import dev.sluice.queues.ItemEvent.Kind;
import dev.sluice.queues.Request.Lane;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The tables, by one connection and in a transaction that others begin and commit. What requests
/// do there is said once for both engines, in SQL:
///
/// ```text
///   Sending        items come in                    Receiving   ... are leased, become due, leases end
///   Settling       ... are done, fail, die          Keys        ... wait for others of their key
///   Administration queues; replay, move, purge      Inspection  what there is
/// ```
///
/// and what differs, by the abstract methods here.
///
/// The states are numbered as in [ItemState]. An item's `token` says which lease is the last; it is
/// 0 while nobody has the item, so that nothing that an earlier holder does has an effect. Ids are
/// never used again, so that it has none on another item either.
///
/// What is known of a queue and what is counted is kept for the length of a transaction: read at
/// first need, written at its end.
@SuppressWarnings("EnumOrdinal") // the numbers in the tables are the order of the constants
abstract class Tables implements AutoCloseable {
  private static final int MOST_DETAIL = 8192;

  /// A queue as it is during a transaction.
  static final class Known {
    final long queue;
    final long maxItems;
    final long maxBytes;
    final int maxAttempts;
    final long aging;
    final boolean strict;
    final long dedupKept;
    final boolean history;
    long items;
    long bytes;
    long sentMore;
    long settledMore;
    long itemsMore;
    long bytesMore;

    private Known(ResultSet row) throws SQLException {
      queue = row.getLong("id");
      maxItems = row.getLong("max_items");
      maxBytes = row.getLong("max_bytes");
      maxAttempts = row.getInt("max_attempts");
      aging = row.getLong("aging");
      strict = row.getInt("strict_keys") != 0;
      dedupKept = row.getLong("dedup_kept");
      history = row.getInt("history") != 0;
      items = row.getLong("items");
      bytes = row.getLong("bytes");
    }

    /// Where an item of that priority stands that can be received from `turn` on.
    long rank(int priority, long turn) {
      return aging == 0 ? priority : turn + priority * aging;
    }

    void stored(int size) {
      sentMore++;
      itemsMore++;
      bytesMore += size;
    }

    void gone(long size) {
      itemsMore--;
      bytesMore -= size;
    }
  }

  final Connection connection;
  final Effects effects = new Effects();
  private final long owner;
  private final String holder;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final Map<Long, Known> known = new TreeMap<>();
  final Keys keys = new Keys(this);
  final Sending sending = new Sending(this);
  final Receiving receiving = new Receiving(this);
  final Settling settling = new Settling(this);
  final Administration administration = new Administration(this);
  final Inspection inspection = new Inspection(this);
  private long now = -1;

  Tables(Connection connection, long owner, String holder) {
    this.connection = connection;
    this.owner = owner;
    this.holder = holder;
  }

  /// The time in milliseconds, as all who use these tables have it.
  abstract long readNow() throws SQLException;

  /// Which row of a queue's counts is this connection's.
  abstract int slot();

  /// Keeps others from changing the order of these keys until the end of the transaction.
  abstract void lock(Collection<Lane> lanes) throws SQLException;

  /// The same, if nobody else does now.
  abstract boolean tryLock(Lane lane) throws SQLException;

  /// Waits until nobody else moves on what is due.
  abstract void lockPromotion() throws SQLException;

  /// Makes sure that nobody else takes the room that is left, if that might matter.
  abstract Known lockRoom(Known queue, long items, long bytes) throws SQLException;

  /// Stores items that are ready, or due at a time; returns their ids in order.
  abstract List<Long> insert(List<Insertion> items) throws SQLException;

  /// Selects up to `most` ready items in their order, so that nobody else gets them.
  abstract List<Candidate> candidates(long queue, int most) throws SQLException;

  /// Marks as leased.
  abstract void lease(List<Lease> leases) throws SQLException;

  /// Removes those that are still leased with their token; returns the ids of these.
  abstract Collection<Long> remove(List<Row> rows) throws SQLException;

  /// Sets the end of those leases that are still these; returns the ids of these.
  abstract Collection<Long> extendTo(List<Row> rows, long end) throws SQLException;

  /// What follows a SELECT so that rows others deal with are left out.
  abstract String skipLocked();

  /// Makes room on the disk, a little at a time.
  abstract void compact() throws SQLException;

  /// An item to store.
  record Insertion(
      long queue, int state, long rank, long turn, long due, @Nullable Long wall, NewItem item) {}

  /// A ready item that may be leased.
  record Candidate(Row row, boolean suspect, long rank, long turn) {}

  /// A lease to note: of `row`, which has the token already.
  record Lease(Row row, long end, boolean alone) {}

  final long owner() {
    return owner;
  }

  final String holder() {
    return holder;
  }

  final PreparedStatement statement(String sql) throws SQLException {
    var statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  final PreparedStatement statement(String sql, Object... values) throws SQLException {
    var statement = statement(sql);
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setLong(i + 1, number);
        case String text -> statement.setString(i + 1, text);
        default -> throw new IllegalArgumentException("no such parameter: " + values[i]);
      }
    }
    return statement;
  }

  final int update(String sql, Object... values) throws SQLException {
    return statement(sql, values).executeUpdate();
  }

  final long number(String sql, Object... values) throws SQLException {
    try (var rows = statement(sql, values).executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /// The time of this transaction.
  final long now() throws SQLException {
    if (now < 0) {
      now = readNow();
    }
    return now;
  }

  final void nowIs(long time) {
    now = time;
  }

  /// Begins anew: what was known of the transaction before is forgotten.
  final void forget() {
    known.clear();
    effects.clear();
    now = -1;
  }

  final Known known(long queue) throws SQLException {
    var it = known.get(queue);
    if (it == null) {
      it = read(queue);
      known.put(queue, it);
    }
    return it;
  }

  final Known read(long queue) throws SQLException {
    try (var rows =
        statement(
                """
                SELECT q.*, coalesce(sum(c.items), 0) AS items, coalesce(sum(c.bytes), 0) AS bytes
                  FROM sluice_queues q LEFT JOIN sluice_queue_counts c ON c.queue = q.id
                  WHERE q.id = ? GROUP BY q.id\
                """,
                queue)
            .executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("the queue is not there any more");
      }
      return new Known(rows);
    }
  }

  /// Writes what was counted: the last thing to do before the commit.
  final void writeCounts() throws SQLException {
    for (var queue : known.values()) {
      if (queue.sentMore == 0
          && queue.settledMore == 0
          && queue.itemsMore == 0
          && queue.bytesMore == 0) {
        continue;
      }
      update(
          """
          INSERT INTO sluice_queue_counts(queue, slot, sent, settled, items, bytes)
            VALUES(?, ?, ?, ?, ?, ?)
            ON CONFLICT(queue, slot) DO UPDATE SET
              sent = sluice_queue_counts.sent + excluded.sent,
              settled = sluice_queue_counts.settled + excluded.settled,
              items = sluice_queue_counts.items + excluded.items,
              bytes = sluice_queue_counts.bytes + excluded.bytes\
          """,
          queue.queue,
          slot(),
          queue.sentMore,
          queue.settledMore,
          queue.itemsMore,
          queue.bytesMore);
      if (queue.itemsMore < 0 || queue.bytesMore < 0) {
        effects.freed(queue.queue);
      }
    }
    known.clear();
  }

  /// What the tables call the time that a wall clock calls `time`.
  abstract long fromWall(long time) throws SQLException;

  /// Runs an UPDATE that returns the queue of each row.
  final int changed(String sql, Object... values) throws SQLException {
    int count = 0;
    try (var rows = statement(sql, values).executeQuery()) {
      while (rows.next()) {
        effects.ready(rows.getLong(1), 1);
        count++;
      }
    }
    return count;
  }

  final Row row(ResultSet rows) throws SQLException {
    return new Row(
        rows.getLong("queue"),
        rows.getLong("id"),
        rows.getLong("token"),
        rows.getInt("attempts"),
        rows.getLong("sent"),
        rows.getInt("priority"),
        rows.getString("lane"),
        rows.getString("dedup"),
        rows.getBytes("payload"));
  }

  static String cut(String text) {
    return (text.length() <= MOST_DETAIL ? text : text.substring(0, MOST_DETAIL))
        .replace('\0', '\uFFFD');
  }

  final void note(long item, Kind kind, int attempt, @Nullable String detail) throws SQLException {
    var statement =
        statement(
            """
            INSERT INTO sluice_queue_events(item, time, kind, attempt, owner, detail)
              VALUES(?, ?, ?, ?, ?, ?)\
            """);
    statement.setLong(1, item);
    statement.setLong(2, now());
    statement.setInt(3, kind.ordinal());
    statement.setInt(4, attempt);
    statement.setString(5, kind == Kind.SENT || kind == Kind.EXPIRED ? null : holder);
    if (detail == null) {
      statement.setNull(6, Types.VARCHAR);
    } else {
      statement.setString(6, cut(detail));
    }
    statement.executeUpdate();
  }

  /// Lets go of what was prepared on a connection that others go on with.
  final void release() throws SQLException {
    for (var statement : statements.values()) {
      statement.close();
    }
    statements.clear();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
