package dev.sluice.logs;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One table of a [SqliteTarget], within its transactions. After a rollback it is of no more use.
final class SqliteTable implements AutoCloseable {
  /*
   * One INSERT takes many rows, since each call of the driver costs about as much as a row does. More values than
   * this in a statement gain nothing (measured); SQLite's own limit is 32,766.
   */
  private static final int VALUES_PER_INSERT = 500;
  private static final int NONE = -1;
  private static final int REST = -2;

  private static final int VERSION = 1;

  private final Connection connection;
  private final String name;
  private final boolean dynamic;
  private final ColumnNames names = new ColumnNames();

  /// The columns that records fill: source, line, time, then those of `names`, and `extra`, once it
  /// is needed.
  private final List<String> columns = new ArrayList<>(ColumnNames.FIRST);

  private final Map<String, Integer> positions = new HashMap<>();
  private final ShapeCache<Mapping> mappings = new ShapeCache<>();
  private final List<LogRecord> pending = new ArrayList<>();
  private @Nullable PreparedStatement insertOne;
  private @Nullable PreparedStatement insertMany;

  /// How the values of a shape come into the columns.
  ///
  /// @param origins for each column the index of its value, or NONE, or REST; columns added later
  ///   have no entry
  /// @param rest the indices of the values that have no column
  private record Mapping(int[] origins, BitSet rest) {}

  private SqliteTable(Connection connection, String name, LogFormat format) {
    this.connection = connection;
    this.name = name;
    this.dynamic = format.dynamic();
  }

