package dev.sluice.queues;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.zip.CRC32;

/// The time that all processes with a file have: it began as the wall clock's, and has counted on
/// since then, so that nothing that happens to the wall clock ends a lease or keeps an item back.
///
/// The tables know by how much it differs from the machine's steady clock, and since which start of
/// the machine; after another start it begins anew, not before where it was.
final class SqliteTime {
  private final Time time;
  private volatile long offset;

  SqliteTime(Time time) {
    this.time = time;
  }

  long now() {
    return time.steady().getAsLong() + offset + time.shift().getAsLong();
  }

  long wall() {
    return time.wall().getAsLong();
  }

  /// By how much the wall clock is ahead of the time of the tables.
  long drift() {
    return wall() - (now() - time.shift().getAsLong());
  }

  /// Finds what the processes before agreed on, in the transaction that `connection` is in.
  void agree(Connection connection) throws SQLException {
    long machine = machine();
    long steady = time.steady().getAsLong();
    long wall = time.wall().getAsLong();
    if (machine != 0 && read(connection, "machine") == machine) {
      offset = read(connection, "offset");
      return;
    }
    offset = Math.max(wall, read(connection, "seen")) - steady;
    write(connection, "machine", machine);
    write(connection, "offset", offset);
  }

  private static long read(Connection connection, String name) throws SQLException {
    try (var statement =
        connection.prepareStatement("SELECT value FROM sluice_queue_meta WHERE name = ?")) {
      statement.setString(1, name);
      try (var rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  private static void write(Connection connection, String name, long value) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            INSERT INTO sluice_queue_meta(name, value) VALUES(?, ?)
              ON CONFLICT(name) DO UPDATE SET value = excluded.value\
            """)) {
      statement.setString(1, name);
      statement.setLong(2, value);
      statement.executeUpdate();
    }
  }

  /// Which start of which machine this is, as far as its steady clock goes; 0 where nothing tells:
  /// there each process has the wall clock of its own start, and counts on from that.
  static long machine() {
    try {
      var text =
          Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
              + (Files.exists(Path.of("/proc/self/ns/time"))
                  ? Files.readSymbolicLink(Path.of("/proc/self/ns/time"))
                  : "");
      var checksum = new CRC32();
      checksum.update(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return checksum.getValue() + 1;
    } catch (IOException e) {
      return 0;
    }
  }
}
