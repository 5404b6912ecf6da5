package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The file of `--checkpoint`: which files a job has read, and how far each of its targets has
/// come. `docs/formats/checkpoint.md` defines it.
///
/// It is a SQLite database, since what it has to do is what databases do: a process killed at any
/// moment leaves all of a change or nothing, and two runs cannot use it at the same time.
final class Checkpoint implements AutoCloseable {
  /// Tells a checkpoint from other databases: the ASCII codes of "slce".
  private static final int APPLICATION = 0x736c6365;

  private static final int VERSION = 1;

  /// How long a file that is no longer among the inputs is remembered: it may come back.
  private static final Duration MEMORY = Duration.ofDays(90);

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE checkpoint(id TEXT NOT NULL, job TEXT NOT NULL)",
          "CREATE TABLE sources("
              + "source INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, file TEXT NOT NULL,"
              + " head_length INTEGER NOT NULL, head_hash TEXT NOT NULL, size INTEGER NOT NULL,"
              + " format TEXT, seen TEXT NOT NULL)",
          "CREATE TABLE targets(target TEXT PRIMARY KEY, part INTEGER, length INTEGER, format TEXT)",
          "CREATE TABLE columns("
              + "target TEXT NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL,"
              + " PRIMARY KEY (target, position))",
          "CREATE TABLE positions("
              + "target TEXT NOT NULL, source INTEGER NOT NULL, at_byte INTEGER NOT NULL,"
              + " at_line INTEGER NOT NULL, ended INTEGER NOT NULL, PRIMARY KEY (target, source))");

  private final Path file;
  private final Connection connection;
  private final String id;

  /// Targets are written by a thread each.
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<String, Tracked> sources = new HashMap<>();
  private final Set<Long> taken = new HashSet<>();
  private final Set<String> formerNames = new HashSet<>();

  /// A source of this run that is remembered.
  ///
  /// @param number what it is called in all tables; never given to another
  /// @param size how long the file was when a run last looked at it
  /// @param format what its lines were taken for; null if that is not known yet
  record Tracked(long number, long size, @Nullable LogFormat format) {}

  private record Known(
      long number, String name, FileIdentity identity, long size, @Nullable LogFormat format) {}

  private interface Step<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private Checkpoint(Path file, Connection connection, String id) {
    this.file = file;
    this.connection = connection;
    this.id = id;
  }

  /// Opens the checkpoint in `file`, and makes it if there is none. Nobody else can until it is
  /// closed.
  ///
  /// @param job what the run does to records, in words: it must be the same each time
  /// @throws UsageException if the file is something else, is in use, or belongs to another job
  static Checkpoint open(Path file, String job) throws IOException {
    Output.checkPlace("checkpoint " + file, file);
    var config = new SQLiteConfig();
    config.setBusyTimeout(0);
    config.setSynchronous(SynchronousMode.NORMAL);
    try {
      var connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
      try {
        return open(file, job, connection);
      } catch (SQLException | RuntimeException e) {
        closeAfter(e, connection);
        throw e;
      }
    } catch (SQLException e) {
      throw explained(file, e);
    }
  }

  private static void closeAfter(Exception failure, Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static Checkpoint open(Path file, String job, Connection connection) throws SQLException {
    boolean made = isOne(file, connection);
    Sql.text(connection, "PRAGMA locking_mode = EXCLUSIVE");
    Sql.text(connection, "PRAGMA journal_mode = WAL");
    Sql.run(connection, "BEGIN IMMEDIATE");
    if (!made) {
      Sql.run(connection, "PRAGMA application_id = " + APPLICATION);
      Sql.run(connection, "PRAGMA user_version = " + VERSION);
      for (var table : TABLES) {
        Sql.run(connection, table);
      }
      Sql.run(
          connection, "INSERT INTO checkpoint VALUES (?, ?)", UUID.randomUUID().toString(), job);
    } else if (Integer.parseInt(Sql.text(connection, "PRAGMA user_version")) > VERSION) {
      throw new UsageException(
          "checkpoint %s was made by a newer sluice; use that".formatted(file));
    }
    var own = Sql.rows(connection, "SELECT id, job FROM checkpoint", 2).getFirst();
    if (!own[1].equals(job)) {
      throw new UsageException(
          "checkpoint %s belongs to a run with %s, and this one has %s; use the same, or another checkpoint"
              .formatted(file, inWords(own[1]), inWords(job)));
    }
    Sql.run(connection, "COMMIT");
    return new Checkpoint(file, connection, own[0]);
  }

  /// Whether this is a checkpoint, not an empty file; touches nothing.
  ///
  /// @throws UsageException if it is another database
  private static boolean isOne(Path file, Connection connection) throws SQLException {
    if (Sql.text(connection, "PRAGMA application_id").equals(Integer.toString(APPLICATION))) {
      return true;
    }
    if (Sql.text(connection, "SELECT count(*) FROM sqlite_schema").equals("0")) {
      return false;
    }
    throw notOne(file);
  }

  private static String inWords(String job) {
    return job.isEmpty() ? "no option that changes records" : job;
  }

  /// What ties the positions in a database to this checkpoint.
  String id() {
    return id;
  }

  /// Finds out which inputs are files that were read before, whatever they were called then. Called
  /// once, before anything is tracked.
  void recognise(List<Inputs.Input> inputs) throws IOException {
    var paths = new LinkedHashMap<String, Path>();
    for (var input : inputs) {
      var path = input.path();
      if (path != null && input.error() == null) {
        paths.put(input.name(), path);
      }
    }
    var known = known();
    known.forEach(one -> formerNames.add(one.name));
    // Where a file has two names, each name goes on where it was; only then may names have changed.
    for (boolean sameName : new boolean[] {true, false}) {
      for (var input : paths.entrySet()) {
        if (!sources.containsKey(input.getKey())) {
          recognise(known, input.getKey(), input.getValue(), sameName);
        }
      }
    }
  }

  private void recognise(List<Known> known, String name, Path path, boolean sameName) {
    try {
      var now = FileIdentity.of(path);
      for (var one : known) {
        if (!taken.contains(one.number)
            && (!sameName || one.name.equals(name))
            && one.identity.isStill(now, path)) {
          taken.add(one.number);
          sources.put(name, new Tracked(one.number, one.size, one.format));
          return;
        }
      }
    } catch (IOException e) {
      // It cannot be read, which reading it will tell. Should it be readable then, it is new.
    }
  }

  /// What was remembered of a source of this run; null if it is new.
  @Nullable Tracked tracked(String name) {
    return sources.get(name);
  }

  private List<Known> known() throws IOException {
    return locked(() -> {
      var all = new ArrayList<Known>();
      for (var row :
          Sql.rows(
              connection,
              "SELECT source, name, file, head_length, head_hash, size, format FROM sources"
                  + " ORDER BY source",
              7)) {
        all.add(
            new Known(
                Long.parseLong(row[0]),
                row[1],
                FileIdentity.parse(row[2], Integer.parseInt(row[3]), row[4]),
                Long.parseLong(row[5]),
                row[6] == null ? null : LogFormat.of(row[6])));
      }
      return all;
    });
  }

  /// Whether some file was called `name` when it was read before.
  boolean wasName(String name) {
    return formerNames.contains(name);
  }

  /// Remembers a source of this run, as it is now, under the number that it has or a new one.
  ///
  /// @param anew whether to forget what was known of it: the file was cut off and begun anew
  Tracked track(String name, Path path, long size, @Nullable LogFormat format, boolean anew)
      throws IOException {
    var identity = FileIdentity.of(path);
    return transact(() -> {
      var before = sources.get(name);
      if (before != null && anew) {
        forget(before.number);
      }
      if (before == null || anew) {
        Sql.run(
            connection,
            "INSERT INTO sources(name, file, head_length, head_hash, size, format, seen)"
                + " VALUES (?, '', 0, '', 0, NULL, '')",
            name);
      }
      long number =
          before == null || anew
              ? Long.parseLong(Sql.text(connection, "SELECT last_insert_rowid()"))
              : before.number;
      Sql.run(
          connection,
          "UPDATE sources SET name = ?, file = ?, head_length = ?, head_hash = ?, size = ?,"
              + " format = ?, seen = ? WHERE source = ?",
          name,
          identity.key(),
          identity.length(),
          identity.fingerprint(),
          size,
          format == null ? null : format.id(),
          Instant.now().toString(),
          number);
      taken.add(number);
      var tracked = new Tracked(number, size, format);
      sources.put(name, tracked);
      return tracked;
    });
  }

  private void forget(long number) throws SQLException {
    Sql.run(connection, "DELETE FROM positions WHERE source = ?", number);
    Sql.run(connection, "DELETE FROM sources WHERE source = ?", number);
  }

  /// Forgets files that have not been among the inputs for long, so that this does not grow for
  /// ever.
  void forgetOld(Instant now) throws IOException {
    transact(() -> {
      for (var old :
          Sql.column(
              connection,
              "SELECT source FROM sources WHERE seen < ?",
              now.minus(MEMORY).toString())) {
        forget(Long.parseLong(old));
      }
      return true;
    });
  }

  /// All numbers in use, of sources of this run and others that may come back.
  Set<Long> numbers() throws IOException {
    var numbers = new HashSet<Long>();
    known().forEach(one -> numbers.add(one.number));
    return numbers;
  }

  /// The number of a source of this run.
  long number(String source) {
    var tracked = sources.get(source);
    if (tracked == null) {
      throw new IllegalStateException(source + " is not tracked");
    }
    return tracked.number;
  }

  /// The sources of this run by their numbers.
  Map<Long, String> names() {
    var names = new HashMap<Long, String>();
    sources.forEach((name, tracked) -> names.put(tracked.number, name));
    return names;
  }

  /// What this keeps for the target called `target`.
  Bookmark bookmark(String target) {
    return new Bookmark(this, target);
  }

  /// Reads what was kept for a target, by the names of this run's sources.
  Map<String, Position> positions(String target) throws IOException {
    return locked(() -> {
      var positions = new HashMap<String, Position>();
      var names = names();
      for (var row :
          Sql.rows(
              connection,
              "SELECT source, at_byte, at_line, ended FROM positions WHERE target = ?",
              4,
              target)) {
        var name = names.get(Long.parseLong(row[0]));
        if (name != null) {
          positions.put(
              name,
              new Position(Long.parseLong(row[1]), Long.parseLong(row[2]), row[3].equals("1")));
        }
      }
      return positions;
    });
  }

  /// Reads how much a file's target had written; null if nothing yet.
  Output.@Nullable State output(String target) throws IOException {
    return locked(() -> {
      var rows =
          Sql.rows(
              connection,
              "SELECT part, length FROM targets WHERE target = ? AND length IS NOT NULL",
              2,
              target);
      return rows.isEmpty()
          ? null
          : new Output.State(
              Long.parseLong(rows.getFirst()[0]), Long.parseLong(rows.getFirst()[1]));
    });
  }

  /// Reads the format of a target that has one; null if it was not known yet.
  @Nullable String format(String target) throws IOException {
    return locked(() -> {
      var formats =
          Sql.column(
              connection,
              "SELECT format FROM targets WHERE target = ? AND format IS NOT NULL",
              target);
      return formats.isEmpty() ? null : formats.getFirst();
    });
  }

  List<String> columns(String target) throws IOException {
    return locked(() ->
        Sql.column(
            connection, "SELECT key FROM columns WHERE target = ? ORDER BY position", target));
  }

  /// Keeps what a target says of its columns, with its next [#record].
  void describe(String target, @Nullable String format, List<String> columns) throws IOException {
    transact(() -> {
      Sql.run(connection, "DELETE FROM columns WHERE target = ?", target);
      for (int i = 0; i < columns.size(); i++) {
        Sql.run(connection, "INSERT INTO columns VALUES (?, ?, ?)", target, i, columns.get(i));
      }
      Sql.run(
          connection,
          "INSERT INTO targets(target, format) VALUES (?, ?)"
              + " ON CONFLICT(target) DO UPDATE SET format = excluded.format",
          target,
          format);
      return true;
    });
  }

  /// Keeps that a target's file is `output` long, and that it holds all before `positions`: both or
  /// neither.
  void record(String target, Output.@Nullable State output, Map<String, Position> positions)
      throws IOException {
    transact(() -> {
      if (output != null) {
        Sql.run(
            connection,
            "INSERT INTO targets(target, part, length) VALUES (?, ?, ?) ON CONFLICT(target)"
                + " DO UPDATE SET part = excluded.part, length = excluded.length",
            target,
            output.part(),
            output.length());
      }
      for (var entry : positions.entrySet()) {
        var position = entry.getValue();
        Sql.run(
            connection,
            "INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?)",
            target,
            number(entry.getKey()),
            position.offset(),
            position.line(),
            position.ended() ? 1 : 0);
      }
      return true;
    });
  }

  private <T extends @Nullable Object> T transact(Step<T> step) throws IOException {
    return locked(() -> {
      boolean done = false;
      Sql.run(connection, "BEGIN IMMEDIATE");
      try {
        var result = step.run();
        Sql.run(connection, "COMMIT");
        done = true;
        return result;
      } finally {
        if (!done) {
          undo();
        }
      }
    });
  }

  private void undo() throws SQLException {
    try {
      Sql.run(connection, "ROLLBACK");
    } catch (SQLiteException e) {
      if (e.getResultCode() != SQLiteErrorCode.SQLITE_ERROR) {
        throw e;
      }
      // There was no transaction any more: a full disk makes SQLite roll back by itself.
    }
  }

  private <T extends @Nullable Object> T locked(Step<T> step) throws IOException {
    lock.lock();
    try {
      return step.run();
    } catch (SQLException e) {
      throw explained(file, e);
    } finally {
      lock.unlock();
    }
  }

  private static UsageException notOne(Path file) {
    return new UsageException(
        "%s is not a checkpoint of sluice; name another file, or one that is not there yet"
            .formatted(file));
  }

  /// @throws UsageException if another file would do
  private static IOException explained(Path file, SQLException e) {
    if (!(e instanceof SQLiteException sqlite)) {
      return new IOException("checkpoint %s: %s".formatted(file, e.getMessage()), e);
    }
    return switch (SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & 0xFF)) {
      case SQLITE_NOTADB -> throw notOne(file);
      case SQLITE_BUSY, SQLITE_LOCKED ->
          throw new UsageException(
              "another run is using checkpoint %s; wait for its end, or name another file"
                  .formatted(file));
      case SQLITE_FULL ->
          new IOException(
              "cannot write checkpoint %s: the disk is full; free some space and run again"
                  .formatted(file),
              e);
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH ->
          new IOException(
              "cannot write checkpoint %s; make the file and its directory writable, or name another"
                  .formatted(Files.exists(file) ? file : file.toAbsolutePath()),
              e);
      case SQLITE_CORRUPT ->
          new IOException(
              "checkpoint %s is damaged; without it the run begins anew, so remove what it has written, too"
                  .formatted(file),
              e);
      default ->
          new IOException("cannot write checkpoint %s: %s".formatted(file, e.getMessage()), e);
    };
  }

  @Override
  public void close() throws IOException {
    locked(() -> {
      connection.close();
      return true;
    });
  }
}
