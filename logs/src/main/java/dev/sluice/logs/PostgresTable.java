package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// One table of a [PostgresTarget], within its transactions. After a rollback it is of no more use.
///
/// Rows are streamed to the server by COPY while they are made. A connection does nothing else
/// while a COPY is open, so [#pause] must come before any other statement.
final class PostgresTable {
  /// PostgreSQL cuts off longer names without a word.
  private static final int LONGEST_NAME = 63;

  private static final List<String> SYSTEM_COLUMNS =
      List.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

  private static final int SEND = 64 * 1024;
  private static final int NONE = -1;
  private static final int REST = -2;
  private static final int VERSION = 1;

  private final Connection connection;
  private final String target;
  private final String name;
  private final ColumnNames names = new ColumnNames(LONGEST_NAME);
  private final List<String> columns = new ArrayList<>();
  private final List<PostgresType> types = new ArrayList<>();
  private final Map<String, Integer> positions = new HashMap<>();

  /// Columns of the table that no record has filled yet: COPY leaves them out, so that they get
  /// their defaults.
  private final Map<String, PostgresType> unused = new HashMap<>();

  private final ShapeCache<Mapping> mappings = new ShapeCache<>();
  private @Nullable CopyText text;
  private @Nullable CopyBinary binary;

  /// Those of the columns as they are; null before the first, and when the columns may be about to
  /// change.
  private @Nullable CopyRows rows;

  private @Nullable CopyIn copy;

  /// How the values of a shape come into the columns.
  ///
  /// @param origins for each column the index of its value, or NONE, or REST; columns added later
  ///   have no entry
  /// @param rest the indices of the values whose keys have no column
  /// @param unseen the indices of those that get one with their first value, which tells its type
  private record Mapping(int[] origins, BitSet rest, BitSet unseen) {
    boolean shows(LogRecord logRecord) {
      for (int i = unseen.nextSetBit(0); i >= 0; i = unseen.nextSetBit(i + 1)) {
        if (logRecord.values()[i] != null) {
          return true;
        }
      }
      return false;
    }
  }

  private PostgresTable(Connection connection, String target, String name) {
    this.connection = connection;
    this.target = target;
    this.name = name;
    SYSTEM_COLUMNS.forEach(names::forbid);
  }

