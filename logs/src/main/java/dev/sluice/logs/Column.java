package dev.sluice.logs;

/// A named, typed field of a record.
///
/// @param name as the format calls it, or as the line spelt the key
/// @param type what its values are
record Column(String name, Type type) {

  /// What a column holds. A value that does not fit its column's type is kept all the same.
  enum Type {
    TEXT,
    INTEGER,
    REAL,
    BOOLEAN,
    /// A nested value, kept as its JSON text.
    JSON
  }
}
