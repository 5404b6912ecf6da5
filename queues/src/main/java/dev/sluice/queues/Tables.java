package dev.sluice.queues;

import dev.sluice.pipelines.Retry;
import dev.sluice.queues.ItemEvent.Kind;
import dev.sluice.queues.Request.Claim;
import dev.sluice.queues.Request.Lane;
import dev.sluice.queues.Request.Send;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What requests do, in SQL, on one connection and in a transaction that others begin and commit.
///
/// The states are numbered as in [ItemState]. An item's `token` says which lease is the last; it is
/// 0 while nobody has the item, so that nothing that an earlier holder does has an effect. Ids are
/// never used again, so that it has none on another item either.
///
/// What is known of a queue and what is counted is kept for the length of a transaction: read at
/// first need, written at its end.
@SuppressWarnings("EnumOrdinal") // the numbers in the tables are the order of the constants
abstract class Tables implements AutoCloseable {
  private static final int MOST_ROWS = 1000;
  private static final long MOST_BYTES = 32 << 20;
  private static final int MOST_ENDED = 200;
  private static final int MOST_DUE = 1000;
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

    private void stored(int size) {
      sentMore++;
      itemsMore++;
      bytesMore += size;
    }

    private void gone(long size) {
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

  // ---------------------------------------------------------------- sending

  /// Stores what each of `sends` asks for and tells it the ids; or null where there is no room.
  final void send(long queue, List<Send> sends) throws SQLException {
    long items = 0;
    long bytes = 0;
    for (var send : sends) {
      items += send.items.size();
      for (var item : send.items) {
        bytes += item.payload().length;
      }
    }
    var its = lockRoom(known(queue), items, bytes);
    var plain = new ArrayList<Insertion>();
    var ids = new ArrayList<long[]>();
    var places = new ArrayList<int[]>();
    for (int s = 0; s < sends.size(); s++) {
      var send = sends.get(s);
      if (!fits(its, send.items)) {
        send.prepare(null);
        ids.add(new long[0]);
        continue;
      }
      var numbers = new long[send.items.size()];
      ids.add(numbers);
      var sent = new ArrayList<Sent>(send.items.size());
      boolean allPlain = true;
      for (int i = 0; i < numbers.length; i++) {
        var item = send.items.get(i);
        if (item.isPlain()) {
          plain.add(insertion(its, item, false));
          places.add(new int[] {s, i});
          its.stored(item.payload().length);
          sent.add(new Sent(0, false));
        } else {
          allPlain = false;
          flush(plain, places, ids); // ids in the order of sending
          sent.add(single(its, item));
        }
        numbers[i] = sent.getLast().id();
      }
      if (!allPlain) {
        flush(plain, places, ids);
        for (int i = 0; i < numbers.length; i++) {
          sent.set(i, new Sent(numbers[i], sent.get(i).duplicate()));
        }
        send.prepare(sent);
      }
    }
    flush(plain, places, ids);
    for (int s = 0; s < sends.size(); s++) {
      var send = sends.get(s);
      if (ids.get(s).length > 0 && send.items.stream().allMatch(NewItem::isPlain)) {
        var sent = new ArrayList<Sent>(ids.get(s).length);
        for (long id : ids.get(s)) {
          sent.add(new Sent(id, false));
        }
        send.prepare(sent);
      }
    }
  }

  private static boolean fits(Known its, List<NewItem> items) {
    long more = 0;
    for (var item : items) {
      more += item.payload().length;
    }
    return its.items + its.itemsMore + items.size() <= its.maxItems
        && its.bytes + its.bytesMore + more <= its.maxBytes;
  }

  private void flush(List<Insertion> plain, List<int[]> places, List<long[]> ids)
      throws SQLException {
    if (plain.isEmpty()) {
      return;
    }
    var made = insert(plain);
    var queue = known(plain.getFirst().queue());
    for (int i = 0; i < made.size(); i++) {
      var place = places.get(i);
      ids.get(place[0])[place[1]] = made.get(i);
      if (queue.history) {
        note(made.get(i), Kind.SENT, 0, null);
      }
    }
    plain.clear();
    places.clear();
  }

  private Insertion insertion(Known its, NewItem item, boolean blocked) throws SQLException {
    long due = now() + item.delay();
    Long wall = null;
    if (item.at() != null) {
      wall = item.at().toEpochMilli();
      due = fromWall(wall);
    }
    boolean later = due > now();
    long turn = Math.max(now(), due);
    int state = blocked ? 3 : later ? 2 : 0;
    if (state == 0) {
      effects.ready(its.queue, 1);
    } else if (state == 2) {
      effects.due(due);
    }
    return new Insertion(its.queue, state, rank(its, item.priority(), turn), turn, due, wall, item);
  }

  private static long rank(Known its, int priority, long turn) {
    return its.aging == 0 ? priority : turn + priority * its.aging;
  }

  /// What the tables call the time that a wall clock calls `time`.
  abstract long fromWall(long time) throws SQLException;

  private Sent single(Known its, NewItem item) throws SQLException {
    var dedup = item.dedup();
    if (dedup != null) {
      long first = firstOf(its, dedup);
      if (first > 0) {
        return new Sent(first, true);
      }
    }
    boolean blocked = item.key() != null && isHeld(its, item.key());
    long id = insert(List.of(insertion(its, item, blocked))).getFirst();
    its.stored(item.payload().length);
    if (dedup != null) {
      update(
          "UPDATE sluice_queue_dedup SET item = ? WHERE queue = ? AND dedup = ?",
          id,
          its.queue,
          dedup);
    }
    if (its.history) {
      note(id, Kind.SENT, 0, null);
    }
    return new Sent(id, false);
  }

  /// The item that had this id first, or 0 after the id has been taken for a new one.
  private long firstOf(Known its, String dedup) throws SQLException {
    update(
        "DELETE FROM sluice_queue_dedup WHERE queue = ? AND dedup = ? AND kept_until <= ?",
        its.queue,
        dedup,
        now());
    int made =
        update(
            "INSERT INTO sluice_queue_dedup(queue, dedup, item) VALUES(?, ?, 0) ON CONFLICT DO NOTHING",
            its.queue,
            dedup);
    return made == 1
        ? 0
        : number(
            "SELECT item FROM sluice_queue_dedup WHERE queue = ? AND dedup = ?", its.queue, dedup);
  }

  private boolean isHeld(Known its, String key) throws SQLException {
    return number(
            """
            SELECT count(*) FROM (SELECT 1 FROM sluice_queue_items
              WHERE queue = ? AND lane = ? AND lane IS NOT NULL AND state < ? LIMIT 1) t\
            """,
            its.queue,
            key,
            its.strict ? 5 : 4)
        > 0;
  }

  // ---------------------------------------------------------------- receiving

  /// Gives each of `claims` what it may have of `queue`.
  final void claim(long queue, List<Claim> claims) throws SQLException {
    int wanted = 0;
    for (var claim : claims) {
      wanted = Math.min(MOST_ROWS, wanted + claim.most);
    }
    var found = candidates(queue, wanted);
    // Empty-handed it looks again in any case: others may have moved on what is due in between.
    if (found.size() < wanted && (promote() || found.isEmpty())) {
      found = candidates(queue, wanted);
    }
    var leases = new ArrayList<Lease>(found.size());
    int next = 0;
    for (var claim : claims) {
      var rows = new ArrayList<Row>();
      long bytes = 0;
      while (next < found.size() && rows.size() < claim.most && bytes < MOST_BYTES) {
        var candidate = found.get(next);
        // What was leased when a batch was lost may be what killed its holder: alone, it shows.
        if (candidate.suspect() && !rows.isEmpty()) {
          break;
        }
        next++;
        var row = candidate.row();
        rows.add(row);
        bytes += row.payload().length;
        boolean alone = claim.most == 1 || candidate.suspect();
        leases.add(new Lease(row, now() + claim.lease, alone));
        if (candidate.suspect()) {
          break;
        }
      }
      claim.prepare(rows);
      effects.due(now() + claim.lease);
    }
    if (!leases.isEmpty()) {
      lease(leases);
      if (known(queue).history) {
        for (var lease : leases) {
          note(lease.row().id(), Kind.RECEIVED, lease.row().attempts(), null);
        }
      }
    }
  }

  /// Moves on what is due: delayed items become ready, ended leases end. One at a time does so:
  /// what two moved on at once would come in no order.
  ///
  /// @return whether anything was due; then it may be ready, whoever has moved it
  final boolean promote() throws SQLException {
    if (nextDue() > now()) {
      return false;
    }
    lockPromotion();
    changed(
        "UPDATE sluice_queue_items SET state = 0, due_wall = NULL WHERE id IN (SELECT id FROM sluice_queue_items WHERE state = 2 AND due <= ? ORDER BY due LIMIT ?"
            + skipLocked()
            + ") RETURNING queue",
        now(),
        MOST_DUE);
    reap(
        "SELECT * FROM sluice_queue_items WHERE state = 1 AND due <= ? ORDER BY due LIMIT ?"
            + skipLocked(),
        now());
    return true;
  }

  /// Runs an UPDATE that returns the queue of each row.
  private int changed(String sql, Object... values) throws SQLException {
    int count = 0;
    try (var rows = statement(sql, values).executeQuery()) {
      while (rows.next()) {
        effects.ready(rows.getLong(1), 1);
        count++;
      }
    }
    return count;
  }

  /// Ends the leases of who is known not to live any more.
  final void reapOwner(long dead) throws SQLException {
    reap(
        "SELECT * FROM sluice_queue_items WHERE state = 1 AND owner = ? LIMIT ?" + skipLocked(),
        dead);
    if (number("SELECT count(*) FROM sluice_queue_items WHERE state = 1 AND owner = ?", dead)
        == 0) {
      update("DELETE FROM sluice_queue_owners WHERE id = ?", dead);
    }
  }

  private void reap(String sql, long value) throws SQLException {
    record Ended(Row row, boolean alone) {}
    var ended = new ArrayList<Ended>();
    try (var rows = statement(sql, value, MOST_ENDED).executeQuery()) {
      while (rows.next()) {
        ended.add(new Ended(row(rows), rows.getInt("alone") != 0));
      }
    }
    for (var it : ended) {
      var row = it.row();
      if (row.key() != null && !tryLock(new Lane(row.queue(), row.key()))) {
        continue; // who has it will be done soon, and the lease has ended still
      }
      var its = known(row.queue());
      int attempts = row.attempts() + (it.alone() ? 1 : 0);
      var cause = "its lease ended before it was settled";
      if (attempts >= its.maxAttempts) {
        bury(its, row, attempts, Kind.EXPIRED, cause);
      } else {
        note(row.id(), Kind.EXPIRED, attempts, cause);
        var again =
            statement(
                """
                UPDATE sluice_queue_items SET state = 0, token = 0, owner = NULL, suspect = 1,
                  attempts = ?, cause = ? WHERE id = ? AND token = ?\
                """,
                attempts,
                cause,
                row.id(),
                row.token());
        if (again.executeUpdate() > 0) {
          effects.ready(row.queue(), 1);
        }
      }
    }
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

  // ---------------------------------------------------------------- settling

  /// Acknowledges `rows`; returns those whose lease is not theirs any more.
  final List<Row> settle(List<Row> rows) throws SQLException {
    var removed = remove(rows);
    var stale = new ArrayList<Row>();
    for (var row : rows) {
      if (!removed.contains(row.id())) {
        stale.add(row);
        continue;
      }
      var its = known(row.queue());
      its.gone(row.payload().length);
      its.settledMore++;
      forgetDedup(its, row.dedup());
      if (its.history || row.attempts() > 0 || row.token() > 1) {
        note(row.id(), Kind.ACKNOWLEDGED, row.attempts(), null);
      }
      next(its, row.key());
    }
    return stale;
  }

  private void forgetDedup(Known its, @Nullable String dedup) throws SQLException {
    if (dedup != null) {
      update(
          "UPDATE sluice_queue_dedup SET kept_until = ? WHERE queue = ? AND dedup = ?",
          now() + its.dedupKept,
          its.queue,
          dedup);
    }
  }

  /// Lets the next item of a key go, if none holds the key any more.
  private void next(Known its, @Nullable String key) throws SQLException {
    if (key == null || isHeldByOther(its, key)) {
      return;
    }
    try (var rows =
        statement(
                """
                UPDATE sluice_queue_items SET
                    state = CASE WHEN due > ? THEN 2 ELSE 0 END
                  WHERE id = (SELECT min(id) FROM sluice_queue_items
                    WHERE queue = ? AND lane = ? AND lane IS NOT NULL AND state = 3)
                  RETURNING state, due\
                """,
                now(),
                its.queue,
                key)
            .executeQuery()) {
      while (rows.next()) {
        if (rows.getInt(1) == 0) {
          effects.ready(its.queue, 1);
        } else {
          effects.due(rows.getLong(2));
        }
      }
    }
  }

  private boolean isHeldByOther(Known its, String key) throws SQLException {
    return number(
            """
            SELECT count(*) FROM (SELECT 1 FROM sluice_queue_items
              WHERE queue = ? AND lane = ? AND lane IS NOT NULL
                AND state <> 3 AND state < ? LIMIT 1) t\
            """,
            its.queue,
            key,
            its.strict ? 5 : 4)
        > 0;
  }

  /// Keeps `row` back for `delay` and then tries it again; buries it if that was its last attempt.
  final Settlement retry(Row row, long delay, String cause) throws SQLException {
    var its = known(row.queue());
    int attempts = row.attempts() + 1;
    if (attempts >= its.maxAttempts) {
      return bury(its, row, attempts, Kind.RETRIED, cause) ? Settlement.DEAD : Settlement.STALE;
    }
    long due = now() + delay;
    int changed =
        update(
            """
            UPDATE sluice_queue_items SET state = ?, token = 0, owner = NULL, suspect = 0,
              attempts = ?, due = ?, turn = ?, rank = ?, cause = ? WHERE id = ? AND token = ?\
            """,
            delay > 0 ? 2 : 0,
            attempts,
            due,
            due,
            rank(its, row.priority(), due),
            cut(cause),
            row.id(),
            row.token());
    if (changed == 0) {
      return Settlement.STALE;
    }
    if (delay > 0) {
      effects.due(due);
    } else {
      effects.ready(row.queue(), 1);
    }
    note(row.id(), Kind.RETRIED, attempts, cause);
    return Settlement.AGAIN;
  }

  /// What became of an item that its holder gave back.
  enum Settlement {
    AGAIN,
    DEAD,
    STALE
  }

  /// Makes a dead letter of `row`.
  final Settlement kill(Row row, String cause) throws SQLException {
    return bury(known(row.queue()), row, row.attempts() + 1, Kind.RETRIED, cause)
        ? Settlement.DEAD
        : Settlement.STALE;
  }

  private boolean bury(Known its, Row row, int attempts, Kind why, String cause)
      throws SQLException {
    int changed =
        update(
            """
            UPDATE sluice_queue_items SET state = 4, token = 0, owner = NULL, suspect = 0,
              attempts = ?, due = ?, cause = ? WHERE id = ? AND token = ?\
            """,
            attempts,
            now(),
            cut(cause),
            row.id(),
            row.token());
    if (changed == 0) {
      return false;
    }
    if (why == Kind.EXPIRED) {
      note(row.id(), why, attempts, cause);
    }
    note(row.id(), Kind.DIED, attempts, cause);
    if (!its.strict) {
      next(its, row.key());
    }
    return true;
  }

  /// Gives `row` back as it was: it keeps its place, and no attempt is counted.
  final Settlement release(Row row) throws SQLException {
    int changed =
        update(
            """
            UPDATE sluice_queue_items SET state = 0, token = 0, owner = NULL
              WHERE id = ? AND token = ?\
            """,
            row.id(),
            row.token());
    if (changed == 0) {
      return Settlement.STALE;
    }
    effects.ready(row.queue(), 1);
    if (known(row.queue()).history) {
      note(row.id(), Kind.RELEASED, row.attempts(), null);
    }
    return Settlement.AGAIN;
  }

  /// Gives back all that this owner has.
  final int releaseAll() throws SQLException {
    int count =
        changed(
            """
            UPDATE sluice_queue_items SET state = 0, token = 0, owner = NULL
              WHERE state = 1 AND owner = ? RETURNING queue\
            """,
            owner);
    update("DELETE FROM sluice_queue_owners WHERE id = ?", owner);
    return count;
  }

  /// Makes the leases of `rows` last `length` from now; returns those that are lost.
  final List<Row> extend(List<Row> rows, long length) throws SQLException {
    var extended = extendTo(rows, now() + length);
    return rows.stream().filter(row -> !extended.contains(row.id())).toList();
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

  // ---------------------------------------------------------------- administration

  /// The id of the queue of that name, which is made if there is none.
  ///
  /// @param named whether the options were named, and so are to be stored
  final long queue(String name, QueueOptions options, boolean named) throws SQLException {
    long id = number("SELECT id FROM sluice_queues WHERE name = ?", name);
    if (id == 0) {
      update(
          """
          INSERT INTO sluice_queues(name, created, max_items, max_bytes, max_attempts, aging,
              strict_keys, dedup_kept, history) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(name) DO NOTHING\
          """,
          name,
          now(),
          options.maxItems(),
          options.maxBytes(),
          options.retry().attempts(),
          options.aging().toMillis(),
          options.strictKeys() ? 1 : 0,
          options.dedupKept().toMillis(),
          options.history() ? 1 : 0);
      return number("SELECT id FROM sluice_queues WHERE name = ?", name);
    }
    if (named) {
      update(
          """
          UPDATE sluice_queues SET max_items = ?, max_bytes = ?, max_attempts = ?, aging = ?,
            strict_keys = ?, dedup_kept = ?, history = ? WHERE id = ?\
          """,
          options.maxItems(),
          options.maxBytes(),
          options.retry().attempts(),
          options.aging().toMillis(),
          options.strictKeys() ? 1 : 0,
          options.dedupKept().toMillis(),
          options.history() ? 1 : 0,
          id);
    }
    return id;
  }

  /// The options that are stored with a queue, and the others of `local`.
  final QueueOptions options(long queue, QueueOptions local) throws SQLException {
    var its = known(queue);
    var retry = local.retry();
    return new QueueOptions(
        its.maxItems,
        its.maxBytes,
        Duration.ofMillis(its.aging),
        its.strict,
        Duration.ofMillis(its.dedupKept),
        its.history,
        local.lease(),
        local.extending(),
        new Retry(
            its.maxAttempts,
            retry.first(),
            retry.most(),
            retry.factor(),
            retry.jitter(),
            retry.when()));
  }

  final List<String> queues() throws SQLException {
    var names = new ArrayList<String>();
    try (var rows = statement("SELECT name FROM sluice_queues ORDER BY name").executeQuery()) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  final void pause(long queue, boolean paused) throws SQLException {
    update("UPDATE sluice_queues SET paused = ? WHERE id = ?", paused ? 1 : 0, queue);
    if (!paused) {
      effects.ready(queue, 1);
    }
  }

  final boolean isPaused(long queue) throws SQLException {
    return number("SELECT paused FROM sluice_queues WHERE id = ?", queue) != 0;
  }

  final QueueStats stats(long queue) throws SQLException {
    promote();
    var counts = new long[5];
    try (var rows =
        statement(
                "SELECT state, count(*) FROM sluice_queue_items WHERE queue = ? GROUP BY state",
                queue)
            .executeQuery()) {
      while (rows.next()) {
        counts[rows.getInt(1)] = rows.getLong(2);
      }
    }
    Duration oldest = null;
    try (var rows =
        statement(
                "SELECT min(turn), count(*) FROM sluice_queue_items WHERE queue = ? AND state = 0",
                queue)
            .executeQuery()) {
      if (rows.next() && rows.getLong(2) > 0) {
        oldest = Duration.ofMillis(Math.max(0, now() - rows.getLong(1)));
      }
    }
    try (var rows =
        statement(
                """
                SELECT coalesce(sum(sent), 0), coalesce(sum(settled), 0), coalesce(sum(bytes), 0)
                  FROM sluice_queue_counts WHERE queue = ?\
                """,
                queue)
            .executeQuery()) {
      rows.next();
      var its = known(queue);
      return new QueueStats(
          counts[0],
          counts[1],
          counts[2],
          counts[3],
          counts[4],
          rows.getLong(1) + its.sentMore,
          rows.getLong(2) + its.settledMore,
          rows.getLong(3) + its.bytesMore,
          oldest,
          isPaused(queue),
          Instant.ofEpochMilli(now()));
    }
  }

  /// Items of a queue in the order of their ids, those after `after`.
  ///
  /// @param state which ones, or -1 for all
  final List<QueueItem> items(long queue, int state, long after, int most) throws SQLException {
    var found = new ArrayList<QueueItem>();
    try (var rows =
        statement(
                """
                SELECT i.*, o.name AS holder FROM sluice_queue_items i
                  LEFT JOIN sluice_queue_owners o ON o.id = i.owner
                  WHERE i.queue = ? AND i.id > ? AND (i.state = ? OR ? < 0)
                  ORDER BY i.id LIMIT ?\
                """,
                queue,
                after,
                state,
                state,
                most)
            .executeQuery()) {
      while (rows.next()) {
        found.add(item(rows));
      }
    }
    return found;
  }

  final @Nullable QueueItem find(long queue, long id) throws SQLException {
    try (var rows =
        statement(
                """
                SELECT i.*, o.name AS holder FROM sluice_queue_items i
                  LEFT JOIN sluice_queue_owners o ON o.id = i.owner
                  WHERE i.queue = ? AND i.id = ?\
                """,
                queue,
                id)
            .executeQuery()) {
      return rows.next() ? item(rows) : null;
    }
  }

  private static QueueItem item(ResultSet rows) throws SQLException {
    var state = ItemState.of(rows.getInt("state"));
    boolean timed = state == ItemState.LEASED || state == ItemState.DELAYED;
    return new QueueItem(
        rows.getLong("id"),
        state,
        rows.getInt("priority"),
        rows.getString("lane"),
        rows.getString("dedup"),
        Instant.ofEpochMilli(rows.getLong("sent")),
        timed ? Instant.ofEpochMilli(rows.getLong("due")) : null,
        rows.getInt("deliveries"),
        rows.getInt("attempts"),
        rows.getString("holder"),
        rows.getString("cause"),
        rows.getBytes("payload"));
  }

  final List<ItemEvent> history(long item) throws SQLException {
    var found = new ArrayList<ItemEvent>();
    try (var rows =
        statement("SELECT * FROM sluice_queue_events WHERE item = ? ORDER BY id", item)
            .executeQuery()) {
      while (rows.next()) {
        found.add(
            new ItemEvent(
                item,
                Instant.ofEpochMilli(rows.getLong("time")),
                Kind.of(rows.getInt("kind")),
                rows.getInt("attempt"),
                rows.getString("owner"),
                rows.getString("detail")));
      }
    }
    if (found.isEmpty() || found.getFirst().kind() != Kind.SENT) {
      try (var rows =
          statement("SELECT sent FROM sluice_queue_items WHERE id = ?", item).executeQuery()) {
        if (rows.next()) {
          found.addFirst(
              new ItemEvent(item, Instant.ofEpochMilli(rows.getLong(1)), Kind.SENT, 0, null, null));
        }
      }
    }
    return found;
  }

  /// Makes dead letters ready again, with all their attempts before them.
  ///
  /// @param from the smallest id, @param to the largest
  final int replay(long queue, long from, long to, int most) throws SQLException {
    int count = 0;
    var its = known(queue);
    for (var row : dead(queue, from, to, most)) {
      var key = row.key();
      if (key != null) {
        lock(List.of(new Lane(queue, key)));
      }
      boolean blocked = key != null && (its.strict ? isHeldBefore(its, row) : isHeld(its, key));
      update(
          """
          UPDATE sluice_queue_items SET state = ?, attempts = 0, suspect = 0, due = ?, turn = ?,
            rank = ? WHERE id = ? AND state = 4\
          """,
          blocked ? 3 : 0,
          now(),
          now(),
          rank(its, row.priority(), now()),
          row.id());
      note(row.id(), Kind.REPLAYED, row.attempts(), null);
      effects.ready(queue, 1);
      count++;
    }
    return count;
  }

  private boolean isHeldBefore(Known its, Row row) throws SQLException {
    return number(
            """
            SELECT count(*) FROM sluice_queue_items
              WHERE queue = ? AND lane = ? AND lane IS NOT NULL AND id < ?\
            """,
            its.queue,
            String.valueOf(row.key()),
            row.id())
        > 0;
  }

  private List<Row> dead(long queue, long from, long to, int most) throws SQLException {
    var found = new ArrayList<Row>();
    try (var rows =
        statement(
                "SELECT * FROM sluice_queue_items WHERE state = 4 AND queue = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT ?"
                    + skipLocked(),
                queue,
                from,
                to,
                most)
            .executeQuery()) {
      while (rows.next()) {
        found.add(row(rows));
      }
    }
    return found;
  }

  /// Moves ready, delayed and dead items that have no key to another queue, at most so many.
  final int move(long queue, long target, String from, ItemState state, int most)
      throws SQLException {
    if (queue == target) {
      return 0;
    }
    var source = known(queue);
    var goal = known(target);
    var rows = new ArrayList<Row>();
    try (var found =
        statement(
                "SELECT * FROM sluice_queue_items WHERE queue = ? AND state = ? AND lane IS NULL AND dedup IS NULL ORDER BY id LIMIT ?"
                    + skipLocked(),
                queue,
                state.ordinal(),
                most)
            .executeQuery()) {
      while (found.next()) {
        rows.add(row(found));
      }
    }
    int count = 0;
    for (var row : rows) {
      int size = row.payload().length;
      if (goal.items + goal.itemsMore + 1 > goal.maxItems
          || goal.bytes + goal.bytesMore + size > goal.maxBytes) {
        break;
      }
      update(
          """
          UPDATE sluice_queue_items SET queue = ?, state = CASE state WHEN 4 THEN 0 ELSE state END,
            attempts = 0, suspect = 0, rank = ? WHERE id = ?\
          """,
          target,
          rank(goal, row.priority(), now()),
          row.id());
      source.gone(size);
      goal.itemsMore++;
      goal.bytesMore += size;
      note(row.id(), Kind.MOVED, row.attempts(), from);
      count++;
    }
    effects.ready(target, count);
    return count;
  }

  /// Removes items in `state` that were sent before `before`, at most so many; never leased ones.
  final int purge(long queue, ItemState state, long before, int most) throws SQLException {
    var its = known(queue);
    var rows = new ArrayList<Row>();
    try (var found =
        statement(
                "SELECT * FROM sluice_queue_items WHERE queue = ? AND state = ? AND sent < ? ORDER BY id LIMIT ?"
                    + skipLocked(),
                queue,
                state.ordinal(),
                before,
                most)
            .executeQuery()) {
      while (found.next()) {
        rows.add(row(found));
      }
    }
    for (var row : rows) {
      if (row.key() != null) {
        lock(List.of(new Lane(queue, row.key())));
      }
      update("DELETE FROM sluice_queue_items WHERE id = ?", row.id());
      its.gone(row.payload().length);
      forgetDedup(its, row.dedup());
      next(its, row.key());
    }
    return rows.size();
  }

  /// When something is to be done next; the largest number if nothing is.
  final long nextDue() throws SQLException {
    return Math.min(
        earliest(
            "SELECT min(due), count(due) FROM (SELECT due FROM sluice_queue_items WHERE state = 1 ORDER BY due LIMIT 1) t"),
        earliest(
            "SELECT min(due), count(due) FROM (SELECT due FROM sluice_queue_items WHERE state = 2 ORDER BY due LIMIT 1) t"));
  }

  private long earliest(String sql) throws SQLException {
    try (var rows = statement(sql).executeQuery()) {
      return rows.next() && rows.getLong(2) > 0 ? rows.getLong(1) : Long.MAX_VALUE;
    }
  }

  /// Removes what is kept for a time and is past it.
  final void sweep(long eventsBefore) throws SQLException {
    update(
        "DELETE FROM sluice_queue_dedup WHERE kept_until IS NOT NULL AND kept_until <= ?", now());
    update("DELETE FROM sluice_queue_events WHERE time < ?", eventsBefore);
    update("DELETE FROM sluice_queue_commits WHERE time < ?", eventsBefore);
  }

  /// Enters this owner, if it is not there.
  final void enter(long pid, long started, String host) throws SQLException {
    update(
        """
        INSERT INTO sluice_queue_owners(id, name, pid, started, host, seen)
          VALUES(?, ?, ?, ?, ?, ?)
          ON CONFLICT(id) DO UPDATE SET seen = excluded.seen\
        """,
        owner,
        holder,
        pid,
        started,
        host,
        now());
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
