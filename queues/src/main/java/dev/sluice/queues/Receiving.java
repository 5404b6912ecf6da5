package dev.sluice.queues;

import dev.sluice.queues.ItemEvent.Kind;
import dev.sluice.queues.Request.Claim;
import dev.sluice.queues.Request.Lane;
import dev.sluice.queues.Tables.Lease;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Leases items, makes them ready when they are due, and ends leases.
final class Receiving {
  private static final int MOST_ROWS = 1000;
  private static final long MOST_BYTES = 32 << 20;
  private static final int MOST_ENDED = 200;
  private static final int MOST_DUE = 1000;

  private final Tables tables;

  Receiving(Tables tables) {
    this.tables = tables;
  }

  /// Gives each of `claims` what it may have of `queue`.
  void claim(long queue, List<Claim> claims) throws SQLException {
    int wanted = 0;
    for (var claim : claims) {
      wanted = Math.min(MOST_ROWS, wanted + claim.most);
    }
    var found = tables.candidates(queue, wanted);
    // Empty-handed it looks again in any case: others may have moved on what is due in between.
    if (found.size() < wanted && (promote() || found.isEmpty())) {
      found = tables.candidates(queue, wanted);
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
        leases.add(new Lease(row, tables.now() + claim.lease, alone));
        if (candidate.suspect()) {
          break;
        }
      }
      claim.prepare(rows);
      tables.effects.due(tables.now() + claim.lease);
    }
    if (!leases.isEmpty()) {
      tables.lease(leases);
      if (tables.known(queue).history) {
        for (var lease : leases) {
          tables.note(lease.row().id(), Kind.RECEIVED, lease.row().attempts(), null);
        }
      }
    }
  }

  /// Moves on what is due: delayed items become ready, ended leases end. One at a time does so:
  /// what two moved on at once would come in no order. Of those that are due at the same time the
  /// first ones go first, so that what is moved on later belongs behind.
  ///
  /// @return whether anything was due; then it may be ready, whoever has moved it
  boolean promote() throws SQLException {
    if (nextDue() > tables.now()) {
      return false;
    }
    tables.lockPromotion();
    tables.changed(
        "UPDATE sluice_queue_items SET state = 0, due_wall = NULL WHERE id IN (SELECT id FROM sluice_queue_items WHERE state = 2 AND due <= ? ORDER BY due, id LIMIT ?"
            + tables.skipLocked()
            + ") RETURNING queue",
        tables.now(),
        MOST_DUE);
    reap(
        "SELECT * FROM sluice_queue_items WHERE state = 1 AND due <= ? ORDER BY due LIMIT ?"
            + tables.skipLocked(),
        tables.now());
    return true;
  }

  /// Ends the leases of who is known not to live any more.
  void reapOwner(long dead) throws SQLException {
    reap(
        "SELECT * FROM sluice_queue_items WHERE state = 1 AND owner = ? LIMIT ?"
            + tables.skipLocked(),
        dead);
    if (tables.number("SELECT count(*) FROM sluice_queue_items WHERE state = 1 AND owner = ?", dead)
        == 0) {
      tables.update("DELETE FROM sluice_queue_owners WHERE id = ?", dead);
    }
  }

  private void reap(String sql, long value) throws SQLException {
    record Ended(Row row, boolean alone) {}
    var ended = new ArrayList<Ended>();
    try (var rows = tables.statement(sql, value, MOST_ENDED).executeQuery()) {
      while (rows.next()) {
        ended.add(new Ended(tables.row(rows), rows.getInt("alone") != 0));
      }
    }
    for (var it : ended) {
      var row = it.row();
      if (row.key() != null && !tables.tryLock(new Lane(row.queue(), row.key()))) {
        continue; // who has it will be done soon, and the lease has ended still
      }
      var its = tables.known(row.queue());
      int attempts = row.attempts() + (it.alone() ? 1 : 0);
      var cause = "its lease ended before it was settled";
      if (attempts >= its.maxAttempts) {
        tables.settling.bury(its, row, attempts, Kind.EXPIRED, cause);
      } else {
        tables.note(row.id(), Kind.EXPIRED, attempts, cause);
        var again =
            tables.statement(
                """
                UPDATE sluice_queue_items SET state = 0, token = 0, owner = NULL, suspect = 1,
                  attempts = ?, cause = ? WHERE id = ? AND token = ?\
                """,
                attempts,
                cause,
                row.id(),
                row.token());
        if (again.executeUpdate() > 0) {
          tables.effects.ready(row.queue(), 1);
        }
      }
    }
  }

  /// When something is to be done next; the largest number if nothing is.
  long nextDue() throws SQLException {
    return Math.min(
        earliest(
            "SELECT min(due), count(due) FROM (SELECT due FROM sluice_queue_items WHERE state = 1 ORDER BY due LIMIT 1) t"),
        earliest(
            "SELECT min(due), count(due) FROM (SELECT due FROM sluice_queue_items WHERE state = 2 ORDER BY due LIMIT 1) t"));
  }

  private long earliest(String sql) throws SQLException {
    try (var rows = tables.statement(sql).executeQuery()) {
      return rows.next() && rows.getLong(2) > 0 ? rows.getLong(1) : Long.MAX_VALUE;
    }
  }
}
