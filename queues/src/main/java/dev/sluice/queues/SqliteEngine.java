package dev.sluice.queues;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// A SQLite file in WAL mode.
///
/// Every transaction that writes says so when it begins: one that finds out later fails at once if
/// another has written since, however long it is told to wait.
final class SqliteEngine implements Engine {
  /// The write-ahead log is copied back when it has so many pages; each time waits for the disk.
  private static final int CHECKPOINT_PAGES = 4_000;

  private static final int LOG_LIMIT = CHECKPOINT_PAGES * 4096;
  private static final long LEAST_POLL = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MOST_POLL = TimeUnit.MILLISECONDS.toNanos(8);
  private static final List<String> WORDS =
      List.of(
          "id", "INTEGER PRIMARY KEY AUTOINCREMENT",
          "int", "INTEGER",
          "bytes", "BLOB",
          "small", "",
          "churned", "");

  private final Path file;
  private final Durability durability;
  private final long patience;
  private final Owner owner;
  private final SqliteTime time;

  // The writer's own.
  private long versionSeen;
  private long othersSeen = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

  // The keeper's own.
  private long drift;
  private long noted = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

  SqliteEngine(Path file, Durability durability, long patience, Owner owner, Time time) {
    this.file = file.toAbsolutePath();
    this.durability = durability;
    this.patience = patience;
    this.owner = owner;
    this.time = new SqliteTime(time);
  }

  @Override
  public String name() {
    return "file:" + file;
  }

  @Override
  public int writers() {
    return 1;
  }

  @Override
  public boolean leasesLightly() {
    return true;
  }

