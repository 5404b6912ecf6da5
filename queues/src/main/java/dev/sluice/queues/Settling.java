package dev.sluice.queues;

import dev.sluice.queues.ItemEvent.Kind;
import dev.sluice.queues.Tables.Known;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ends leases as their holders say: an item is done, is tried again, or is a dead letter.
final class Settling {
  private final Tables tables;

  Settling(Tables tables) {
    this.tables = tables;
  }

  /// What became of an item that its holder gave back.
  enum Settlement {
    AGAIN,
    DEAD,
    STALE
  }

  /// Acknowledges `rows`; returns those whose lease is not theirs any more.
  List<Row> settle(List<Row> rows) throws SQLException {
    var removed = tables.remove(rows);
    var stale = new ArrayList<Row>();
    for (var row : rows) {
      if (!removed.contains(row.id())) {
        stale.add(row);
        continue;
      }
      var its = tables.known(row.queue());
      its.gone(row.payload().length);
      its.settledMore++;
      forgetDedup(its, row.dedup());
      if (its.history || row.attempts() > 0 || row.token() > 1) {
        tables.note(row.id(), Kind.ACKNOWLEDGED, row.attempts(), null);
      }
      tables.keys.next(its, row.key());
    }
    return stale;
  }

  /// Its deduplication id is remembered for a while yet.
  void forgetDedup(Known its, @Nullable String dedup) throws SQLException {
    if (dedup != null) {
      tables.update(
          "UPDATE sluice_queue_dedup SET kept_until = ? WHERE queue = ? AND dedup = ?",
          tables.now() + its.dedupKept,
          its.queue,
          dedup);
    }
  }

  /// Keeps `row` back for `delay` and then tries it again; buries it if that was its last attempt.
  Settlement retry(Row row, long delay, String cause) throws SQLException {
    var its = tables.known(row.queue());
    int attempts = row.attempts() + 1;
    if (attempts >= its.maxAttempts) {
      return bury(its, row, attempts, Kind.RETRIED, cause) ? Settlement.DEAD : Settlement.STALE;
    }
    long due = tables.now() + delay;
    int changed =
        tables.update(
            """
            UPDATE sluice_queue_items SET state = ?, token = 0, owner = NULL, suspect = 0,
              attempts = ?, due = ?, turn = ?, rank = ?, cause = ? WHERE id = ? AND token = ?\
            """,
            delay > 0 ? 2 : 0,
            attempts,
            due,
            due,
            its.rank(row.priority(), due),
            Tables.cut(cause),
            row.id(),
            row.token());
    if (changed == 0) {
      return Settlement.STALE;
    }
    if (delay > 0) {
      tables.effects.due(due);
    } else {
      tables.effects.ready(row.queue(), 1);
    }
    tables.note(row.id(), Kind.RETRIED, attempts, cause);
    return Settlement.AGAIN;
  }

  /// Makes a dead letter of `row`.
  Settlement kill(Row row, String cause) throws SQLException {
    return bury(tables.known(row.queue()), row, row.attempts() + 1, Kind.RETRIED, cause)
        ? Settlement.DEAD
        : Settlement.STALE;
  }

  /// Makes a dead letter of `row`, which is known to have had so many attempts.
  boolean bury(Known its, Row row, int attempts, Kind why, String cause) throws SQLException {
    int changed =
        tables.update(
            """
            UPDATE sluice_queue_items SET state = 4, token = 0, owner = NULL, suspect = 0,
              attempts = ?, due = ?, cause = ? WHERE id = ? AND token = ?\
            """,
            attempts,
            tables.now(),
            Tables.cut(cause),
            row.id(),
            row.token());
    if (changed == 0) {
      return false;
    }
    if (why == Kind.EXPIRED) {
      tables.note(row.id(), why, attempts, cause);
    }
    tables.note(row.id(), Kind.DIED, attempts, cause);
    if (!its.strict) {
      tables.keys.next(its, row.key());
    }
    return true;
  }

  /// Gives `row` back as it was: it keeps its place, and no attempt is counted.
  Settlement release(Row row) throws SQLException {
    int changed =
        tables.update(
            """
            UPDATE sluice_queue_items SET state = 0, token = 0, owner = NULL
              WHERE id = ? AND token = ?\
            """,
            row.id(),
            row.token());
    if (changed == 0) {
      return Settlement.STALE;
    }
    tables.effects.ready(row.queue(), 1);
    if (tables.known(row.queue()).history) {
      tables.note(row.id(), Kind.RELEASED, row.attempts(), null);
    }
    return Settlement.AGAIN;
  }

  /// Gives back all that this owner has.
  int releaseAll() throws SQLException {
    int count =
        tables.changed(
            """
            UPDATE sluice_queue_items SET state = 0, token = 0, owner = NULL
              WHERE state = 1 AND owner = ? RETURNING queue\
            """,
            tables.owner());
    tables.update("DELETE FROM sluice_queue_owners WHERE id = ?", tables.owner());
    return count;
  }

  /// Makes the leases of `rows` last `length` from now; returns those that are lost.
  List<Row> extend(List<Row> rows, long length) throws SQLException {
    var extended = tables.extendTo(rows, tables.now() + length);
    return rows.stream().filter(row -> !extended.contains(row.id())).toList();
  }
}
