package dev.sluice.logs;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a database keeps beside the records: in `sluice_runs` the account of each run, and in
/// `sluice_positions` how far the runs of a checkpoint have come. `docs/formats/checkpoint.md`
/// defines both. The statements are such as SQLite and PostgreSQL have in common.
final class Ledger {
  /// Always with milliseconds: a text without them sorts after one that has them.
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final String target;
  private final String run = UUID.randomUUID().toString();
  private @Nullable Bookmark bookmark;

  /// @param target how the user knows the target, without what is secret
  Ledger(String target) {
    this.target = target;
  }

  /// Ties this to a checkpoint; before [#begin].
  void keep(Bookmark its) {
    bookmark = its;
  }

  /// Makes the tables, if there are none, and enters this run; within the caller's transaction, as
  /// everything here.
  void begin(Connection connection) throws SQLException {
    Sql.run(
        connection,
        "CREATE TABLE IF NOT EXISTS sluice_runs("
            + "run TEXT PRIMARY KEY, target TEXT NOT NULL, started TEXT NOT NULL, ended TEXT,"
            + " outcome TEXT, batches BIGINT NOT NULL, read BIGINT, written BIGINT, filtered BIGINT,"
            + " rejected BIGINT, dropped BIGINT, abandoned BIGINT, account TEXT)");
    if (bookmark != null) {
      Sql.run(
          connection,
          "CREATE TABLE IF NOT EXISTS sluice_positions("
              + "checkpoint TEXT NOT NULL, target TEXT NOT NULL, source BIGINT NOT NULL,"
              + " name TEXT NOT NULL, at_byte BIGINT NOT NULL, at_line BIGINT NOT NULL,"
              + " ended INTEGER NOT NULL, PRIMARY KEY (checkpoint, target, source))");
    }
    Sql.run(
        connection,
        "INSERT INTO sluice_runs(run, target, started, batches) VALUES (?, ?, ?, 0)",
        run,
        target,
        now());
  }

  /// Reads where the target is in each source of this run.
  Map<String, Position> positions(Connection connection) throws SQLException, IOException {
    var positions = new HashMap<String, Position>();
    var its = bookmark;
    if (its == null) {
      return positions;
    }
    var names = its.sources();
    var live = its.numbers();
    for (var row :
        Sql.rows(
            connection,
            "SELECT source, at_byte, at_line, ended FROM sluice_positions"
                + " WHERE checkpoint = ? AND target = ?",
            4,
            its.checkpoint(),
            its.target())) {
      long number = Long.parseLong(row[0]);
      var name = names.get(number);
      if (name != null) {
        positions.put(
            name, new Position(Long.parseLong(row[1]), Long.parseLong(row[2]), row[3].equals("1")));
      } else if (!live.contains(number)) {
        Sql.run(
            connection,
            "DELETE FROM sluice_positions WHERE checkpoint = ? AND target = ? AND source = ?",
            its.checkpoint(),
            its.target(),
            number);
      }
    }
    return positions;
  }

  /// Enters where the target is with this transaction.
  void advance(Connection connection, Map<String, Position> positions) throws SQLException {
    var its = bookmark;
    if (its == null) {
      return;
    }
    for (var entry : positions.entrySet()) {
      var position = entry.getValue();
      Sql.run(
          connection,
          "INSERT INTO sluice_positions VALUES (?, ?, ?, ?, ?, ?, ?)"
              + " ON CONFLICT (checkpoint, target, source) DO UPDATE SET name = excluded.name,"
              + " at_byte = excluded.at_byte, at_line = excluded.at_line, ended = excluded.ended",
          its.checkpoint(),
          its.target(),
          its.number(entry.getKey()),
          entry.getKey(),
          position.offset(),
          position.line(),
          position.ended() ? 1 : 0);
    }
  }

  /// Enters that this transaction is the run's `batch`th, so that one can ask after a lost
  /// connection whether it came to be.
  void count(Connection connection, long batch) throws SQLException {
    Sql.run(connection, "UPDATE sluice_runs SET batches = ? WHERE run = ?", batch, run);
  }

  /// How many batches of this run there are. Waits for one that is still being committed.
  long counted(Connection connection) throws SQLException {
    var batches =
        Sql.column(connection, "SELECT batches FROM sluice_runs WHERE run = ? FOR UPDATE", run);
    return batches.isEmpty() ? 0 : Long.parseLong(batches.getFirst());
  }

  /// Enters how the run ended.
  ///
  /// @param failure why it failed; null if it did not
  void end(Connection connection, LogAccount account, @Nullable String failure)
      throws SQLException {
    Sql.run(
        connection,
        "UPDATE sluice_runs SET ended = ?, outcome = ?, read = ?, written = ?, filtered = ?,"
            + " rejected = ?, dropped = ?, abandoned = ?, account = ? WHERE run = ?",
        now(),
        failure == null ? "finished" : "failed: " + failure,
        account.read(),
        account.written(),
        account.filtered(),
        account.rejected(),
        account.dropped(),
        account.abandoned(),
        account.toJson(),
        run);
  }

  private static String now() {
    return text(Instant.now());
  }

  /// A time as a text that sorts as the time does.
  static String text(Instant time) {
    return TIME.format(time);
  }
}
