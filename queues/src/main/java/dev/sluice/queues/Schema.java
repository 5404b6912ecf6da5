package dev.sluice.queues;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The tables, as `docs/formats/queue.md` describes them: how they are made, and how those of an
/// older version become those of this one.
///
/// A version is never changed once it was released: what is to differ is another step.
final class Schema {
  private static final List<String> VERSION_1 =
      List.of(
          """
          CREATE TABLE sluice_queues(
            id {id},
            name TEXT NOT NULL UNIQUE,
            created {int} NOT NULL,
            paused {int} NOT NULL DEFAULT 0,
            max_items {int} NOT NULL,
            max_bytes {int} NOT NULL,
            max_attempts {int} NOT NULL,
            aging {int} NOT NULL,
            strict_keys {int} NOT NULL,
            dedup_kept {int} NOT NULL,
            history {int} NOT NULL)\
          """,
          """
          CREATE TABLE sluice_queue_counts(
            queue {int} NOT NULL,
            slot {int} NOT NULL,
            sent {int} NOT NULL DEFAULT 0,
            settled {int} NOT NULL DEFAULT 0,
            items {int} NOT NULL DEFAULT 0,
            bytes {int} NOT NULL DEFAULT 0,
            PRIMARY KEY(queue, slot)){small}\
          """,
          """
          CREATE TABLE sluice_queue_items(
            id {id},
            queue {int} NOT NULL,
            state {int} NOT NULL,
            rank {int} NOT NULL,
            turn {int} NOT NULL,
            due {int} NOT NULL,
            due_wall {int},
            token {int} NOT NULL DEFAULT 0,
            owner {int},
            deliveries {int} NOT NULL DEFAULT 0,
            attempts {int} NOT NULL DEFAULT 0,
            alone {int} NOT NULL DEFAULT 0,
            suspect {int} NOT NULL DEFAULT 0,
            priority {int} NOT NULL,
            lane TEXT,
            dedup TEXT,
            sent {int} NOT NULL,
            size {int} NOT NULL,
            cause TEXT,
            payload {bytes} NOT NULL){churned}\
          """,
          "CREATE INDEX sluice_queue_ready ON sluice_queue_items(queue, rank, turn, id) WHERE state = 0",
          "CREATE INDEX sluice_queue_leased ON sluice_queue_items(due) WHERE state = 1",
          "CREATE INDEX sluice_queue_delayed ON sluice_queue_items(due) WHERE state = 2",
          "CREATE INDEX sluice_queue_dead ON sluice_queue_items(queue, id) WHERE state = 4",
          "CREATE INDEX sluice_queue_lanes ON sluice_queue_items(queue, lane, id) WHERE lane IS NOT NULL",
          """
          CREATE TABLE sluice_queue_events(
            id {id},
            item {int} NOT NULL,
            time {int} NOT NULL,
            kind {int} NOT NULL,
            attempt {int} NOT NULL,
            owner TEXT,
            detail TEXT)\
          """,
          "CREATE INDEX sluice_queue_events_item ON sluice_queue_events(item)",
          "CREATE INDEX sluice_queue_events_time ON sluice_queue_events(time)",
          """
          CREATE TABLE sluice_queue_dedup(
            queue {int} NOT NULL,
            dedup TEXT NOT NULL,
            item {int} NOT NULL,
            kept_until {int},
            PRIMARY KEY(queue, dedup))\
          """,
          """
          CREATE INDEX sluice_queue_dedup_kept ON sluice_queue_dedup(kept_until)
            WHERE kept_until IS NOT NULL\
          """,
          """
          CREATE TABLE sluice_queue_owners(
            id {int} PRIMARY KEY,
            name TEXT NOT NULL,
            pid {int} NOT NULL,
            started {int} NOT NULL,
            host TEXT NOT NULL,
            seen {int} NOT NULL)\
          """,
          "CREATE TABLE sluice_queue_commits(id TEXT PRIMARY KEY, time {int} NOT NULL)");

  private final List<List<String>> versions;

  private Schema(List<List<String>> versions) {
    this.versions = versions;
  }

  /// That of this program.
  static Schema current() {
    return new Schema(List.of(VERSION_1));
  }

  /// With one more version, of these statements.
  Schema then(List<String> statements) {
    return new Schema(
        java.util.stream.Stream.concat(versions.stream(), java.util.stream.Stream.of(statements))
            .toList());
  }

  /// Brings the tables to this version, in the transaction that `connection` is in and that nobody
  /// else can be in.
  ///
  /// @param words what stands for the `{...}` of the statements, in pairs
  /// @throws QueueException if the tables are of a newer version
  void migrate(String name, Connection connection, List<String> words)
      throws SQLException, QueueException {
    long found;
    try (var statement = connection.createStatement()) {
      statement.execute(
          expand(
              "CREATE TABLE IF NOT EXISTS sluice_queue_meta(name TEXT PRIMARY KEY, value {int} NOT NULL)",
              words));
      try (var rows =
          statement.executeQuery("SELECT value FROM sluice_queue_meta WHERE name = 'version'")) {
        found = rows.next() ? rows.getLong(1) : 0;
      }
      if (found > versions.size()) {
        throw new QueueException(
            "%s: its tables are of version %d, and this program knows those up to %d; use a newer one"
                .formatted(name, found, versions.size()));
      }
      if (found < versions.size()) {
        for (var version : versions.subList((int) found, versions.size())) {
          for (var sql : version) {
            statement.execute(expand(sql, words));
          }
        }
      }
    }
    if (found < versions.size()) {
      try (var statement =
          connection.prepareStatement(
              """
              INSERT INTO sluice_queue_meta(name, value) VALUES('version', ?)
                ON CONFLICT(name) DO UPDATE SET value = excluded.value\
              """)) {
        statement.setLong(1, versions.size());
        statement.executeUpdate();
      }
    }
  }

  private static String expand(String sql, List<String> words) {
    var text = sql;
    for (int i = 0; i < words.size(); i += 2) {
      text = text.replace("{" + words.get(i) + "}", words.get(i + 1));
    }
    return text;
  }
}
