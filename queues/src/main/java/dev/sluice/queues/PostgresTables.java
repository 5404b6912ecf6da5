package dev.sluice.queues;

import dev.sluice.queues.Request.Lane;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The tables in PostgreSQL. Transactions there run beside each other: what two must not do at once
/// they lock, and rows that another has locked are left to it.
///
/// Statements name rows by `id = ANY(array)`, and none asks for the state of a row whose id it has:
/// so, and as the engine forbids it to read all rows, the server's plan is the same whatever it
/// believes of the table, which changes a thousand times a second.
final class PostgresTables extends Tables {
  static final String NOW = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

  private static final Lane PROMOTION = new Lane(0, "");
  private static final int SLOTS = 32;
  private static final int FOREIGN_SLOTS = 1024;
  private static final long EXACT_ITEMS = 10_000;
  private static final long EXACT_BYTES = 16 << 20;
  private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(4);
  private static final long HINT_FOR = TimeUnit.MILLISECONDS.toNanos(100);

  /// Where the last claim ended, to begin the next one there: beside a transaction that is held
  /// open, what was taken from the front of the index stays in it, and is looked through each time.
  private record Hint(long rank, long turn, long id, long until) {}

  private final LongSupplier shift;
  private final int slot;
  private final Map<Long, Hint> hints = new HashMap<>();

  /// @param foreign whether the transactions are others', and may last: their counts are in rows
  ///   that none of ours waits for
  PostgresTables(
      Connection connection, long owner, String holder, LongSupplier shift, boolean foreign) {
    super(connection, owner, holder);
    this.shift = shift;
    slot =
        foreign
            ? SLOTS + ThreadLocalRandom.current().nextInt(FOREIGN_SLOTS)
            : ThreadLocalRandom.current().nextInt(SLOTS);
  }

  @Override
  long readNow() throws SQLException {
    return number("SELECT " + NOW) + shift.getAsLong();
  }

  @Override
  long fromWall(long wall) {
    return wall;
  }

  @Override
  int slot() {
    return slot;
  }

  private static long lockOf(Lane lane) {
    long hash = 0x51_75_65_75_65L + lane.queue();
    for (int i = 0; i < lane.key().length(); i++) {
      hash = (hash ^ lane.key().charAt(i)) * 0x100_0000_01b3L;
    }
    return hash;
  }

  @Override
  void lock(Collection<Lane> lanes) throws SQLException {
    var numbers =
        lanes.stream().map(PostgresTables::lockOf).distinct().sorted().toArray(Long[]::new);
    if (numbers.length > 0) {
      number(
          """
          SELECT count(pg_advisory_xact_lock(n))
            FROM (SELECT n FROM unnest(?) n ORDER BY n) sorted\
          """,
          bigints(numbers));
    }
  }

