package dev.sluice.run;

/// Where something stands in a file.
///
/// @param file as the user calls it
/// @param line from 1
/// @param column from 1
record Place(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