  @Override
  public void prepare(Schema schema) throws SQLException, QueueException {
    var directory = file.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new QueueException(name() + ": there is no directory " + directory);
    }
    refuseNetwork(directory);
    try (var connection = create()) {
      try (var statement = connection.createStatement()) {
        statement.executeUpdate("BEGIN IMMEDIATE");
        try {
          schema.migrate(name(), connection, WORDS);
          time.agree(connection);
          statement.executeUpdate("COMMIT");
        } catch (SQLException | QueueException | RuntimeException e) {
          statement.executeUpdate("ROLLBACK");
          throw e;
        }
      }
    }
  }

  private void refuseNetwork(Path directory) throws QueueException {
    String type;
    try {
      type = Files.getFileStore(directory).type().toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      throw new QueueException(name() + ": cannot tell where its file is: " + e.getMessage(), e);
    }
    if (isNetwork(type)) {
      throw new QueueException(
          "%s: is on a network file system (%s), where locks cannot be relied on; use a local disk or PostgreSQL"
              .formatted(name(), type));
    }
  }

  static boolean isNetwork(String type) {
    return type.startsWith("nfs")
        || type.startsWith("smb")
        || type.equals("cifs")
        || type.equals("9p")
        || type.equals("afs")
        || type.equals("ceph")
        || type.equals("glusterfs")
        || type.equals("fuse.sshfs")
        || type.equals("fuse.glusterfs");
  }

  /// Opens the file as whoever makes it has to: that it can shrink is to be said before anything
  /// else is.
  private Connection create() throws SQLException {
    var config = new SQLiteConfig();
    config.setPragma(SQLiteConfig.Pragma.BUSY_TIMEOUT, Long.toString(patience));
    try (var connection = config.createConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.executeUpdate("PRAGMA auto_vacuum = INCREMENTAL");
      statement.execute("PRAGMA journal_mode = WAL");
    }
    return open();
  }

  private Connection open() throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(
        durability == Durability.FULL ? SynchronousMode.FULL : SynchronousMode.NORMAL);
    config.setJournalSizeLimit(LOG_LIMIT);
    config.setCacheSize(-16_000);
    config.setGetGeneratedKeys(false); // ids are given here; the driver would ask after each insert
    config.setPragma(SQLiteConfig.Pragma.BUSY_TIMEOUT, Long.toString(patience));
    var connection = config.createConnection("jdbc:sqlite:" + file);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    }
    BusyHandler.setHandler(connection, new Patience(patience));
    return connection;
  }

  /// Waits for the lock in short steps: SQLite's own grow to a tenth of a second, in which the lock
  /// changes hands hundreds of times.
  private static final class Patience extends BusyHandler {
    private final long nanos;
    private long deadline;

    Patience(long millis) {
      nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    protected int callback(int before) {
      if (before == 0) {
        deadline = System.nanoTime() + nanos;
      }
      LockSupport.parkNanos(
          before < 10 ? 50_000 : ThreadLocalRandom.current().nextLong(100_000, 700_000));
      return System.nanoTime() - deadline < 0 ? 1 : 0;
    }
  }

  @Override
  public Tables connect() throws SQLException {
    return new SqliteTables(open(), owner.id(), owner.name(), time);
  }

  @Override
  public Tables over(Connection callers) throws SQLException {
    try (var statement = callers.createStatement();
        var rows = statement.executeQuery("PRAGMA database_list")) {
      while (rows.next()) {
        var path = rows.getString("file");
        if (rows.getString("name").equals("main") && !path.isEmpty() && isOurs(Path.of(path))) {
          return new SqliteTables(callers, owner.id(), owner.name(), time);
        }
      }
    }
    throw new IllegalArgumentException(
        "the connection is not one to %s: a queue in a file is part of a transaction of the same file only"
            .formatted(name()));
  }

  private boolean isOurs(Path other) {
    try {
      return Files.isSameFile(file, other);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean begin(Tables tables, @Nullable String marker, boolean light) throws SQLException {
    long version = tables.number("PRAGMA data_version");
    if (version != versionSeen) {
      versionSeen = version;
      othersSeen = System.nanoTime();
    }
    // Others who wait for the lock look only now and then: leave them a gap to find it free.
    if (!light && System.nanoTime() - othersSeen < TimeUnit.SECONDS.toNanos(1)) {
      LockSupport.parkNanos(200_000);
    }
    if (durability == Durability.FULL) {
      ((SqliteTables) tables).synchronise(!light);
    }
    tables.statement("BEGIN IMMEDIATE").executeUpdate();
    return true;
  }

  @Override
  public void commit(Tables tables) throws SQLException {
    tables.statement("COMMIT").executeUpdate();
  }

  @Override
  public void rollback(Tables tables) throws SQLException {
    try {
      tables.statement("ROLLBACK").executeUpdate();
    } catch (SQLiteException e) {
      if (e.getResultCode() != SQLiteErrorCode.SQLITE_ERROR) {
        throw e;
      } // some failures have ended the transaction already
    }
  }

  @Override
  public Trouble trouble(SQLException e) {
    return switch (primary(e)) {
      case SQLITE_BUSY,
          SQLITE_FULL,
          SQLITE_IOERR,
          SQLITE_READONLY,
          SQLITE_CANTOPEN,
          SQLITE_CORRUPT,
          SQLITE_NOTADB ->
          Trouble.ALL;
      default -> Trouble.OTHER;
    };
  }

  private static SQLiteErrorCode primary(SQLException e) {
    return e instanceof SQLiteException it
        ? SQLiteErrorCode.getErrorCode(it.getResultCode().code & 0xff)
        : SQLiteErrorCode.SQLITE_ERROR;
  }

  @Override
  public QueueException explain(SQLException e) {
    var why =
        switch (primary(e)) {
          case SQLITE_BUSY ->
              "another process has had it locked for %d s; nothing was changed"
                  .formatted(TimeUnit.MILLISECONDS.toSeconds(patience));
          case SQLITE_FULL -> "the disk is full; nothing was changed; free some space and go on";
          case SQLITE_READONLY -> "it may not be written to; allow it, directory included";
          case SQLITE_CANTOPEN -> "it cannot be opened or made; check the path and its permissions";
          case SQLITE_CORRUPT -> "it is damaged; `PRAGMA integrity_check` tells what is left";
          case SQLITE_NOTADB -> "it is no SQLite database; name another file";
          case SQLITE_IOERR ->
              "the disk failed to read or write (%s); nothing was changed"
                  .formatted(e.getMessage());
          default -> String.valueOf(e.getMessage());
        };
    return new QueueException(name() + ": " + why, e);
  }

  @Override
  public void announce(Tables tables, Effects effects) {
    // whoever watches sees that the file has changed
  }

  @Override
  public void tick(Tables reader, boolean idle) throws SQLException {
    if (idle) {
      var log = Path.of(file + "-wal");
      try {
        if (Files.exists(log) && Files.size(log) > 0) {
          empty(reader.connection);
        }
      } catch (IOException e) {
        throw new SQLException("cannot look at " + log, e);
      }
    }
    moveWithWall(reader);
  }

  /// Empties the log, if nobody needs it. It must not wait for who does: meanwhile it has the lock,
  /// and keeps all who write waiting.
  private void empty(Connection connection) throws SQLException {
    BusyHandler.clearHandler(connection);
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
      while (rows.next()) {
        // a reader in the way is no trouble: the next one does it
      }
    } finally {
      BusyHandler.setHandler(connection, new Patience(patience));
    }
  }

  /// Items that are to come at a time of the wall clock follow it when it jumps.
  private void moveWithWall(Tables tables) throws SQLException {
    long is = time.drift();
    if (Math.abs(is - drift) > 500) {
      tables.update(
          """
          UPDATE sluice_queue_items SET due = due_wall - ?
            WHERE state IN (2, 3) AND due_wall IS NOT NULL\
          """,
          is);
      drift = is;
    }
    if (System.nanoTime() - noted > TimeUnit.MINUTES.toNanos(1)) {
      noted = System.nanoTime();
      tables.update(
          """
          INSERT INTO sluice_queue_meta(name, value) VALUES('seen', ?)
            ON CONFLICT(name) DO UPDATE SET value = excluded.value\
          """,
          time.now());
    }
  }

  @Override
  public void watch(Signals signals) throws InterruptedException {
    Connection connection = null;
    long version = 0;
    long pause = LEAST_POLL;
    try {
      while (true) {
        signals.awaitWaiters();
        try {
          if (connection == null) {
            connection = open();
          }
          long now = number(connection, "PRAGMA data_version");
          if (now == version) {
            pause = Math.min(MOST_POLL, pause + pause / 8);
          } else {
            version = now;
            pause = LEAST_POLL;
            signals.tellAll();
          }
        } catch (SQLException e) {
          // The file may be back later; until then the keeper's own look is what is left.
          connection = closed(connection);
          pause = TimeUnit.SECONDS.toNanos(1);
        }
        TimeUnit.NANOSECONDS.sleep(pause);
      }
    } finally {
      closed(connection);
    }
  }

  private static @Nullable Connection closed(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        return null; // it only read
      }
    }
    return null;
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  @Override
  public List<Long> deadOwners(Tables reader) throws SQLException {
    record Candidate(long id, long pid, long started) {}
    var candidates = new ArrayList<Candidate>();
    var statement =
        reader.statement(
            "SELECT id, pid, started FROM sluice_queue_owners WHERE host = ? AND host <> '' AND id <> ?",
            owner.host(),
            owner.id());
    try (var rows = statement.executeQuery()) {
      while (rows.next()) {
        candidates.add(new Candidate(rows.getLong(1), rows.getLong(2), rows.getLong(3)));
      }
    }
    return candidates.stream()
        .filter(it -> !Owner.lives(it.pid(), it.started()))
        .map(Candidate::id)
        .toList();
  }

  @Override
  public void close() {}
}