  private long number(String sql, Array array) throws SQLException {
    var statement = statement(sql);
    statement.setArray(1, array);
    try (var rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private Array bigints(@Nullable Long[] numbers) throws SQLException {
    return connection.createArrayOf("bigint", numbers);
  }

  @Override
  boolean tryLock(Lane lane) throws SQLException {
    try (var rows = statement("SELECT pg_try_advisory_xact_lock(?)", lockOf(lane)).executeQuery()) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  @Override
  void lockPromotion() throws SQLException {
    lock(List.of(PROMOTION));
  }

  /// Far from a bound nobody asks how far exactly; near it, or if it is a narrow one, senders come
  /// one after the other.
  @Override
  Known lockRoom(Known queue, long items, long bytes) throws SQLException {
    boolean wide =
        queue.maxItems > EXACT_ITEMS
            && queue.maxBytes > EXACT_BYTES
            && queue.items + items < queue.maxItems / 10 * 9
            && queue.bytes + bytes < queue.maxBytes / 10 * 9;
    if (wide) {
      return queue;
    }
    lock(List.of(new Lane(queue.queue, "")));
    var exact = read(queue.queue);
    queue.items = exact.items;
    queue.bytes = exact.bytes;
    return queue;
  }

  @Override
  String skipLocked() {
    return " FOR UPDATE SKIP LOCKED";
  }

  @Override
  List<Long> insert(List<Insertion> items) throws SQLException {
    int count = items.size();
    var numbers = new @Nullable Long[7][count];
    var texts = new @Nullable String[2][count];
    var payloads = new byte[count][];
    for (int i = 0; i < count; i++) {
      var it = items.get(i);
      numbers[0][i] = (long) it.state();
      numbers[1][i] = it.rank();
      numbers[2][i] = it.turn();
      numbers[3][i] = it.due();
      numbers[4][i] = it.wall();
      numbers[5][i] = (long) it.item().priority();
      numbers[6][i] = (long) it.item().payload().length;
      texts[0][i] = it.item().key();
      texts[1][i] = it.item().dedup();
      payloads[i] = it.item().payload();
    }
    var insert =
        statement(
            """
            INSERT INTO sluice_queue_items(queue, sent, state, rank, turn, due, due_wall, priority,
                size, lane, dedup, payload)
              SELECT ?, ?, state, rank, turn, due, due_wall, priority, size, lane, dedup, payload
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WITH ORDINALITY
                  AS new(state, rank, turn, due, due_wall, priority, size, lane, dedup, payload, n)
                ORDER BY n
              RETURNING id\
            """);
    insert.setLong(1, items.getFirst().queue());
    insert.setLong(2, now());
    for (int i = 0; i < numbers.length; i++) {
      insert.setArray(3 + i, bigints(numbers[i]));
    }
    insert.setArray(10, connection.createArrayOf("text", texts[0]));
    insert.setArray(11, connection.createArrayOf("text", texts[1]));
    insert.setArray(12, connection.createArrayOf("bytea", payloads));
    var ids = new ArrayList<Long>(count);
    try (var rows = insert.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    ids.sort(null);
    return ids;
  }

  @Override
  List<Candidate> candidates(long queue, int most) throws SQLException {
    var hint = hints.get(queue);
    if (hint != null && System.nanoTime() - hint.until() < 0) {
      var found = select(queue, hint, most);
      if (found.size() == most) {
        hints.put(queue, after(found, hint.until()));
        return found;
      }
    }
    hints.remove(queue);
    long began = System.nanoTime();
    var found = select(queue, null, most);
    long took = System.nanoTime() - began;
    if (took > SLOW && !found.isEmpty()) {
      hints.put(queue, after(found, System.nanoTime() + Math.max(HINT_FOR, took * 10)));
    }
    return found;
  }

  private static Hint after(List<Candidate> found, long until) {
    var last = found.getLast();
    return new Hint(last.rank(), last.turn(), last.row().id(), until);
  }

  private List<Candidate> select(long queue, @Nullable Hint hint, int most) throws SQLException {
    var found = new ArrayList<Candidate>();
    var beyond = hint == null ? "" : "AND (rank, turn, id) > (?, ?, ?)";
    var select =
        statement(
            """
            SELECT id, queue, deliveries + 1 AS token, attempts, sent, priority, lane, dedup,
                payload, suspect, rank, turn
              FROM sluice_queue_items WHERE queue = ? AND state = 0
                AND (SELECT paused FROM sluice_queues WHERE id = ?) = 0 %s
              ORDER BY rank, turn, id LIMIT ? FOR UPDATE SKIP LOCKED\
            """
                .formatted(beyond));
    select.setLong(1, queue);
    select.setLong(2, queue);
    int next = 3;
    if (hint != null) {
      select.setLong(next++, hint.rank());
      select.setLong(next++, hint.turn());
      select.setLong(next++, hint.id());
    }
    select.setInt(next, most);
    try (var rows = select.executeQuery()) {
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
    int count = leases.size();
    var ids = new Long[count];
    var ends = new Long[count];
    var alone = new Long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = leases.get(i).row().id();
      ends[i] = leases.get(i).end();
      alone[i] = leases.get(i).alone() ? 1L : 0L;
    }
    var update =
        statement(
            """
            UPDATE sluice_queue_items i SET state = 1, due = new.due, token = deliveries + 1,
                owner = ?, alone = new.alone, deliveries = deliveries + 1
              FROM unnest(?, ?, ?) AS new(id, due, alone)
              WHERE i.id = new.id AND i.id = ANY(?)\
            """);
    update.setLong(1, owner());
    update.setArray(2, bigints(ids));
    update.setArray(3, bigints(ends));
    update.setArray(4, bigints(alone));
    update.setArray(5, bigints(ids));
    update.executeUpdate();
  }

  @Override
  Collection<Long> remove(List<Row> rows) throws SQLException {
    var delete =
        statement(
            """
            DELETE FROM sluice_queue_items i USING unnest(?, ?) AS old(id, token)
              WHERE i.id = ANY(?) AND i.id = old.id AND i.token = old.token RETURNING i.id\
            """);
    return changed(delete, rows, 1);
  }

  @Override
  Collection<Long> extendTo(List<Row> rows, long end) throws SQLException {
    var update =
        statement(
            """
            UPDATE sluice_queue_items i SET due = ? FROM unnest(?, ?) AS old(id, token)
              WHERE i.id = ANY(?) AND i.id = old.id AND i.token = old.token RETURNING i.id\
            """);
    update.setLong(1, end);
    return changed(update, rows, 2);
  }

  private Collection<Long> changed(java.sql.PreparedStatement statement, List<Row> rows, int first)
      throws SQLException {
    var ids = rows.stream().map(Row::id).toArray(Long[]::new);
    var tokens = rows.stream().map(Row::token).toArray(Long[]::new);
    statement.setArray(first, bigints(ids));
    statement.setArray(first + 1, bigints(tokens));
    statement.setArray(first + 2, bigints(ids));
    var changed = new HashSet<Long>();
    try (ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        changed.add(found.getLong(1));
      }
    }
    return changed;
  }

  @Override
  void compact() {
    // the server does it by itself: the table says how eagerly
  }
}
