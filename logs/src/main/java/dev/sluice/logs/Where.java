package dev.sluice.logs;

import dev.sluice.logs.Verdict.Failure;
import dev.sluice.logs.Verdict.Truth;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/// The condition of `--where`: which records to keep. The language is [CEL](https://cel.dev),
/// parsed and checked by its own library.
///
/// ```text
///   text --> CEL parses --> fields become variables --> CEL checks --> Condition
///                                                                     comparisons with literals: predicates
///                                                                     all else: CEL's interpreter
/// ```
///
/// An expression names `source`, `line`, `time` and the columns of the run's formats; a column that
/// a record's format does not have is null. Where a format of the run is dynamic (JSON, logfmt) any
/// name is a field, and its type that of the record's value. So it is within a JSON column:
/// `http.status` is null where there is none, and `has(http.status)` asks whether there is one that
/// is not null. The pattern of `matches` is a literal and RE2/J's: time linear in the text.
///
/// A record for which the expression is an error (`status >= 500` and its status is null) is not
/// kept, and counted. As CEL has it, `==` and `!=` are never errors, and `&&` and `||` only where
/// the other side does not decide.
///
/// Any number of threads may test records. CEL's classes are loaded with this one, and its
/// interpreter, which takes longest, only for an expression that needs it.
final class Where {
  private final Condition condition;
  private final KnownFields fields;
  private final Causes causes = new Causes();

  Where(Condition condition, KnownFields fields) {
    this.condition = condition;
    this.fields = fields;
  }

  /// @param formats the formats that the run's records may have, with their columns; those of JSON
  ///   and logfmt are not looked at
  /// @throws BadExpressionException if the text is no expression, is no condition, or names a field
  ///   that no record has
  static Where compile(String expression, Map<LogFormat, List<Column>> formats) {
    return new WhereCompiler(expression, formats).compile();
  }

  /// What [#test] looks at.
  Wanted wanted() {
    return fields.wanted();
  }

  /// Whether to keep `record`.
  boolean test(LogRecord record) {
    Verdict verdict;
    try {
      verdict = condition.test(record, fields.places(record.shape()));
    } catch (JacksonException e) { // nested or long beyond what Jackson reads
      verdict = new Failure("a JSON value cannot be read");
    }
    if (verdict instanceof Failure failure) {
      causes.count(failure.cause());
      return false;
    }
    return verdict == Truth.TRUE;
  }

  /// For how many records the expression was an error.
  long errors() {
    return causes.sum();
  }

  /// The same by cause, most frequent first: `status is null` to 12. At most some twenty causes;
  /// the last may stand for all others.
  Map<String, Long> errorsByCause() {
    return causes.byCause();
  }
}