  /// Refuses a name that no table can have.
  static String checkName(String target, String name) {
    if (name.toLowerCase(Locale.ROOT).startsWith("sluice_")) {
      throw new BadTargetException(
          target + ": table " + name + " cannot be: names that begin with sluice_ are reserved");
    }
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new BadTargetException(target + ": a table needs a name without NUL characters");
    }
    if (name.getBytes(UTF_8).length > LONGEST_NAME) {
      throw new BadTargetException(
          target
              + ": table "
              + name
              + " has a longer name than PostgreSQL keeps (at most "
              + LONGEST_NAME
              + " bytes)");
    }
    return name;
  }

  /// Opens the table `name`, and makes it if there is none.
  ///
  /// @param target the name of the target, for messages
  /// @throws BadTargetException if that table cannot hold records of `format`
  static PostgresTable open(Connection connection, String target, String name, LogFormat format)
      throws SQLException {
    checkName(target, name);
    lockSchema(connection);
    Sql.run(
        connection,
        "CREATE TABLE IF NOT EXISTS sluice_meta("
            + "table_name TEXT PRIMARY KEY, format TEXT NOT NULL, version INTEGER NOT NULL)");
    Sql.run(
        connection,
        "CREATE TABLE IF NOT EXISTS sluice_columns("
            + "table_name TEXT NOT NULL, column_name TEXT NOT NULL, key TEXT NOT NULL,"
            + " PRIMARY KEY (table_name, column_name))");
    var table = new PostgresTable(connection, target, name);
    var kinds =
        Sql.column(
            connection,
            "SELECT relkind FROM pg_catalog.pg_class WHERE oid = to_regclass(?)",
            Sql.quote(name));
    if (kinds.isEmpty()) {
      table.create(format);
    } else if (!List.of("r", "p").contains(kinds.getFirst())) {
      throw new BadTargetException(
          target + ": " + name + " is no table; choose another name with ?table=");
    } else {
      table.accept(format);
    }
    table.learn(new Shape(format, format.columns()), new Object[format.columns().size()]);
    return table;
  }

  /// Lets one transaction at a time change tables: two that make the same one would collide.
  private static void lockSchema(Connection connection) throws SQLException {
    Sql.rows(connection, "SELECT pg_advisory_xact_lock(hashtext('dev.sluice.logs'))", 0);
  }

  private void create(LogFormat format) throws SQLException {
    Sql.run(
        connection,
        "CREATE TABLE " + Sql.quote(name) + "(source text, line bigint, time timestamptz)");
    place("source", PostgresType.TEXT);
    place("line", PostgresType.BIGINT);
    place("time", PostgresType.TIMESTAMP);
    Sql.run(connection, "DELETE FROM sluice_columns WHERE table_name = ?", name);
    claim(format);
  }

  private void claim(LogFormat format) throws SQLException {
    Sql.run(
        connection,
        "INSERT INTO sluice_meta VALUES (?, ?, ?) ON CONFLICT (table_name)"
            + " DO UPDATE SET format = excluded.format, version = excluded.version",
        name,
        format.id(),
        VERSION);
  }

  private void accept(LogFormat format) throws SQLException {
    var existing =
        Sql.rows(
            connection,
            "SELECT attname, format_type(atttypid, atttypmod), attgenerated"
                + " FROM pg_catalog.pg_attribute"
                + " WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped"
                + " ORDER BY attnum",
            3,
            Sql.quote(name));
    checkMeta(format, existing);
    var keys = new HashMap<String, String>();
    for (var row :
        Sql.rows(
            connection,
            "SELECT column_name, key FROM sluice_columns WHERE table_name = ?",
            2,
            name)) {
      keys.put(row[0], row[1]);
    }
    existing.forEach(row -> names.reserve(row[0]));
    for (var first : ColumnNames.FIRST) {
      place(first, type(existing, first));
    }
    for (var row : existing) {
      if (!row[2].isEmpty() || ColumnNames.FIRST.contains(row[0])) {
        continue;
      }
      if (!row[0].equals(ColumnNames.EXTRA)) {
        names.assign(keys.getOrDefault(row[0], row[0]), row[0]);
      }
      unused.put(row[0], PostgresType.named(row[1]));
    }
  }

  private void checkMeta(LogFormat format, List<String[]> existing) throws SQLException {
    var meta =
        Sql.rows(
            connection, "SELECT format, version FROM sluice_meta WHERE table_name = ?", 2, name);
    if (meta.isEmpty()) {
      var missing =
          ColumnNames.FIRST.stream()
              .filter(first -> existing.stream().noneMatch(row -> row[0].equals(first)))
              .toList();
      if (!missing.isEmpty()) {
        throw new BadTargetException(
            "%s: table %s was not made by sluice and lacks the columns it needs (%s); choose another table with ?table=NAME"
                .formatted(target, name, String.join(", ", missing)));
      }
      claim(format);
    } else if (!meta.getFirst()[0].equals(format.id())) {
      throw new BadTargetException(
          "%s: table %s holds %s records and cannot take %s ones; choose another table with ?table=NAME"
              .formatted(target, name, meta.getFirst()[0], format.id()));
    } else if (Integer.parseInt(meta.getFirst()[1]) > VERSION) {
      throw new BadTargetException(
          "%s: table %s was made by a newer sluice; use that one".formatted(target, name));
    }
  }

  private static PostgresType type(List<String[]> existing, String column) {
    return existing.stream()
        .filter(row -> row[0].equals(column))
        .findFirst()
        .map(row -> PostgresType.named(row[1]))
        .orElse(PostgresType.OTHER);
  }

  private void place(String column, PostgresType type) {
    positions.put(column, columns.size());
    columns.add(column);
    types.add(type);
  }

  /// Takes a record, to be sent at the latest by [#pause].
  void add(LogRecord logRecord) throws SQLException {
    var mapping = mappings.get(logRecord.shape());
    if (mapping == null || (!mapping.unseen().isEmpty() && mapping.shows(logRecord))) {
      pause(); // as the columns may be about to change
      mapping = learn(logRecord.shape(), logRecord.values());
      mappings.put(logRecord.shape(), mapping);
    }
    int[] origins = mapping.origins();
    var values = logRecord.values();
    for (int column = ColumnNames.FIRST.size(); column < origins.length; column++) {
      if (origins[column] >= 0 && !types.get(column).takes(values[origins[column]])) {
        widen(column, Objects.requireNonNull(values[origins[column]]));
      }
    }
    var open = rows == null ? begin() : rows;
    row(open, logRecord, mapping);
    if (open.length >= SEND) {
      send(open);
    }
  }

  private CopyRows begin() {
    CopyRows open;
    if (CopyBinary.knows(types)) {
      binary = binary == null ? new CopyBinary() : binary;
      open = binary;
    } else {
      text = text == null ? new CopyText() : text;
      open = text;
    }
    open.open();
    rows = open;
    return open;
  }

  private void row(CopyRows to, LogRecord logRecord, Mapping mapping) {
    to.beginRow(columns.size());
    to.value(types.get(0), logRecord.source());
    to.value(types.get(1), logRecord.line());
    to.time(types.get(2), logRecord.time());
    int[] origins = mapping.origins();
    for (int column = ColumnNames.FIRST.size(); column < columns.size(); column++) {
      int origin = column < origins.length ? origins[column] : NONE;
      if (origin == REST) {
        to.value(types.get(column), Extra.json(logRecord, mapping.rest()));
      } else {
        to.value(types.get(column), origin == NONE ? null : logRecord.values()[origin]);
      }
    }
    to.endRow();
  }

  private void send(CopyRows some) throws SQLException {
    var open = copy;
    if (open == null) {
      open =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "COPY "
                      + Sql.quote(name)
                      + "("
                      + String.join(",", columns.stream().map(Sql::quote).toList())
                      + ") FROM STDIN"
                      + some.options());
      copy = open;
    }
    open.writeToCopy(some.bytes, 0, some.length);
    some.clear();
  }

  /// Sends what [#add] took, and waits until the server has it.
  void pause() throws SQLException {
    var some = rows;
    if (some == null) {
      return;
    }
    rows = null;
    some.close();
    send(some);
    var open = copy;
    if (open != null) {
      copy = null;
      open.endCopy();
    }
  }

  /// Ends a COPY that will not be completed, so that the connection can be used again.
  void cancel() throws SQLException {
    var some = rows;
    rows = null;
    if (some != null) {
      some.clear();
    }
    var open = copy;
    copy = null;
    if (open != null && open.isActive()) {
      open.cancelCopy();
    }
  }

  /// Makes a column for each new key of a shape, as far as there is room.
  private Mapping learn(Shape shape, @Nullable Object[] values) throws SQLException {
    var origins = new int[ColumnNames.MOST + columns.size() + unused.size() + 1];
    Arrays.fill(origins, NONE);
    var rest = new BitSet();
    var unseen = new BitSet();
    for (int i = 0; i < shape.columns().size(); i++) {
      var key = shape.columns().get(i);
      var column = names.find(key.name());
      if (column == null && values[i] == null && shape.format().dynamic()) {
        unseen.set(i);
        continue;
      }
      if (column == null) {
        column = names.add(key.name());
        if (column != null) {
          var value = values[i];
          addColumn(
              column, value == null ? PostgresType.of(key.type()) : PostgresType.ofValue(value));
          remember(key.name(), column);
        }
      }
      if (column == null) {
        rest.set(i);
      } else {
        origins[position(column)] = i;
      }
    }
    if (!rest.isEmpty()) {
      if (!positions.containsKey(ColumnNames.EXTRA) && !unused.containsKey(ColumnNames.EXTRA)) {
        addColumn(ColumnNames.EXTRA, PostgresType.JSON);
      }
      origins[position(ColumnNames.EXTRA)] = REST;
    }
    return new Mapping(Arrays.copyOf(origins, columns.size()), rest, unseen);
  }

  private int position(String column) {
    var type = unused.remove(column);
    if (type != null) {
      place(column, type);
    }
    return Objects.requireNonNull(positions.get(column));
  }

  private void addColumn(String column, PostgresType type) throws SQLException {
    lockSchema(connection);
    Sql.run(
        connection,
        "ALTER TABLE "
            + Sql.quote(name)
            + " ADD COLUMN IF NOT EXISTS "
            + Sql.quote(column)
            + " "
            + type.sql());
    var made =
        Sql.column(
            connection,
            "SELECT format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute"
                + " WHERE attrelid = to_regclass(?) AND attname = ?",
            Sql.quote(name),
            column);
    place(column, PostgresType.named(made.getFirst())); // another run may have been first
  }

  private void remember(String key, String column) throws SQLException {
    if (!key.equals(column)) {
      Sql.run(
          connection,
          "INSERT INTO sluice_columns VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          name,
          column,
          key);
    }
  }

  private void widen(int column, Object value) throws SQLException {
    pause();
    lockSchema(connection);
    var type = types.get(column).widenedFor(value);
    var quoted = Sql.quote(columns.get(column));
    int patience = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, 0); // the server writes a large table anew
    try {
      // Through text, since a cast from double precision to numeric keeps 15 digits only.
      Sql.run(
          connection,
          "ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s::text::%s"
              .formatted(Sql.quote(name), quoted, type.sql(), quoted, type.sql()));
    } finally {
      connection.setNetworkTimeout(Runnable::run, patience);
    }
    types.set(column, type);
  }
}
