package dev.sluice.logs;

import java.util.List;

/// The columns of a record, shared by all records that have the same ones in the same order, so
/// that whoever writes records can look a shape up once and not each name each time.
///
/// The columns `source`, `line` and `time`, which every record has, are not among them.
final class Shape {
  private final LogFormat format;
  private final List<Column> columns;

  Shape(LogFormat format, List<Column> columns) {
    this.format = format;
    this.columns = List.copyOf(columns);
  }

  LogFormat format() {
    return format;
  }

  List<Column> columns() {
    return columns;
  }
}
