package dev.sluice.queues;

import dev.sluice.queues.Tables.Known;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Which item of a key may go: one at a time, in the order in which they were sent.
final class Keys {
  private final Tables tables;

  Keys(Tables tables) {
    this.tables = tables;
  }

  /// Whether an item of that key is to be dealt with before any that is sent now.
  boolean isHeld(Known its, String key) throws SQLException {
    return tables.number(
            """
            SELECT count(*) FROM (SELECT 1 FROM sluice_queue_items
              WHERE queue = ? AND lane = ? AND lane IS NOT NULL AND state < ? LIMIT 1) t\
            """,
            its.queue,
            key,
            its.strict ? 5 : 4)
        > 0;
  }

  /// The same, of those that were sent before `row`.
  boolean isHeldBefore(Known its, Row row) throws SQLException {
    return tables.number(
            """
            SELECT count(*) FROM sluice_queue_items
              WHERE queue = ? AND lane = ? AND lane IS NOT NULL AND id < ?\
            """,
            its.queue,
            String.valueOf(row.key()),
            row.id())
        > 0;
  }

  /// Lets the next item of a key go, if none holds the key any more.
  void next(Known its, @Nullable String key) throws SQLException {
    if (key == null || isHeldByOther(its, key)) {
      return;
    }
    try (var rows =
        tables
            .statement(
                """
                UPDATE sluice_queue_items SET
                    state = CASE WHEN due > ? THEN 2 ELSE 0 END
                  WHERE id = (SELECT min(id) FROM sluice_queue_items
                    WHERE queue = ? AND lane = ? AND lane IS NOT NULL AND state = 3)
                  RETURNING state, due\
                """,
                tables.now(),
                its.queue,
                key)
            .executeQuery()) {
      while (rows.next()) {
        if (rows.getInt(1) == 0) {
          tables.effects.ready(its.queue, 1);
        } else {
          tables.effects.due(rows.getLong(2));
        }
      }
    }
  }

  private boolean isHeldByOther(Known its, String key) throws SQLException {
    return tables.number(
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
}
