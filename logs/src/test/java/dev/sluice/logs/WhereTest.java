package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhereTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("method", Column.Type.TEXT),
          new Column("path", Column.Type.TEXT),
          new Column("status", Column.Type.INTEGER),
          new Column("bytes", Column.Type.INTEGER),
          new Column("duration", Column.Type.REAL),
          new Column("cached", Column.Type.BOOLEAN),
          new Column("data", Column.Type.JSON));
  private static final Shape SHAPE = new Shape(LogFormat.COMBINED, COLUMNS);
  private static final Map<LogFormat, List<Column>> STATIC = Map.of(LogFormat.COMBINED, COLUMNS);
  private static final Map<LogFormat, List<Column>> MIXED =
      Map.of(LogFormat.COMBINED, COLUMNS, LogFormat.JSON, List.of());

  private static final LogRecord RECORD =
      new LogRecord(
          "access.log",
          7,
          "2026-01-02T03:04:05Z",
          SHAPE,
          new @Nullable Object[] {
            "GET",
            "/api/orders/17",
            503L,
            100L,
            120.5,
            true,
            new Json(
                "{\"user\":{\"name\":\"ann\",\"age\":30,\"gone\":null},\"tags\":[\"a\",\"b\"],\"big\":1e3}")
          });
  private static final LogRecord NULLS =
      new LogRecord("access.log", 8, null, SHAPE, new @Nullable Object[COLUMNS.size()]);

  private static LogRecord json(String key, @Nullable Object value) {
    var shape = new Shape(LogFormat.JSON, List.of(new Column(key, Column.Type.TEXT)));
    return new LogRecord("app.json", 1, null, shape, new @Nullable Object[] {value});
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status >= 500 && path.startsWith(\"/api\")",
        "status == 503",
        "503 == status",
        "500 < status",
        "status != 200",
        "status in [500, 502, 503]",
        "status > 502.5",
        "duration > 100",
        "duration == 120.5",
        "!(status < 500)",
        "method == 'GET'",
        "path.endsWith('17') && path.contains('orders')",
        "path.matches('^/api/[a-z]+/\\\\d+$')",
        "matches(path, 'orders')",
        "size(path) > 10",
        "path.size() == 14",
        "cached",
        "cached == true",
        "cached ? status > 1 : false",
        "time >= \"2026-01-01T00:00:00Z\"",
        "timestamp(time) > timestamp('2026-01-01T00:00:00Z')",
        "timestamp(time).getFullYear() == 2026",
        "source == 'access.log' && line == 7",
        "bytes * 2 + 1 == 201",
        "data.user.name == 'ann' && data.user.age >= 30",
        "data.user.age > 29.5",
        "data.big == 1000",
        "data['user']['name'] == 'ann'",
        "data.tags[0] == 'a'",
        "'b' in data.tags",
        "data.tags.exists(t, t.startsWith('b'))",
        "data.tags.all(t, t != path)",
        "size(data.tags) == 2",
        "has(data.user) && has(data.user.name)",
        "!has(data.user.email) && !has(data.nothing.at.all)",
        "!has(data.user.gone) && data.user.gone == null",
        "data.user.email == null",
        "data.`user`.name == 'ann'",
        ".status == 503",
        "type(status) == int",
        "true"
      })
  void a_condition_that_is_true_of_a_record_keeps_it(String expression) {
    var where = Where.compile(expression, STATIC);

    assertThat(where.test(RECORD)).isTrue();
    assertThat(where.errors()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status < 500",
        "path == '/other'",
        "path.startsWith('api')",
        "status in [200, 404]",
        "!cached",
        "!has(data.user)",
        "data.user.name == 30",
        "data.tags.exists(t, t == 'c')"
      })
  void a_condition_that_is_false_of_a_record_does_not(String expression) {
    var where = Where.compile(expression, STATIC);

    assertThat(where.test(RECORD)).isFalse();
    assertThat(where.errors()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          status >= 500                    | status is null
          path.startsWith("/api")          | path is null
          path.matches("a")                | path is null
          time < "2026"                    | time is null
          cached                           | cached is null
          !cached                          | cached is null
          size(path) > 3                   | path is null
          status + 1 > 3                   | status is null
          status > 3 && cached             | status is null
          data.user.age > 3                | data.user.age is null
          data.tags.exists(t, t == 'a')    | data.tags is null
          """)
  void a_null_that_the_answer_depends_on_is_an_error_and_not_kept(String expression, String cause) {
    var where = Where.compile(expression, STATIC);

    assertThat(where.test(NULLS)).isFalse();
    assertThat(where.errors()).isOne();
    assertThat(where.errorsByCause()).containsExactly(Map.entry(cause, 1L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status == null",
        "status != 500",
        "!(status in [500])",
        "status > 500 || line == 8",
        "line == 8 || status > 500",
        "!(status > 500 && line == 7)",
        "!(line == 7 && status > 500)",
        "status == null || size(path) > 3"
      })
  void a_null_that_the_answer_does_not_depend_on_is_no_error(String expression) {
    var where = Where.compile(expression, STATIC);

    assertThat(where.test(NULLS)).isTrue();
    assertThat(where.errors()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          status >= 500           | a     | status is text, not a number
          status.startsWith('5')  | 5.5   | status is a number, not text
          status                  | a     | status is text, not true or false
          status + 1 > 2          | a     | + does not take such values, at character 8
          int(status) > 2         | a     | text of the wrong form, at character 4
          1 / size(status) > 2    | ''    | division by zero, at character 3
          data.x[3] == 1          | a     | data.x is null
          """)
  void a_value_of_another_type_is_an_error(String expression, String value, String cause) {
    var where = Where.compile(expression, MIXED);
    var record = json("status", value.equals("5.5") ? (Object) 5.5 : value);

    assertThat(where.test(record)).isFalse();
    assertThat(where.errorsByCause()).containsExactly(Map.entry(cause, 1L));
  }

  @Test
  void a_missing_key_or_index_within_a_value_is_an_error() {
    var key = Where.compile("data['nope'] == 1", STATIC);
    var index = Where.compile("data.tags[7] == 'a'", STATIC);

    assertThat(key.test(RECORD)).isFalse();
    assertThat(key.errorsByCause()).containsExactly(Map.entry("no such key, at character 5", 1L));
    assertThat(index.test(RECORD)).isFalse();
    assertThat(index.errorsByCause())
        .containsExactly(Map.entry("index out of bounds, at character 10", 1L));
  }

  @Test
  void a_value_that_does_not_fit_its_column_is_compared_as_what_it_is() {
    var where = Where.compile("status >= 500 && status + 1 > 2", STATIC);
    var values = RECORD.values().clone();
    values[2] = 500.5;

    assertThat(where.test(new LogRecord("a", 1, null, SHAPE, values)))
        .isFalse(); // CEL adds no int to a double
    assertThat(
            Where.compile("status >= 500", STATIC).test(new LogRecord("a", 1, null, SHAPE, values)))
        .isTrue();
  }

  @Test
  void keys_of_json_are_fields_and_unknown_ones_are_null() {
    var record = json("level", "warn");

    assertThat(Where.compile("level == 'warn'", MIXED).test(record)).isTrue();
    assertThat(Where.compile("levle == null", MIXED).test(record)).isTrue();
    assertThat(Where.compile("status == null", MIXED).test(record)).isTrue();
    assertThat(Where.compile("level == null", MIXED).test(RECORD)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type",
        "bytes",
        "namespace",
        "package",
        "function",
        "_",
        "log.level",
        "a.b.c",
        "f0"
      })
  void what_a_log_calls_its_keys_is_not_taken_for_a_word_of_cel(String key) {
    var where = Where.compile(key + " == 'x'", MIXED);
    var interpreted = Where.compile("size(" + key + ") == 1", MIXED);

    assertThat(where.test(json(key, "x"))).isTrue();
    assertThat(interpreted.test(json(key, "x"))).isTrue();
  }

  @Test
  void a_key_called_like_a_field_of_every_record_has_an_underscore_as_in_tables() {
    var record = json("source", "web");

    assertThat(Where.compile("source_ == 'web' && source == 'app.json'", MIXED).test(record))
        .isTrue();
  }

  @Test
  void a_name_within_a_loop_is_not_a_field() {
    var where = Where.compile("data.tags.exists(path, path == 'a')", STATIC);

    assertThat(where.test(RECORD)).isTrue();
  }

  @Test
  void of_a_key_that_stands_twice_the_last_counts() {
    var record = json("http", new Json("{\"status\":1,\"x\":{\"status\":3},\"status\":2}"));

    assertThat(Where.compile("http.status == 2", MIXED).test(record)).isTrue();
    assertThat(Where.compile("http['status'] == 2", MIXED).test(record)).isTrue();
  }

  @Test
  void a_whole_number_beyond_64_bits_is_a_real_one() {
    var record = json("n", new Json("{\"n\":123456789012345678901234567890}"));

    assertThat(Where.compile("n.n > 9.0e18", MIXED).test(record)).isTrue();
  }

  @Test
  void a_value_too_deep_to_read_is_an_error() {
    var deep = new Json("[".repeat(5_000) + "]".repeat(5_000));
    var fast = Where.compile("n.x == 1", MIXED);
    var interpreted = Where.compile("size(n) == 1", MIXED);

    assertThat(fast.test(json("n", deep))).isFalse();
    assertThat(fast.errorsByCause()).containsExactly(Map.entry("a JSON value cannot be read", 1L));
    assertThat(interpreted.test(json("n", deep))).isFalse();
    assertThat(interpreted.errors()).isOne();
  }

  @Test
  void records_of_ever_new_shapes_are_found_their_fields() {
    var where = Where.compile("b == 1", MIXED);

    for (int i = 0; i < 2_000; i++) {
      var columns = new ArrayList<Column>();
      for (int before = 0; before < i % 5; before++) {
        columns.add(new Column("a" + before, Column.Type.TEXT));
      }
      columns.add(new Column("b", Column.Type.INTEGER));
      var values = new @Nullable Object[columns.size()];
      values[i % 5] = 1L;

      assertThat(
              where.test(new LogRecord("x", i, null, new Shape(LogFormat.JSON, columns), values)))
          .isTrue();
    }
  }

  @Test
  void any_number_of_threads_may_test() throws Exception {
    var where = Where.compile("level == 'warn' || size(level) > 100 || status > 500", MIXED);
    var warn = json("level", "warn");
    var info = json("level", "info");
    Callable<Integer> testing =
        () -> {
          int kept = 0;
          for (int i = 0; i < 3_000; i++) {
            kept += where.test(warn) ? 1 : 0;
            kept += where.test(info) ? 1 : 0;
            kept += where.test(RECORD) ? 1 : 0;
          }
          return kept;
        };

    try (var threads = Executors.newFixedThreadPool(4)) {
      for (var kept : threads.invokeAll(List.of(testing, testing, testing, testing))) {
        assertThat(kept.get()).isEqualTo(6_000);
      }
    }

    assertThat(where.errorsByCause()).containsExactly(Map.entry("status is null", 12_000L));
  }

  @Test
  void errors_are_counted_by_cause_and_the_many_causes_of_a_long_expression_together() {
    var expression = new StringBuilder("a0 > 0");
    for (int i = 1; i < 50; i++) {
      expression.append(" || (which == ").append(i).append(" && a").append(i).append(" > 0)");
    }
    var where =
        Where.compile(expression.toString().replace("a0 > 0", "(which == 0 && a0 > 0)"), MIXED);

    for (int i = 0; i < 50; i++) {
      where.test(json("which", (long) i));
    }

    assertThat(where.errors()).isEqualTo(50);
    assertThat(where.errorsByCause()).hasSizeLessThanOrEqualTo(21).containsEntry("a0 is null", 1L);
    assertThat(where.errorsByCause().keySet()).first().isEqualTo("other causes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          status                     | 0  | status is int, not a condition
          1 + 1                      | 0  | the expression is int, not a condition
          status >=                  | 9  | the expression ends too early
          (status > 5                | 11 | ) is missing
          status > 5)                | 10 | ")" is not expected here
          status = 500               | 7  | "=" is not expected here; for equality use ==
          status > 1 and cached      | 11 | "and" is not expected here; for "and" use &&
          not cached                 | 4  | "cached" is not expected here; for "not" use !
          status <> 5                | 8  | ">" is not expected here; for inequality use !=
          path =~ 'x'                | 5  | "=~" is not expected here; for a pattern use .matches("...")
          path == "abc               | 8  | this text is not closed, or has a backslash that means nothing (a backslash itself is \\\\)
          status == 'x'              | 7  | == does not go with int and string
          status.startsWith('5')     | 17 | startsWith(string) does not go with int
          status.x == 1              | 6  | int has no fields within
          path.startWith('x')        | 5  | unknown function: startWith; did you mean 'startsWith'?
          foo(1) == 1                | 0  | unknown function: foo
          data.tags.exists(t)        | 10 | exists does not take such arguments; an example: tags.exists(t, t == "x")
          data.tags.exists(1, true)  | 17 | The argument must be a simple name
          path.matches('[')          | 13 | not a pattern: missing closing ]
          path.matches('(a{999}){999}') | 13 | the pattern is too large
          path.matches(method)       | 12 | the pattern of matches must be a literal, as in path.matches("^/api")
          99999999999999999999 == 1  | 0  | this number is too large
          Foo{a: 1} == null          | 3  | messages cannot be made here
          """)
  void a_wrong_expression_is_told_in_words_with_a_caret(
      String expression, int caret, String problem) {
    assertThatThrownBy(() -> Where.compile(expression, STATIC))
        .isInstanceOf(BadExpressionException.class)
        .hasMessage(problem + "\n  " + expression + "\n  " + " ".repeat(caret) + "^");
  }

  @Test
  void a_field_that_no_format_has_is_told_with_the_fields_there_are() {
    assertThatThrownBy(() -> Where.compile("line > 1 && stauts >= 500", STATIC))
        .isInstanceOf(BadExpressionException.class)
        .hasMessage(
            """
            unknown field: stauts; did you mean 'status'?
              line > 1 && stauts >= 500
                          ^
            known fields: source, line, time, method, path, status, bytes, duration, cached, data\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "Status, status",
        "stat, status",
        "user_path, path",
        "statsu, status",
        "tine, line' or 'time",
        "elephant, "
      })
  void the_nearest_fields_are_proposed_if_any_is_near(String field, @Nullable String proposal) {
    var hint = proposal == null ? "" : "; did you mean '" + proposal + "'?";

    assertThatThrownBy(() -> Where.compile(field + " == null", STATIC))
        .hasMessageStartingWith("unknown field: " + field + hint + "\n");
  }

  @Test
  void fields_that_two_formats_type_differently_are_typed_by_their_values() {
    Map<LogFormat, List<Column>> formats =
        Map.of(
            LogFormat.COMBINED,
            COLUMNS,
            LogFormat.SYSLOG,
            List.of(new Column("status", Column.Type.TEXT), new Column("app", Column.Type.TEXT)));

    assertThat(Where.compile("status == 'up' || status == 503", formats).test(RECORD)).isTrue();
    assertThat(Where.compile("app == null", formats).test(RECORD)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n"})
  void an_empty_expression_is_refused(String expression) {
    assertThatThrownBy(() -> Where.compile(expression, STATIC))
        .isInstanceOf(BadExpressionException.class)
        .hasMessage("the expression is empty");
  }

  @Test
  void an_expression_too_long_or_too_deep_is_refused() {
    var deep = new ArrayList<String>();
    deep.add("(".repeat(1_000) + "cached" + ")".repeat(1_000));
    deep.add("status" + "+1".repeat(2_000) + " > 1");
    deep.add("data" + "[0]".repeat(2_000) + " == 1");
    deep.add("[".repeat(1_000) + "]".repeat(1_000) + " == data");

    for (var expression : deep) {
      assertThatThrownBy(() -> Where.compile(expression, STATIC))
          .isInstanceOf(BadExpressionException.class)
          .hasMessageStartingWith("the expression is nested too deeply");
    }
    assertThatThrownBy(() -> Where.compile("status in [" + "1,".repeat(10_000) + "1]", STATIC))
        .isInstanceOf(BadExpressionException.class)
        .hasMessageStartingWith("the expression is longer than 10000 characters");
  }

  @Test
  void many_conditions_are_neither() {
    var where = Where.compile("status == 503" + " && status == 503".repeat(500), STATIC);

    assertThat(where.test(RECORD)).isTrue();
  }

  @Test
  void of_a_long_expression_the_part_at_fault_is_shown() {
    var expression = "status == 1 || ".repeat(20) + "stauts == 1" + " || status == 1".repeat(20);

    assertThatThrownBy(() -> Where.compile(expression, STATIC))
        .hasMessageContaining(
            """

              ...s == 1 || status == 1 || status == 1 || stauts == 1 || status == 1 || st...
                                                         ^
            """);
  }

  @Test
  void of_an_expression_on_several_lines_the_line_at_fault_is_shown() {
    assertThatThrownBy(() -> Where.compile("status > 1 &&\n\t'ü😀' == path &&& cached\n", STATIC))
        .hasMessage(
            """
            "&" is not expected here; for "and" use &&
               'ü😀' == path &&& cached
                               ^\
            """);
  }
}
