package dev.sluice.logs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/// Writes records into tables of a PostgreSQL database; `docs/formats/postgresql.md` defines them.
///
/// Each [#write] is one transaction. A server that goes away is waited for; what it had not
/// committed is sent again.
final class PostgresTarget implements Target {
  /*
   * Each record exactly once, though the answer to a COMMIT can be lost with the connection: each transaction also
   * raises the number of the run's batches in sluice_runs. Whoever has lost a connection asks for that number before
   * it sends the batch again. The old transaction, if it still lives, holds the lock of that row, and the question
   * (SELECT ... FOR UPDATE) waits for its end; so the answer is final.
   */
  static final List<String> PARAMETERS = List.of("table", "passwordfile", "sslmode", "sslrootcert");

  private static final String DEFAULT_TABLE = "logs";

  /// How long a server may be away.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /// States of SQL that tell of a connection or a server that is gone, and may come back.
  private static final Set<String> AWAY =
      Set.of("57P01", "57P02", "57P03", "57P05", "53300", "25006");

  /// States after which the same transaction may well succeed.
  private static final Set<String> AGAIN = Set.of("40001", "40P01", "55P03");

  private final String name;
  private final PostgresAddress address;
  private final Map<String, String> parameters;
  private final PostgresPassword passwords;
  private final Duration patience;
  private final String base;
  private final Ledger ledger;
  private final Map<LogFormat, PostgresTable> tables = new EnumMap<>(LogFormat.class);
  private Consumer<String> notices = _ -> {};
  private @Nullable LogFormat only;
  private @Nullable Connection connection;
  private boolean opened;

  /// How many transactions are certain to be there, and whether one more may be.
  private long batches;

  private boolean uncertain;

  PostgresTarget(
      String name,
      PostgresAddress address,
      Map<String, String> parameters,
      PostgresPassword passwords,
      Duration patience) {
    this.name = name;
    this.address = address;
    this.parameters = parameters;
    this.passwords = passwords;
    this.patience = patience;
    base = PostgresTable.checkName(name, parameters.getOrDefault("table", DEFAULT_TABLE));
    ledger = new Ledger(name);
  }

