package dev.sluice.logs;

/// A nested value of a record, kept as the JSON text that the line had.
///
/// @param text one valid JSON array or object
record Json(String text) {
  @Override
  public String toString() {
    return text;
  }
}
