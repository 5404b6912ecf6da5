package dev.sluice.logs;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statements with values, in few words. Values are always parameters; names that become part of a
/// statement go through [#quote].
final class Sql {
  private Sql() {}

  /// An identifier as it stands in a statement, whatever is in it.
  static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  static void run(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }

  /// Runs a statement that changes rows, and returns how many.
  static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  /// The first column of the answer.
  static List<String> column(Connection connection, String sql, Object... values)
      throws SQLException {
    return rows(connection, sql, 1, values).stream().map(row -> row[0]).toList();
  }

  /// The first `width` columns of the answer, as text.
  static List<String[]> rows(Connection connection, String sql, int width, Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (var rows = statement.executeQuery()) {
        var found = new ArrayList<String[]>();
        while (rows.next()) {
          var row = new String[width];
          for (int i = 0; i < width; i++) {
            row[i] = rows.getString(i + 1);
          }
          found.add(row);
        }
        return found;
      }
    }
  }

  /// Runs a statement that answers with one text.
  static String text(Connection connection, String sql) throws SQLException {
    return column(connection, sql).getFirst();
  }
}