  static Target of(String name, String rest, Map<String, String> parameters) {
    var environment = System.getenv();
    return new PostgresTarget(
        name,
        PostgresAddress.parse(name, rest, environment),
        parameters,
        new PostgresPassword(environment, Path.of(System.getProperty("user.home"))),
        PATIENCE);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String key() {
    return address.key() + "?table=" + base;
  }

  @Override
  public boolean isResumable() {
    return true;
  }

  @Override
  public void notices(Consumer<String> told) {
    notices = told;
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

  /// A server that cannot be reached from the start is not waited for: its name may be wrong.
  private Map<String, Position> begin(List<LogFormat> formats) throws IOException {
    var distinct = formats.stream().distinct().toList();
    only = distinct.size() == 1 ? distinct.getFirst() : null;
    try {
      var open = connect();
      connection = open;
      ledger.begin(open);
      for (var format : distinct) {
        table(open, format);
      }
      var positions = ledger.positions(open);
      open.commit();
      opened = true;
      return positions;
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
    boolean nothing = blocks.stream().allMatch(block -> block.records().isEmpty());
    if (nothing && positions.isEmpty()) {
      return;
    }
    untilDone(open -> {
      send(open, blocks);
      ledger.advance(open, positions);
    });
  }

  @Override
  public void ended(LogAccount account, @Nullable String failure) throws IOException {
    if (!opened || (failure != null && connection == null)) {
      return; // it is away, and has been waited for
    }
    untilDone(open -> ledger.end(open, account, failure));
  }

  private void send(Connection open, List<ParsedBlock> blocks) throws SQLException {
    PostgresTable current = null;
    for (var block : blocks) {
      for (var logRecord : block.records()) {
        var table = tables.get(logRecord.shape().format());
        if (table == null || table != current) {
          if (current != null) {
            current.pause();
          }
          table = table(open, logRecord.shape().format());
          current = table;
        }
        table.add(logRecord);
      }
    }
    if (current != null) {
      current.pause();
    }
  }

  private interface Work {
    void run(Connection open) throws SQLException;
  }

  /// Does `work` in one transaction, once, however often the server goes away meanwhile.
  private void untilDone(Work work) throws IOException {
    var pause = FIRST_PAUSE;
    long away = 0;
    while (true) {
      try {
        attempt(work);
        if (away != 0) {
          notices.accept(name + ": is back after " + seconds(away));
        }
        return;
      } catch (SQLException e) {
        boolean lost = isAway(e);
        undo(lost);
        if (!lost && !AGAIN.contains(String.valueOf(e.getSQLState()))) {
          throw explained(e);
        }
        long now = System.nanoTime();
        if (away == 0) {
          away = now;
          notices.accept(
              "%s: %s; trying again for up to %d s"
                  .formatted(name, reason(e), patience.toSeconds()));
        } else if (now - away > patience.toNanos()) {
          throw new IOException(
              "cannot write %s: gave up after %s: %s; what was written before is intact, mend it and run again"
                  .formatted(name, seconds(away), reason(e)),
              e);
        }
        rest(pause);
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      }
    }
  }

  private static String seconds(long since) {
    return Duration.ofNanos(System.nanoTime() - since).toSeconds() + " s";
  }

  private void rest(Duration pause) throws InterruptedIOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the wait for " + name + " was ended");
    }
  }

  private void attempt(Work work) throws SQLException, IOException {
    if (!opened) {
      throw new IllegalStateException(name + " is not open");
    }
    var open = connection;
    if (open == null) {
      open = connect();
      connection = open;
    }
    if (uncertain && ledger.counted(open) > batches) {
      open.rollback();
      uncertain = false;
      batches++;
      return;
    }
    uncertain = false;
    work.run(open);
    ledger.count(open, batches + 1);
    uncertain = true;
    open.commit();
    uncertain = false;
    batches++;
  }

  private Connection connect() throws SQLException, IOException {
    var file = parameters.get("passwordfile");
    var password = passwords.find(name, address, file == null ? null : Path.of(file));
    var properties = new Properties();
    properties.setProperty("user", address.user());
    if (password != null) {
      properties.setProperty("password", password);
    }
    properties.setProperty("ApplicationName", "sluice");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", "10"); // seconds, as the next
    properties.setProperty("socketTimeout", "60");
    for (var parameter : List.of("sslmode", "sslrootcert")) {
      if (parameters.containsKey(parameter)) {
        properties.setProperty(parameter, parameters.get(parameter));
      }
    }
    var made = new Driver().connect(address.url(), properties);
    if (made == null) {
      throw new IOException("cannot write " + name + ": the driver does not know such an address");
    }
    boolean ready = false;
    try {
      Sql.run(made, "SET lock_timeout TO '30s'"); // less than the socket's, so that it is told
      made.setAutoCommit(false);
      ready = true;
    } finally {
      if (!ready) {
        made.close();
      }
    }
    return made;
  }

  private PostgresTable table(Connection open, LogFormat format) throws SQLException {
    var table = tables.get(format);
    if (table == null) {
      table =
          PostgresTable.open(open, name, format == only ? base : base + "_" + format.id(), format);
      tables.put(format, table);
    }
    return table;
  }

  /// Takes back what the transaction did, and forgets what was known of tables, which may be gone
  /// with it.
  private void undo(boolean lost) throws IOException {
    var open = connection;
    if (open == null) {
      tables.clear();
      return;
    }
    try {
      if (!lost) {
        for (var table : tables.values()) {
          table.cancel();
        }
        open.rollback();
      } else {
        connection = null;
        open.close();
      }
    } catch (SQLException e) {
      connection = null; // the next attempt makes a new one
      abandon(open);
    } finally {
      tables.clear();
    }
  }

  /// Closes a connection without a word to the server, which may not answer.
  private void abandon(Connection open) throws IOException {
    try {
      open.abort(Runnable::run);
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  private static boolean isAway(SQLException e) {
    var state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || AWAY.contains(state) || e.getCause() instanceof IOException;
  }

  @Override
  public void close() throws IOException {
    var open = connection;
    connection = null;
    opened = false;
    if (open == null) {
      return;
    }
    try {
      open.close(); // which takes back what was not committed
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  private IOException explained(SQLException e) {
    return new IOException("cannot write " + name + ": " + reason(e) + advice(e), e);
  }

  /// The first line of what the server or the driver says.
  private static String reason(SQLException e) {
    var message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  private static String advice(SQLException e) {
    var state = String.valueOf(e.getSQLState());
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "28" ->
          "; give the user as postgresql://USER@HOST/... and the password in PGPASSWORD, ~/.pgpass or ?passwordfile=FILE";
      case "3D" -> "; make it with createdb, or name another";
      case "42" -> "; choose ?table=ANOTHER, or a user who may write this one";
      case "22", "23" ->
          "; a table made by someone else does not take these records, so choose ?table=ANOTHER";
      case "53" -> "; what was written before is intact, mend the server and run again";
      case "08", "57" -> "; is the server running, and is this its address?";
      default -> "";
    };
  }
}
