package dev.sluice.logs;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What happens to each record and each rejected unit on the threads that parse. Any number of
/// threads may use one.
interface RecordStep {
  /// The record to hand on, null to leave it out.
  @Nullable LogRecord keep(LogRecord logRecord);

  /// The rejected unit to hand on: never one more or less than there are.
  Rejected reject(Rejected rejected);

  /// Keeps the records that pass `filter`, as they are.
  static RecordStep filter(Predicate<LogRecord> filter) {
    return new RecordStep() {
      @Override
      public @Nullable LogRecord keep(LogRecord logRecord) {
        return filter.test(logRecord) ? logRecord : null;
      }

      @Override
      public Rejected reject(Rejected rejected) {
        return rejected;
      }
    };
  }
}
