package dev.sluice.queues;

import dev.sluice.queues.ItemEvent.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells what is in a queue, and what happened to it.
final class Inspection {
  private final Tables tables;

  Inspection(Tables tables) {
    this.tables = tables;
  }

  private boolean isPaused(long queue) throws SQLException {
    return tables.number("SELECT paused FROM sluice_queues WHERE id = ?", queue) != 0;
  }

  QueueStats stats(long queue) throws SQLException {
    tables.receiving.promote();
    var counts = new long[5];
    try (var rows =
        tables
            .statement(
                "SELECT state, count(*) FROM sluice_queue_items WHERE queue = ? GROUP BY state",
                queue)
            .executeQuery()) {
      while (rows.next()) {
        counts[rows.getInt(1)] = rows.getLong(2);
      }
    }
    Duration oldest = null;
    try (var rows =
        tables
            .statement(
                "SELECT min(turn), count(*) FROM sluice_queue_items WHERE queue = ? AND state = 0",
                queue)
            .executeQuery()) {
      if (rows.next() && rows.getLong(2) > 0) {
        oldest = Duration.ofMillis(Math.max(0, tables.now() - rows.getLong(1)));
      }
    }
    try (var rows =
        tables
            .statement(
                """
                SELECT coalesce(sum(sent), 0), coalesce(sum(settled), 0), coalesce(sum(bytes), 0)
                  FROM sluice_queue_counts WHERE queue = ?\
                """,
                queue)
            .executeQuery()) {
      rows.next();
      var its = tables.known(queue);
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
          Instant.ofEpochMilli(tables.now()));
    }
  }

  /// Items of a queue in the order of their ids, those after `after`.
  ///
  /// @param state which ones, or -1 for all
  List<QueueItem> items(long queue, int state, long after, int most) throws SQLException {
    var found = new ArrayList<QueueItem>();
    try (var rows =
        tables
            .statement(
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

  @Nullable QueueItem find(long queue, long id) throws SQLException {
    try (var rows =
        tables
            .statement(
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

  List<ItemEvent> history(long item) throws SQLException {
    var found = new ArrayList<ItemEvent>();
    try (var rows =
        tables
            .statement("SELECT * FROM sluice_queue_events WHERE item = ? ORDER BY id", item)
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
          tables
              .statement("SELECT sent FROM sluice_queue_items WHERE id = ?", item)
              .executeQuery()) {
        if (rows.next()) {
          found.addFirst(
              new ItemEvent(item, Instant.ofEpochMilli(rows.getLong(1)), Kind.SENT, 0, null, null));
        }
      }
    }
    return found;
  }
}
