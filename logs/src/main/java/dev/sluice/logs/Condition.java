package dev.sluice.logs;

import com.google.re2j.Pattern;
import dev.sluice.logs.KnownFields.Field;
import dev.sluice.logs.KnownFields.Place;
import dev.sluice.logs.Verdict.Failure;
import dev.sluice.logs.Verdict.Truth;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A part of an expression that is true, false or an error, decided without CEL's interpreter but
/// exactly as it would.
///
/// Conditions are immutable and, but for errors and nested values, allocate nothing.
interface Condition {
  /// Whether it holds for a record.
  ///
  /// @param places what [KnownFields#places] gives for the record's shape
  Verdict test(LogRecord record, Place[] places);

  /// True if both hold, false if either does not, even if the other is an error.
  record And(Condition left, Condition right) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var first = left.test(record, places);
      if (first == Truth.FALSE) {
        return first;
      }
      var second = right.test(record, places);
      return second == Truth.FALSE || first == Truth.TRUE ? second : first;
    }
  }

  /// True if either holds, even if the other is an error; false if neither does.
  record Or(Condition left, Condition right) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var first = left.test(record, places);
      if (first == Truth.TRUE) {
        return first;
      }
      var second = right.test(record, places);
      return second == Truth.TRUE || first == Truth.FALSE ? second : first;
    }
  }

  record Not(Condition condition) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var result = condition.test(record, places);
      return result instanceof Truth ? Verdict.of(result == Truth.FALSE) : result;
    }
  }

  /// A field that is itself true or false.
  record Is(Field field) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var value = field.in(record, places);
      return value instanceof Boolean holds
          ? Verdict.of(holds)
          : unfit(field, value, "true or false");
    }
  }

  /// Whether a record has a field, and it is not null: `has(http.status)`.
  record Has(Field field) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      return Verdict.of(field.in(record, places) != null);
    }
  }

  /// `==` with a `String`, `Boolean`, `Long`, `Double` or null; values of different kinds are
  /// unequal, not errors.
  record Equals(Field field, @Nullable Object literal) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      return Verdict.of(equal(field.in(record, places), literal));
    }
  }

  /// `in` a list of what [Equals] takes. `literals` holds all but null, `numbers` its numbers once
  /// more.
  record In(Field field, Set<Object> literals, List<Number> numbers, boolean orNull)
      implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var value = field.in(record, places);
      return Verdict.of(value == null ? orNull : literals.contains(value) || isNumber(value));
    }

    private boolean isNumber(Object value) {
      if (value instanceof Number) {
        for (var number : numbers) {
          if (equal(value, number)) {
            return true;
          }
        }
      }
      return false;
    }
  }

  /// `<`, `<=`, `>` and `>=` with a `String`, `Long` or `Double`.
  record Compare(Field field, Order order, Object literal) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var value = field.in(record, places);
      if (literal instanceof String text) {
        return value instanceof String string
            ? Verdict.of(order.holds(string.compareTo(text)))
            : unfit(field, value, "text");
      }
      if (value instanceof Long whole) {
        return Verdict.of(
            order.holds(
                literal instanceof Long number
                    ? whole.compareTo(number)
                    : -compare((Double) literal, whole)));
      }
      if (value instanceof Double real) {
        return Verdict.of(
            literal instanceof Double number
                ? order.holds(real, number)
                : order.holds(compare(real, (Long) literal)));
      }
      return unfit(field, value, "a number");
    }
  }

  /// `startsWith`, `endsWith`, `contains` with a literal text.
  record Text(Field field, TextTest test, String literal) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var value = field.in(record, places);
      return value instanceof String text
          ? Verdict.of(test.holds(text, literal))
          : unfit(field, value, "text");
    }
  }

  /// `matches` with a literal pattern, anywhere in the text, in time linear in its length.
  record Matches(Field field, Pattern pattern) implements Condition {
    @Override
    public Verdict test(LogRecord record, Place[] places) {
      var value = field.in(record, places);
      return value instanceof String text
          ? Verdict.of(pattern.matcher(text).find())
          : unfit(field, value, "text");
    }
  }

  /// The comparisons that have an order, by CEL's names.
  enum Order {
    LESS("_<_"),
    LESS_OR_EQUAL("_<=_"),
    GREATER("_>_"),
    GREATER_OR_EQUAL("_>=_");

    final String function;

    Order(String function) {
      this.function = function;
    }

    /// This comparison with its sides exchanged.
    Order flipped() {
      return switch (this) {
        case LESS -> GREATER;
        case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
        case GREATER -> LESS;
        case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
      };
    }

    boolean holds(int comparison) {
      return switch (this) {
        case LESS -> comparison < 0;
        case LESS_OR_EQUAL -> comparison <= 0;
        case GREATER -> comparison > 0;
        case GREATER_OR_EQUAL -> comparison >= 0;
      };
    }

    /// As IEEE 754 has it: false for NaN.
    boolean holds(double left, double right) {
      return switch (this) {
        case LESS -> left < right;
        case LESS_OR_EQUAL -> left <= right;
        case GREATER -> left > right;
        case GREATER_OR_EQUAL -> left >= right;
      };
    }
  }

  /// Tests of a text against another, by CEL's names.
  enum TextTest {
    STARTS_WITH("startsWith"),
    ENDS_WITH("endsWith"),
    CONTAINS("contains");

    final String function;

    TextTest(String function) {
      this.function = function;
    }

    boolean holds(String text, String literal) {
      return switch (this) {
        case STARTS_WITH -> text.startsWith(literal);
        case ENDS_WITH -> text.endsWith(literal);
        case CONTAINS -> text.contains(literal);
      };
    }
  }

  private static boolean equal(@Nullable Object value, @Nullable Object literal) {
    if (value instanceof Number && literal instanceof Number) {
      if (value instanceof Long whole) {
        return literal instanceof Long number
            ? whole.equals(number)
            : compare((Double) literal, whole) == 0;
      }
      double real = (Double) value;
      return literal instanceof Double number ? real == number : compare(real, (Long) literal) == 0;
    }
    return value == null ? literal == null : value.equals(literal);
  }

  /// Compares as CEL does, which puts NaN above all whole numbers and -0.0 below 0.
  private static int compare(double real, long whole) {
    return Double.compare(real, (double) whole);
  }

  private static Failure unfit(Field field, @Nullable Object value, String expected) {
    var found =
        switch (value) {
          case null -> null;
          case String _ -> "text";
          case Number _ -> "a number";
          case Boolean _ -> "true or false";
          case List<?> _ -> "a list";
          case Map<?, ?> _ -> "an object";
          default -> "an object or a list";
        };
    return found == null
        ? field.isNull()
        : new Failure(field + " is " + found + ", not " + expected);
  }
}
