package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Writes records into tables of a SQLite database; `docs/formats/sqlite.md` defines them.
///
/// Each [#write] is one transaction. While this target is open the database is in WAL mode: others
/// can read it, a killed process leaves whole writes, and a power failure may take the last ones
/// but damages nothing. Afterwards it is in the mode in which it was found.
final class SqliteTarget implements Target {
  private static final String DEFAULT_TABLE = "logs";

  /// How long the write-ahead log grows, in pages of 4 KiB. Each checkpoint waits for the disk:
  /// with SQLite's 1,000 pages a load of 100 MB took a quarter longer on a busy machine.
  private static final int CHECKPOINT_PAGES = 16_000;

  private final String name;
  private final Path file;
  private final String base;
  private final SQLiteConfig config;
  private @Nullable List<String> chosen;
  private final Map<LogFormat, SqliteTable> tables = new EnumMap<>(LogFormat.class);
  private final Ledger ledger;
  private @Nullable LogFormat only;
  private @Nullable Connection connection;
  private String journalBefore = "wal";

  /// @param table the name of the table, or its beginning where there are several; null for `logs`
  SqliteTarget(String name, Path file, @Nullable String table) {
    this(name, file, table, config());
  }

  SqliteTarget(String name, Path file, @Nullable String table, SQLiteConfig config) {
    this.name = name;
    this.file = file;
    this.base = SqliteTable.checkName(name, table == null ? DEFAULT_TABLE : table);
    this.config = config;
    ledger = new Ledger(name);
  }

