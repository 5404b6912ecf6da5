package dev.sluice.queues;

import dev.sluice.pipelines.Retry;
import dev.sluice.queues.ItemEvent.Kind;
import dev.sluice.queues.Request.Lane;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Makes queues, and changes what is in them on behalf of whoever runs them.
@SuppressWarnings("EnumOrdinal") // the numbers in the tables are the order of the constants
final class Administration {
  private final Tables tables;

  Administration(Tables tables) {
    this.tables = tables;
  }

  /// The id of the queue of that name, which is made if there is none.
  ///
  /// @param named whether the options were named, and so are to be stored
  long queue(String name, QueueOptions options, boolean named) throws SQLException {
    long id = tables.number("SELECT id FROM sluice_queues WHERE name = ?", name);
    if (id == 0) {
      tables.update(
          """
          INSERT INTO sluice_queues(name, created, max_items, max_bytes, max_attempts, aging,
              strict_keys, dedup_kept, history) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(name) DO NOTHING\
          """,
          name,
          tables.now(),
          options.maxItems(),
          options.maxBytes(),
          options.retry().attempts(),
          options.aging().toMillis(),
          options.strictKeys() ? 1 : 0,
          options.dedupKept().toMillis(),
          options.history() ? 1 : 0);
      return tables.number("SELECT id FROM sluice_queues WHERE name = ?", name);
    }
    if (named) {
      tables.update(
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
  QueueOptions options(long queue, QueueOptions local) throws SQLException {
    var its = tables.known(queue);
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

  List<String> queues() throws SQLException {
    var names = new ArrayList<String>();
    try (var rows =
        tables.statement("SELECT name FROM sluice_queues ORDER BY name").executeQuery()) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  void pause(long queue, boolean paused) throws SQLException {
    tables.update("UPDATE sluice_queues SET paused = ? WHERE id = ?", paused ? 1 : 0, queue);
    if (!paused) {
      tables.effects.ready(queue, 1);
    }
  }

  /// Makes dead letters ready again, with all their attempts before them.
  ///
  /// @param from the smallest id, @param to the largest
  int replay(long queue, long from, long to, int most) throws SQLException {
    int count = 0;
    var its = tables.known(queue);
    for (var row : dead(queue, from, to, most)) {
      var key = row.key();
      if (key != null) {
        tables.lock(List.of(new Lane(queue, key)));
      }
      boolean blocked =
          key != null
              && (its.strict ? tables.keys.isHeldBefore(its, row) : tables.keys.isHeld(its, key));
      tables.update(
          """
          UPDATE sluice_queue_items SET state = ?, attempts = 0, suspect = 0, due = ?, turn = ?,
            rank = ? WHERE id = ? AND state = 4\
          """,
          blocked ? 3 : 0,
          tables.now(),
          tables.now(),
          its.rank(row.priority(), tables.now()),
          row.id());
      tables.note(row.id(), Kind.REPLAYED, row.attempts(), null);
      tables.effects.ready(queue, 1);
      count++;
    }
    return count;
  }

  private List<Row> dead(long queue, long from, long to, int most) throws SQLException {
    var found = new ArrayList<Row>();
    try (var rows =
        tables
            .statement(
                "SELECT * FROM sluice_queue_items WHERE state = 4 AND queue = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT ?"
                    + tables.skipLocked(),
                queue,
                from,
                to,
                most)
            .executeQuery()) {
      while (rows.next()) {
        found.add(tables.row(rows));
      }
    }
    return found;
  }

  /// Moves ready, delayed and dead items that have no key to another queue, at most so many.
  int move(long queue, long target, String from, ItemState state, int most) throws SQLException {
    if (queue == target) {
      return 0;
    }
    var source = tables.known(queue);
    var goal = tables.known(target);
    var rows = new ArrayList<Row>();
    try (var found =
        tables
            .statement(
                "SELECT * FROM sluice_queue_items WHERE queue = ? AND state = ? AND lane IS NULL AND dedup IS NULL ORDER BY id LIMIT ?"
                    + tables.skipLocked(),
                queue,
                state.ordinal(),
                most)
            .executeQuery()) {
      while (found.next()) {
        rows.add(tables.row(found));
      }
    }
    int count = 0;
    for (var row : rows) {
      int size = row.payload().length;
      if (goal.items + goal.itemsMore + 1 > goal.maxItems
          || goal.bytes + goal.bytesMore + size > goal.maxBytes) {
        break;
      }
      tables.update(
          """
          UPDATE sluice_queue_items SET queue = ?, state = CASE state WHEN 4 THEN 0 ELSE state END,
            attempts = 0, suspect = 0, rank = ? WHERE id = ?\
          """,
          target,
          goal.rank(row.priority(), tables.now()),
          row.id());
      source.gone(size);
      goal.itemsMore++;
      goal.bytesMore += size;
      tables.note(row.id(), Kind.MOVED, row.attempts(), from);
      count++;
    }
    tables.effects.ready(target, count);
    return count;
  }

  /// Removes items in `state` that were sent before `before`, at most so many; never leased ones.
  int purge(long queue, ItemState state, long before, int most) throws SQLException {
    var its = tables.known(queue);
    var rows = new ArrayList<Row>();
    try (var found =
        tables
            .statement(
                "SELECT * FROM sluice_queue_items WHERE queue = ? AND state = ? AND sent < ? ORDER BY id LIMIT ?"
                    + tables.skipLocked(),
                queue,
                state.ordinal(),
                before,
                most)
            .executeQuery()) {
      while (found.next()) {
        rows.add(tables.row(found));
      }
    }
    for (var row : rows) {
      if (row.key() != null) {
        tables.lock(List.of(new Lane(queue, row.key())));
      }
      tables.update("DELETE FROM sluice_queue_items WHERE id = ?", row.id());
      its.gone(row.payload().length);
      tables.settling.forgetDedup(its, row.dedup());
      tables.keys.next(its, row.key());
    }
    return rows.size();
  }

  /// Removes what is kept for a time and is past it.
  void sweep(long eventsBefore) throws SQLException {
    tables.update(
        "DELETE FROM sluice_queue_dedup WHERE kept_until IS NOT NULL AND kept_until <= ?",
        tables.now());
    tables.update("DELETE FROM sluice_queue_events WHERE time < ?", eventsBefore);
    tables.update("DELETE FROM sluice_queue_commits WHERE time < ?", eventsBefore);
  }

  /// Enters this owner, if it is not there.
  void enter(long pid, long started, String host) throws SQLException {
    tables.update(
        """
        INSERT INTO sluice_queue_owners(id, name, pid, started, host, seen)
          VALUES(?, ?, ?, ?, ?, ?)
          ON CONFLICT(id) DO UPDATE SET seen = excluded.seen\
        """,
        tables.owner(),
        tables.holder(),
        pid,
        started,
        host,
        tables.now());
  }
}