  /// Refuses a name that no table can have.
  static String checkName(String target, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("sqlite_") || lower.startsWith("sluice_")) {
      throw new BadTargetException(
          target
              + ": table "
              + name
              + " cannot be: names that begin with sqlite_ or sluice_ are reserved");
    }
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new BadTargetException(target + ": a table needs a name without NUL characters");
    }
    return name;
  }

  /// Opens the table `name`, and makes it if there is none.
  ///
  /// @param target the name of the target, for messages
  /// @param first the format of the records, and the columns to have from the start
  /// @throws BadTargetException if that table cannot hold records of that format
  static SqliteTable open(Connection connection, String target, String name, Shape first)
      throws SQLException {
    var format = first.format();
    Sql.run(
        connection,
        "CREATE TABLE IF NOT EXISTS sluice_meta("
            + "table_name TEXT PRIMARY KEY COLLATE NOCASE, format TEXT NOT NULL, version INTEGER NOT NULL)");
    Sql.run(
        connection,
        "CREATE TABLE IF NOT EXISTS sluice_columns("
            + "table_name TEXT NOT NULL COLLATE NOCASE, column_name TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL,"
            + " PRIMARY KEY (table_name, column_name))");
    var table = new SqliteTable(connection, name, format);
    var kinds =
        Sql.column(
            connection,
            "SELECT type FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')",
            name);
    if (kinds.isEmpty()) {
      table.create(format);
    } else if (kinds.getFirst().equals("view")) {
      throw new BadTargetException(
          target + ": " + name + " is a view; choose another name with ?table=");
    } else {
      table.accept(target, format);
    }
    table.learn(first);
    return table;
  }

  private void create(LogFormat format) throws SQLException {
    Sql.run(
        connection, "CREATE TABLE " + Sql.quote(name) + "(source TEXT, line INTEGER, time TEXT)");
    Sql.run(connection, "DELETE FROM sluice_columns WHERE table_name = ?", name);
    claim(format);
  }

  private void claim(LogFormat format) throws SQLException {
    Sql.run(
        connection,
        "INSERT OR REPLACE INTO sluice_meta VALUES (?, ?, ?)",
        name,
        format.id(),
        VERSION);
  }

  private void accept(String target, LogFormat format) throws SQLException {
    var existing = Sql.column(connection, "SELECT name FROM pragma_table_xinfo(?)", name);
    var formats =
        Sql.column(connection, "SELECT format FROM sluice_meta WHERE table_name = ?", name);
    if (formats.isEmpty()) {
      var missing =
          ColumnNames.FIRST.stream()
              .filter(first -> existing.stream().noneMatch(first::equalsIgnoreCase));
      var list = String.join(", ", missing.toList());
      if (!list.isEmpty()) {
        throw new BadTargetException(
            target
                + ": table "
                + name
                + " was not made by sluice and lacks the columns it needs ("
                + list
                + "); choose another table with ?table=NAME, or another file");
      }
      claim(format);
    } else if (!formats.getFirst().equals(format.id())) {
      throw new BadTargetException(
          target
              + ": table "
              + name
              + " holds "
              + formats.getFirst()
              + " records and cannot take "
              + format.id()
              + " ones; choose another table with ?table=NAME, or another file");
    }
    if (!Sql.column(
            connection,
            "SELECT 1 FROM sluice_meta WHERE table_name = ? AND version > " + VERSION,
            name)
        .isEmpty()) {
      throw new BadTargetException(
          target + ": table " + name + " was made by a newer sluice; use that one");
    }
    existing.forEach(names::reserve);
    for (var column :
        Sql.column(connection, "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", name)) {
      if (column.equalsIgnoreCase(ColumnNames.EXTRA)) {
        place(ColumnNames.EXTRA);
      } else if (ColumnNames.FIRST.stream().noneMatch(column::equalsIgnoreCase)) {
        var keys =
            Sql.column(
                connection,
                "SELECT key FROM sluice_columns WHERE table_name = ? AND column_name = ?",
                name,
                column);
        names.assign(keys.isEmpty() ? column : keys.getFirst(), column);
        place(column);
      }
    }
  }

  private void place(String column) {
    positions.put(column, columns.size());
    columns.add(column);
  }

  /// Takes a record, to be written at the latest by the next [#flush].
  void add(LogRecord logRecord) throws SQLException {
    if (mappings.get(logRecord.shape()) == null) {
      flush(); // as the columns may be about to change
      mappings.put(logRecord.shape(), learn(logRecord.shape()));
    }
    pending.add(logRecord);
    if (pending.size() == rowsPerInsert()) {
      var insert = insertMany == null ? prepareInsert(rowsPerInsert()) : insertMany;
      insertMany = insert;
      int at = 1;
      for (var row : pending) {
        at = bind(insert, at, row);
      }
      insert.executeUpdate();
      pending.clear();
    }
  }

  /// Writes what [#add] took.
  void flush() throws SQLException {
    if (pending.isEmpty()) {
      return;
    }
    var insert = insertOne == null ? prepareInsert(1) : insertOne;
    insertOne = insert;
    for (var row : pending) {
      bind(insert, 1, row);
      insert.addBatch();
    }
    insert.executeBatch();
    pending.clear();
  }

  /// Makes a column for each new key of a shape, as far as there is room.
  private Mapping learn(Shape shape) throws SQLException {
    var origins = new int[ColumnNames.MOST + columns.size() + 1];
    Arrays.fill(origins, NONE);
    var rest = new BitSet();
    for (int i = 0; i < shape.columns().size(); i++) {
      var key = shape.columns().get(i);
      var column = names.find(key.name());
      if (column == null) {
        column = names.add(key.name());
        if (column != null) {
          addColumn(column, dynamic ? "" : declared(key.type()));
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
      if (!positions.containsKey(ColumnNames.EXTRA)) {
        addColumn(ColumnNames.EXTRA, " TEXT");
      }
      origins[position(ColumnNames.EXTRA)] = REST;
    }
    return new Mapping(Arrays.copyOf(origins, columns.size()), rest);
  }

  private int position(String column) {
    return positions.getOrDefault(column, NONE);
  }

  private void addColumn(String column, String type) throws SQLException {
    close();
    Sql.run(
        connection, "ALTER TABLE " + Sql.quote(name) + " ADD COLUMN " + Sql.quote(column) + type);
    place(column);
  }

  private void remember(String key, String column) throws SQLException {
    if (!key.equals(column)) {
      Sql.run(connection, "INSERT INTO sluice_columns VALUES (?, ?, ?)", name, column, key);
    }
  }

  /// The type that gives a column of a fixed format its affinity. A dynamic one is declared without
  /// a type, since an affinity would turn the text 007 into the number 7.
  private static String declared(Column.Type type) {
    return switch (type) {
      case TEXT, JSON -> " TEXT";
      case INTEGER, BOOLEAN -> " INTEGER";
      case REAL -> " REAL";
    };
  }

  private int rowsPerInsert() {
    return Math.max(1, VALUES_PER_INSERT / columns.size());
  }

  private PreparedStatement prepareInsert(int rows) throws SQLException {
    var row = "(" + String.join(",", Collections.nCopies(columns.size(), "?")) + ")";
    return connection.prepareStatement(
        "INSERT INTO "
            + Sql.quote(name)
            + "("
            + String.join(",", columns.stream().map(Sql::quote).toList())
            + ") VALUES "
            + String.join(",", Collections.nCopies(rows, row)));
  }

  private int bind(PreparedStatement insert, int start, LogRecord logRecord) throws SQLException {
    int at = start;
    insert.setString(at++, logRecord.source());
    insert.setLong(at++, logRecord.line());
    insert.setString(at++, logRecord.time());
    var mapping = Objects.requireNonNull(mappings.get(logRecord.shape()));
    int[] origins = mapping.origins();
    for (int column = ColumnNames.FIRST.size(); column < columns.size(); column++) {
      int origin = column < origins.length ? origins[column] : NONE;
      bind(
          insert,
          at++,
          origin >= 0
              ? logRecord.values()[origin]
              : origin == REST ? Extra.json(logRecord, mapping.rest()) : null);
    }
    return at;
  }

  private static void bind(PreparedStatement insert, int at, @Nullable Object value)
      throws SQLException {
    if (value instanceof Json || (value instanceof Double number && number.isNaN())) {
      insert.setString(at, value.toString()); // SQLite has no NaN and would store NULL
    } else {
      insert.setObject(at, value);
    }
  }

  /// Ends what it holds in the database; drops what [#flush] did not write.
  @Override
  public void close() throws SQLException {
    pending.clear();
    if (insertOne != null) {
      insertOne.close();
      insertOne = null;
    }
    if (insertMany != null) {
      insertMany.close();
      insertMany = null;
    }
  }
}
