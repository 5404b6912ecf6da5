package dev.sluice.logs;

/// What an expression makes of a record: yes, no, or an error.
sealed interface Verdict {
  /// Yes and no.
  enum Truth implements Verdict {
    TRUE,
    FALSE
  }

  /// That it cannot be decided.
  ///
  /// @param cause why, in few words which name no value of the record
  record Failure(String cause) implements Verdict {}

  static Verdict of(boolean holds) {
    return holds ? Truth.TRUE : Truth.FALSE;
  }
}