  /// As fast as whole batches and readers beside them allow.
  static SQLiteConfig config() {
    var config = new SQLiteConfig();
    config.setBusyTimeout(5_000);
    config.setSynchronous(SynchronousMode.NORMAL);
    return config;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public boolean choose(List<String> fields) {
    chosen = fields;
    return true;
  }

  /// The columns that a new table has from the start.
  private Shape firstColumns(LogFormat format) {
    var names = chosen;
    if (names == null) {
      return new Shape(format, format.columns());
    }
    var columns =
        names.stream()
            .flatMap(name -> format.columns().stream().filter(it -> it.name().equals(name)))
            .toList();
    return new Shape(format, columns);
  }

  @Override
  public boolean isBeside(Path other) {
    var text = other.toAbsolutePath().normalize().toString();
    var own = file.toAbsolutePath().normalize().toString();
    return text.equals(own + "-wal") || text.equals(own + "-shm") || text.equals(own + "-journal");
  }

  @Override
  public String key() {
    return "sqlite:" + file.toAbsolutePath().normalize() + "?table=" + base;
  }

  @Override
  public boolean isResumable() {
    return true;
  }

  @Override
  public void open(List<LogFormat> formats) throws IOException {
    begin(formats);
  }

  @Override
  public Map<String, Position> resume(List<LogFormat> formats, Bookmark bookmark)
      throws IOException {
    ledger.keep(bookmark);
    return begin(formats);
  }

  private Map<String, Position> begin(List<LogFormat> formats) throws IOException {
    Output.checkPlace(name, file);
    var distinct = formats.stream().distinct().toList();
    only = distinct.size() == 1 ? distinct.getFirst() : null;
    try {
      var opened = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
      connection = opened;
      journalBefore = Sql.text(opened, "PRAGMA journal_mode");
      Sql.text(opened, "PRAGMA journal_mode = WAL");
      Sql.text(opened, "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
      return transact(
          opened,
          () -> {
            ledger.begin(opened);
            for (var format : distinct) {
              table(opened, format);
            }
            return ledger.positions(opened);
          });
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    write(blocks, Map.of());
  }

  @Override
  public void write(List<ParsedBlock> blocks, Map<String, Position> positions) throws IOException {
    var open = Targets.opened(connection, this);
    try {
      transact(
          open,
          () -> {
            for (var block : blocks) {
              for (var logRecord : block.records()) {
                table(open, logRecord.shape().format()).add(logRecord);
              }
            }
            for (var table : tables.values()) {
              table.flush();
            }
            ledger.advance(open, positions);
            return true;
          });
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  @Override
  public void ended(LogAccount account, @Nullable String failure) throws IOException {
    var open = connection;
    if (open == null) {
      return;
    }
    try {
      transact(
          open,
          () -> {
            ledger.end(open, account, failure);
            return true;
          });
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  private interface Work<T> {
    T run() throws SQLException, IOException;
  }

  private <T> T transact(Connection open, Work<T> work) throws SQLException, IOException {
    boolean done = false;
    Sql.run(
        open, "BEGIN IMMEDIATE"); // waits its turn here, and so never fails halfway for want of it
    try {
      var result = work.run();
      Sql.run(open, "COMMIT");
      done = true;
      return result;
    } finally {
      if (!done) {
        undo(open);
      }
    }
  }

  private SqliteTable table(Connection open, LogFormat format) throws SQLException {
    var table = tables.get(format);
    if (table == null) {
      table =
          SqliteTable.open(
              open, name, format == only ? base : base + "_" + format.id(), firstColumns(format));
      tables.put(format, table);
    }
    return table;
  }

  /// Takes back what the transaction did, and forgets what was known of tables, which may be gone
  /// with it.
  private void undo(Connection open) throws SQLException {
    for (var table : tables.values()) {
      table.close();
    }
    tables.clear();
    try {
      Sql.run(open, "ROLLBACK");
    } catch (SQLiteException e) {
      if (e.getResultCode() != SQLiteErrorCode.SQLITE_ERROR) {
        throw e;
      }
      // There was no transaction any more: a full disk makes SQLite roll back by itself.
    }
  }

  @Override
  public void close() throws IOException {
    var open = connection;
    if (open == null) {
      return;
    }
    connection = null;
    try (open) {
      for (var table : tables.values()) {
        table.close();
      }
      restoreJournal(open);
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  /// A database in WAL mode cannot be read where its directory cannot be written, so it should not
  /// stay in it.
  private void restoreJournal(Connection open) throws SQLException {
    if (journalBefore.equals("wal")) {
      return;
    }
    try {
      Sql.text(open, "PRAGMA busy_timeout = 0");
      Sql.text(
          open,
          "PRAGMA journal_mode = " + (journalBefore.equals("truncate") ? "TRUNCATE" : "DELETE"));
    } catch (SQLiteException e) {
      if (!isBusy(e)) {
        throw e;
      }
      // Someone else has it open, and it stays in WAL mode, which is safe.
    }
  }

  private static boolean isBusy(SQLiteException e) {
    int code = e.getResultCode().code & 0xFF;
    return code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code;
  }

  private IOException explained(SQLException e) {
    String reason =
        e instanceof SQLiteException sqlite ? reason(sqlite) : String.valueOf(e.getMessage());
    return new IOException("cannot write " + name + ": " + reason, e);
  }

  private String reason(SQLiteException e) {
    var code = e.getResultCode();
    return switch (SQLiteErrorCode.getErrorCode(code.code & 0xFF)) {
      case SQLITE_NOTADB ->
          file + " is not a SQLite database; choose another file, or move this one away";
      case SQLITE_BUSY, SQLITE_LOCKED ->
          "another program is writing "
              + file
              + " and did not finish within "
              + config.getBusyTimeout() / 1000.0
              + " s; stop it, or choose another file";
      case SQLITE_READONLY, SQLITE_PERM ->
          file + " is read-only; make the file and its directory writable, or choose another file";
      case SQLITE_CANTOPEN, SQLITE_AUTH ->
          "cannot open "
              + file
              + "; make the file readable and writable, and its directory writable";
      case SQLITE_FULL ->
          "the disk is full; what was written before is intact, free some space and run again";
      case SQLITE_IOERR ->
          "the disk failed ("
              + code
              + "); what was written before is intact, free some space or choose another place";
      case SQLITE_CORRUPT ->
          file + " is damaged; move it away, or try: sqlite3 " + file + " .recover";
      case SQLITE_CONSTRAINT ->
          "a table made by someone else does not take these records ("
              + e.getMessage()
              + "); choose ?table=ANOTHER";
      default -> String.valueOf(e.getMessage());
    };
  }
}
