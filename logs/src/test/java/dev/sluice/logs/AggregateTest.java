package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AggregateTest {
  private static Counts exact(String... fields) {
    return new Counts("count-by", List.of(fields), 0, Integer.MAX_VALUE, Counts.Bound.EXACT);
  }

  /// Gives `records` to `aggregate` as blocks of as many.
  private static <T extends Aggregate> T after(T aggregate, int block, List<LogRecord> records)
      throws IOException {
    for (int i = 0; i < records.size(); i += block) {
      var part = aggregate.begin();
      records.subList(i, Math.min(records.size(), i + block)).forEach(part::add);
      aggregate.take(part);
    }
    return aggregate;
  }

  private static List<String> text(Tabulation aggregate) throws IOException {
    var out = new ByteArrayOutputStream();
    aggregate.results(new TextResults(out));
    return out.toString(UTF_8).lines().toList();
  }

  private static List<String> json(Tabulation aggregate) throws IOException {
    var out = new ByteArrayOutputStream();
    aggregate.results(new JsonResults(out));
    return out.toString(UTF_8).lines().toList();
  }

  private static List<Results.Table> tables(Tabulation aggregate) throws IOException {
    var tables = new ArrayList<Results.Table>();
    aggregate.results(tables::add);
    return tables;
  }

  private static List<List<@Nullable Object>> rows(Tabulation aggregate) throws IOException {
    var rows = new ArrayList<List<@Nullable Object>>();
    tables(aggregate).getFirst().rows().forEach(rows::add);
    return rows;
  }

  private static LogRecord at(@Nullable String time, @Nullable Object... keysAndValues) {
    var logRecord = TargetFixtures.json(1, keysAndValues);
    return new LogRecord(
        logRecord.source(), logRecord.line(), time, logRecord.shape(), logRecord.values());
  }

  @Test
  void counts_the_values_of_a_field_the_most_frequent_first() throws Exception {
    var counts =
        after(
            exact("status"),
            2,
            List.of(
                TargetFixtures.access("a", 1, "/", 200, 1L),
                TargetFixtures.access("a", 2, "/", 404, 1L),
                TargetFixtures.access("a", 3, "/", 200, 1L),
                TargetFixtures.json(4, "other", 1L),
                TargetFixtures.access("a", 5, "/", 200, 1L)));

    assertThat(text(counts))
        .containsExactly(
            "count    share  status",
            "    3  60.00 %     200",
            "    1  20.00 %       -",
            "    1  20.00 %     404");
    assertThat(json(counts))
        .containsExactly(
            "{\"aggregate\":\"count-by\",\"count\":3,\"status\":200}",
            "{\"aggregate\":\"count-by\",\"count\":1,\"status\":null}",
            "{\"aggregate\":\"count-by\",\"count\":1,\"status\":404}");
  }

  @Test
  void values_of_different_types_are_different() throws Exception {
    var records = new ArrayList<LogRecord>();
    for (var value :
        Arrays.asList(
            "1", 1L, 1.0, true, "true", null, "", new Json("[1]"), "[1]", "\u00e9\ud83d\ude80")) {
      records.add(TargetFixtures.json(1, "v", value));
      records.add(TargetFixtures.json(1, "v", value));
    }

    assertThat(rows(after(exact("v"), 3, records)))
        .hasSize(10)
        .allMatch(cells -> Long.valueOf(2).equals(cells.getFirst()))
        .extracting(cells -> cells.getLast())
        .containsExactlyInAnyOrder(
            "1", 1L, 1.0, true, "true", null, "", new Json("[1]"), "[1]", "\u00e9\ud83d\ude80");
  }

  @Test
  void counts_several_fields_together_also_within_json() throws Exception {
    var counts =
        after(
            exact("http.status", "level"),
            10,
            List.of(
                TargetFixtures.json(1, "http", new Json("{\"status\":500}"), "level", "ERROR"),
                TargetFixtures.json(2, "level", "ERROR", "http", new Json("{\"status\":500}")),
                TargetFixtures.json(3, "http", new Json("{\"status\":500}"), "level", "WARN")));

    assertThat(text(counts))
        .containsExactly(
            "count    share  http.status  level",
            "    2  66.67 %          500  ERROR",
            "    1  33.33 %          500  WARN");
  }

  @Test
  void counts_as_a_map_does() throws Exception {
    var random = new Random(3);
    var expected = new HashMap<List<@Nullable Object>, Long>();
    var records = new ArrayList<LogRecord>();
    for (int i = 0; i < 30_000; i++) {
      int number = (int) Math.abs(random.nextGaussian() * 1_000);
      var path = "/" + Integer.toString(number, 36);
      records.add(TargetFixtures.access("a", i, path, 200 + number % 7, 1L));
      expected.merge(List.of(path, 200L + number % 7), 1L, Long::sum);
    }

    var rows = rows(after(exact("path", "status"), 1_024, records));

    var counted = new HashMap<List<@Nullable Object>, Long>();
    rows.forEach(cells -> counted.put(cells.subList(2, 4), (Long) cells.getFirst()));
    assertThat(counted).isEqualTo(expected);
    assertThat(rows)
        .extracting(cells -> (Long) cells.getFirst())
        .isSortedAccordingTo((one, other) -> Long.compare(other, one));
  }

  @Test
  void spans_of_time_begin_at_whole_multiples_and_come_in_order() throws Exception {
    var counts = new Counts("count-by", List.of("v"), 15, Integer.MAX_VALUE, Counts.Bound.EXACT);
    after(
        counts,
        2,
        List.of(
            at("2026-01-01T00:29:59.999Z", "v", "b"),
            at("2026-01-01T00:15:00Z", "v", "a"),
            at("2026-01-01T00:15:00Z", "v", "b"),
            at("1969-12-31T23:59:59Z", "v", "a"),
            at(null, "v", "a"),
            at("2026-01-01T00:30:00Z", "v", "a")));

    assertThat(text(counts))
        .containsExactly(
            "time                  count    share  v",
            "-                         1  16.67 %  a",
            "1969-12-31T23:45:00Z      1  16.67 %  a",
            "2026-01-01T00:15:00Z      2  33.33 %  b",
            "2026-01-01T00:15:00Z      1  16.67 %  a",
            "2026-01-01T00:30:00Z      1  16.67 %  a");
    assertThat(counts.wanted().time()).isTrue();
  }

  @Test
  void too_many_values_to_count_exactly_are_an_error_that_says_what_to_do() throws Exception {
    var bound = new Counts.Bound(0, 1_000, 1 << 20);
    var counts = new Counts("count-by", List.of("path"), 0, Integer.MAX_VALUE, bound);
    after(counts, 100, numbered(1_000, 10));

    assertThatThrownBy(() -> after(counts, 100, numbered(1_001, 10)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "--count-by path: path has more than 1,000 different values, or 1 MiB of them, which is too much to"
                + " count exactly; add --approximate, or use --top 10 path");
  }

  @Test
  void too_long_values_are_too_many_as_well() throws Exception {
    var bound = new Counts.Bound(0, 1_000, 1 << 20);
    var counts = new Counts("count-by", List.of("path"), 0, Integer.MAX_VALUE, bound);

    assertThatThrownBy(() -> after(counts, 100, numbered(20, 100_000)))
        .hasMessageContaining("1 MiB of them");
  }

  private static List<LogRecord> numbered(int count, int length) {
    var records = new ArrayList<LogRecord>();
    for (int i = 0; i < count; i++) {
      records.add(TargetFixtures.access("a", i, "/" + i + "x".repeat(length), 200, 1L));
    }
    return records;
  }

  @Test
  void about_means_never_too_low_and_too_high_by_at_most_the_error_shown() throws Exception {
    var random = new Random(7);
    for (var bound : List.of(Counts.Bound.about(50), new Counts.Bound(1_000, 2_000, 4_000))) {
      var top = new Counts("top", List.of("path"), 0, 40, bound);
      var expected = new HashMap<String, Long>();
      var records = new ArrayList<LogRecord>();
      for (int i = 0; i < 40_000; i++) {
        int number = (int) Math.min(1e6, 1 / Math.pow(random.nextDouble(), 1.2));
        var path = "/" + number + (i % 3 == 0 ? "?" + i : "");
        records.add(TargetFixtures.access("a", i, path, 200, 1L));
        expected.merge(path, 1L, Long::sum);
      }

      var rows = rows(after(top, 333, records));

      assertThat(tables(top).getFirst().columns())
          .containsExactly("count", "error", "share", "path");
      assertThat(rows).hasSize(40);
      var shown = new HashMap<Object, Long>();
      for (var cells : rows) {
        long count = (Long) cells.get(0);
        long error = (Long) cells.get(1);
        var path = (String) cells.get(3);
        assertThat(expected.get(path)).as(path).isBetween(count - error, count);
        assertThat(error).isLessThanOrEqualTo(40_000 / 20);
        shown.put(path, count);
      }
      long most = missing(top);
      expected.forEach((path, count) -> {
        if (!shown.containsKey(path)) {
          assertThat(count).as(path).isLessThanOrEqualTo(most);
        }
      });
      assertThat(rows.getFirst().get(3)).isEqualTo("/1");
    }
  }

  /// What the note says that a value which is not shown may have at most.
  private static long missing(Tabulation aggregate) throws IOException {
    var note = String.valueOf(tables(aggregate).getFirst().note());
    return Long.parseLong(note.replaceAll(".*at most (\\d+) times", "$1"));
  }

  @Test
  void the_error_is_at_most_the_records_over_the_kept_values() throws Exception {
    var counts = new Counts("top", List.of("path"), 0, 10, Counts.Bound.about(100));

    after(counts, 64, numbered(20_000, 3));

    assertThat(missing(counts)).isBetween(1L, 20_000L / 100);
  }

  @Test
  void where_there_is_room_a_top_is_exact() throws Exception {
    var counts = new Counts("top", List.of("path"), 0, 2, Counts.Bound.about(100));

    after(counts, 64, numbered(150, 0));

    assertThat(text(counts))
        .containsExactly(
            "count   share  path", "    1  0.67 %  /0", "    1  0.67 %  /1", "# and 148 more");
  }

  @Test
  void percentiles_are_of_the_numbers_of_a_field() throws Exception {
    var records = new ArrayList<LogRecord>();
    for (int i = 1; i <= 1_000; i++) {
      records.add(TargetFixtures.json(i, "n", (long) i, "took", i / 1_000.0));
    }
    records.add(TargetFixtures.json(1, "n", "none", "took", null));
    records.add(TargetFixtures.json(1, "took", Double.NaN));

    var percentiles = after(new Percentiles(List.of("n", "took", "nothing")), 100, records);

    assertThat(text(percentiles))
        .containsExactly(
            "field    count  without  p50  p90   p99  p99.9   max",
            "n         1000        2  500  900   990    999  1000",
            "took      1000        2  0.5  0.9  0.99  0.999     1",
            "nothing      0     1002    -    -     -      -     -");
    assertThat(json(percentiles).getFirst())
        .isEqualTo(
            "{\"aggregate\":\"percentiles\",\"field\":\"n\",\"count\":1000,\"without\":2,"
                + "\"p50\":500,\"p90\":900,\"p99\":990,\"p99.9\":999,\"max\":1000}");
  }

  @Test
  void a_value_never_steers_the_terminal_nor_begins_a_row() throws Exception {
    var counts = after(exact("v"), 1, List.of(TargetFixtures.json(1, "v", "a\u001b[2J\nb\u202e")));

    assertThat(text(counts)).hasSize(2).last().asString().endsWith("  a\ufffd[2J\ufffdb\ufffd");
  }

  @Test
  void a_field_called_as_a_column_of_the_results_is_told_apart() throws Exception {
    var counts =
        after(exact("count", "aggregate"), 1, List.of(TargetFixtures.json(1, "count", 7L)));

    assertThat(json(counts))
        .containsExactly(
            "{\"aggregate\":\"count-by\",\"count\":1,\"count_\":7,\"aggregate_\":null}");
  }

  @Test
  void fields_that_no_record_can_have_are_refused_and_any_of_json_are_not() {
    var asked = new Aggregation(List.of("stauts"), 0, List.of(), List.of(), false);

    assertThatThrownBy(() ->
            AggregateTarget.check(asked, Map.of(LogFormat.COMMON, LogFormat.COMMON.columns())))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--count-by: unknown field 'stauts'; did you mean 'status'?")
        .hasMessageContaining("known fields: source, line, time, host");
    AggregateTarget.check(asked, Map.of(LogFormat.JSON, LogFormat.JSON.columns()));
  }
}
