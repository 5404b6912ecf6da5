package dev.sluice.run;

import dev.sluice.logs.LogParsing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a stage of the file does.
sealed interface Step {
  String name();

  Policy policy();

  /// An expression, and where it stands.
  record Expression(Place place, String text) {}

  /// Keeps what fulfils a condition.
  record Filter(String name, Policy policy, Expression condition) implements Step {}

  /// Computes fields, in order.
  record Set(String name, Policy policy, Map<String, Expression> fields) implements Step {}

  /// Parses a text field: what it says takes its place.
  record Parse(String name, Policy policy, LogParsing parsing) implements Step {}

  /// Leaves out what is equal to a record before it.
  ///
  /// @param by the fields that make records equal; none for all of them
  /// @param within how long after a record, by the records' time; null for ever
  record Dedupe(String name, Policy policy, List<Expression> by, @Nullable Duration within)
      implements Step {}

  /// Lets pass so many in a time.
  record Throttle(String name, Policy policy, long items, Duration per) implements Step {}

  /// Asks somebody else.
  ///
  /// @param field what the answer goes into; null if it is the record
  /// @param key the fields by which records keep their order; none for all of them, or none at all
  /// @param whom the one who is asked
  record Call(
      String name,
      Policy policy,
      @Nullable String field,
      int workers,
      boolean ordered,
      List<Expression> key,
      Duration timeout,
      Whom whom)
      implements Step {
    /// Whether records may overtake each other.
    boolean reorders() {
      return workers > 1 && !ordered;
    }
  }

  /// Who is asked.
  sealed interface Whom {}

  /// A program.
  record Program(List<String> command) implements Whom {}

  /// A service.
  record Service(String url, String method, Map<String, String> headers) implements Whom {}
}
