package dev.sluice.logs;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the results of aggregates as tables, one after the other.
interface Results {
  /// Writes a table.
  void write(Table table) throws IOException;

  /// A table of results.
  ///
  /// @param kind the option that asked for it, without its dashes
  /// @param columns the names of the cells of each row
  /// @param rows may be gone through more than once
  /// @param note a sentence for people about the whole of it; null if there is nothing to say
  record Table(String kind, List<String> columns, Rows rows, @Nullable String note) {}

  /// The rows of a table, in order.
  interface Rows {
    void forEach(Row row) throws IOException;
  }

  /// Takes a row.
  interface Row {
    /// Takes its cells.
    ///
    /// @param cells as the values of a [LogRecord], or a [Share]; null for what a record does not
    ///   have
    void take(List<@Nullable Object> cells) throws IOException;
  }

  /// A part of a whole, from 0 to 1: for people, since programs can divide.
  record Share(double part) {}
}
