package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Compiled to predicates or left to CEL's interpreter, an expression keeps the same records and is
/// an error for the same ones.
class WhereDifferentialTest {
  private static final int EXPRESSIONS = 150;
  private static final int RECORDS = 20;
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "n");
  private static final List<String> FIELDS =
      List.of("a", "b", "c", "d", "n", "n.x", "n.y.z", "line", "time", "gone");
  private static final List<String> LITERALS =
      List.of(
          "0",
          "-1",
          "5",
          "9007199254740993",
          "9223372036854775807",
          "0.0",
          "-0.0",
          "5.0",
          "5.5",
          "1e300",
          "9007199254740992.0",
          "''",
          "'a'",
          "'ab'",
          "'é'",
          "'😀'",
          "'\uffee'",
          "'2026'",
          "true",
          "false",
          "null");
  private static final @Nullable Object[] VALUES = {
    null,
    0L,
    5L,
    -1L,
    9007199254740993L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    0.0,
    -0.0,
    5.0,
    5.5,
    9007199254740992.0,
    9.223372036854776E18,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    "",
    "a",
    "ab",
    "é",
    "😀",
    "\uffee",
    true,
    false
  };
  private static final List<String> NESTED =
      List.of(
          "{}",
          "[]",
          "[1,\"a\",null]",
          "{\"x\":5,\"y\":{\"z\":\"ab\"}}",
          "{\"x\":null,\"y\":{\"z\":5.5}}",
          "{\"x\":[5,\"a\"],\"y\":{\"z\":true}}",
          "{\"x\":{},\"y\":7}",
          "{\"x\":\"a\",\"y\":{\"z\":[]}}");

  private final Random random = new Random(20261121);

  @Test
  void predicates_decide_as_the_interpreter_does() {
    Map<LogFormat, List<Column>> formats = Map.of(LogFormat.JSON, List.of());
    var records = new ArrayList<LogRecord>();
    for (int i = 0; i < RECORDS; i++) {
      records.add(record());
    }
    int compared = 0;
    int kept = 0;
    int errors = 0;

    for (int i = 0; i < EXPRESSIONS; i++) {
      var expression = condition(3);
      Where predicates;
      Where interpreted;
      try {
        predicates = Where.compile(expression, formats);
        interpreted = new WhereCompiler(expression, formats).compileInterpreted();
      } catch (BadExpressionException e) {
        assertThat(e.getMessage())
            .containsAnyOf("does not go with", "not a condition"); // `a < null`, `time`
        continue;
      }
      for (var record : records) {
        boolean expected = interpreted.test(record);

        assertThat(predicates.test(record))
            .as(() -> expression + " of " + describe(record))
            .isEqualTo(expected);
        assertThat(predicates.errors())
            .as(() -> "errors of " + expression + " of " + describe(record))
            .isEqualTo(interpreted.errors());
        compared++;
        kept += expected ? 1 : 0;
      }
      errors += (int) interpreted.errors();
    }

    // The test compares something: there are enough of all three outcomes.
    assertThat(kept).isGreaterThan(compared / 10);
    assertThat(errors).isGreaterThan(compared / 10);
    assertThat(compared - kept - errors).isGreaterThan(compared / 10);
  }

  private static String describe(LogRecord record) {
    return record.shape().columns().stream().map(Column::name).toList()
        + Arrays.toString(record.values());
  }

  private LogRecord record() {
    var columns = new ArrayList<Column>();
    var values = new ArrayList<@Nullable Object>();
    for (var name : NAMES) {
      if (random.nextInt(8) > 0) {
        columns.add(new Column(name, Column.Type.TEXT));
        boolean nested = name.equals("n") ? random.nextInt(8) > 0 : random.nextInt(12) == 0;
        values.add(nested ? new Json(pick(NESTED)) : VALUES[random.nextInt(VALUES.length)]);
      }
    }
    var time = random.nextBoolean() ? "2026-01-01T00:00:00Z" : null;
    return new LogRecord(
        "x", random.nextInt(7), time, new Shape(LogFormat.JSON, columns), values.toArray());
  }

  private String condition(int depth) {
    if (depth > 0) {
      var left = condition(depth - 1);
      return switch (random.nextInt(8)) {
        case 0, 1 -> "(" + left + " && " + condition(depth - 1) + ")";
        case 2, 3 -> "(" + left + " || " + condition(depth - 1) + ")";
        case 4 -> "!(" + left + ")";
        case 5 -> "(" + left + " ? " + condition(depth - 1) + " : " + condition(depth - 1) + ")";
        default -> left;
      };
    }
    var field = pick(FIELDS);
    var literal = pick(LITERALS);
    return switch (random.nextInt(12)) {
      case 0, 1 -> field + pick(List.of(" == ", " != ")) + literal;
      case 2, 3 -> field + pick(List.of(" < ", " <= ", " > ", " >= ")) + literal;
      case 4 -> literal + pick(List.of(" == ", " < ", " <= ", " > ", " >= ")) + field;
      case 5 -> field + " in [" + literal + ", " + pick(LITERALS) + ", " + pick(LITERALS) + "]";
      case 6 -> field + pick(List.of(".startsWith", ".endsWith", ".contains")) + "('a')";
      case 7 -> field + ".matches('^a|5')";
      case 8 -> field;
      case 9 -> "has(n." + pick(List.of("x", "y", "y.z", "q")) + ")";
      case 10 -> field + pick(List.of(" == ", " < ")) + pick(FIELDS);
      default -> "size(" + field + ") < 2";
    };
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
