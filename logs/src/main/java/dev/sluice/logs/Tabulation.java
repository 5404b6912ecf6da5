package dev.sluice.logs;

import java.io.IOException;

/// An [Aggregate] whose results are a table that a user asked for.
interface Tabulation extends Aggregate {
  /// Writes what was added up; after the last [#take].
  void results(Results out) throws IOException;
}
