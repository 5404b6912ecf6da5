package dev.sluice.logs;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The types of columns in PostgreSQL that Sluice makes, and which values each takes.
///
/// Unlike SQLite's, a column takes values of its type only. One that a value does not fit is given
/// a type that fits both: numbers of two kinds become `numeric`, which holds either exactly; for
/// everything else that is `text`.
enum PostgresType {
  TEXT("text"),
  BIGINT("bigint"),
  DOUBLE("double precision"),
  NUMERIC("numeric"),
  BOOLEAN("boolean"),
  /// Not `jsonb`, which refuses some of what JSON may say and rewrites the rest.
  JSON("json"),
  TIMESTAMP("timestamp with time zone"),
  /// Any that others gave a column: the server decides what it takes.
  OTHER("");

  private final String sql;

  PostgresType(String sql) {
    this.sql = sql;
  }

  /// Its name in statements, which is what the catalogue calls it too.
  String sql() {
    return sql;
  }

  static PostgresType named(String sql) {
    return Arrays.stream(values())
        .filter(type -> type != OTHER && type.sql.equals(sql))
        .findFirst()
        .orElse(OTHER);
  }

  static PostgresType of(Column.Type type) {
    return switch (type) {
      case TEXT -> TEXT;
      case INTEGER -> BIGINT;
      case REAL -> DOUBLE;
      case BOOLEAN -> BOOLEAN;
      case JSON -> JSON;
    };
  }

  /// The type for a value of a [LogRecord].
  static PostgresType ofValue(Object value) {
    return switch (value) {
      case Long _ -> BIGINT;
      case Double _ -> DOUBLE;
      case Boolean _ -> BOOLEAN;
      case Json _ -> JSON;
      default -> TEXT;
    };
  }

  boolean takes(@Nullable Object value) {
    if (value == null) {
      return true;
    }
    return switch (this) {
      case TEXT, OTHER -> true;
      case BIGINT -> value instanceof Long;
      case DOUBLE -> value instanceof Double;
      case NUMERIC -> value instanceof Long || value instanceof Double;
      case BOOLEAN -> value instanceof Boolean;
      case JSON -> value instanceof Json;
      case TIMESTAMP -> false;
    };
  }

  /// The type that takes what this takes, and `value`.
  PostgresType widenedFor(Object value) {
    var its = ofValue(value);
    boolean numbers =
        (this == BIGINT || this == DOUBLE || this == NUMERIC) && (its == BIGINT || its == DOUBLE);
    return numbers ? NUMERIC : TEXT;
  }
}
