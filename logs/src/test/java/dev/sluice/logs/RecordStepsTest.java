package dev.sluice.logs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordStepsTest {
  private static final Map<LogFormat, List<Column>> COMBINED =
      Map.of(LogFormat.COMBINED, LogFormat.COMBINED.columns());
  private static final Map<LogFormat, List<Column>> JSON =
      Map.of(LogFormat.JSON, LogFormat.JSON.columns());

  /// Options with all but one at rest.
  private static final class Asked {
    @Nullable String since;
    @Nullable String until;
    double sample = 1;
    long seed = 1;
    List<String> set = List.of();
    @Nullable List<String> dedupe;
    @Nullable Duration within;
    List<String> redact = List.of();
    List<String> fields = List.of();
    @Nullable String where;

    RecordSteps steps(Map<LogFormat, List<Column>> formats) {
      var options =
          new RecordOptions(since, until, sample, seed, set, dedupe, within, redact, fields);
      var job =
          LogJob.reading(List.of("-"))
              .where(where)
              .now(Instant.parse("2026-11-21T12:00:00Z"))
              .records(options)
              .build();
      return RecordSteps.of(job, formats);
    }
  }

  private static @Nullable Map<String, Object> kept(Asked asked, String line) {
    var kept = asked.steps(JSON).keep(new Lines(LogFormat.JSON).record(line));
    return kept == null ? null : Lines.values(kept);
  }

  private static LogRecord at(@Nullable String time) {
    var shape = new Shape(LogFormat.JSON, List.of());
    return new LogRecord("a.json", 1, time, shape, new @Nullable Object[0]);
  }

  // Time

  @ParameterizedTest
  @CsvSource({
    "2026-11-21T10:00:00Z, true",
    "2026-11-21T10:00:00.000Z, true",
    "2026-11-21T09:59:59.999Z, false",
    "2026-11-21T10:59:59.999999999Z, true",
    "2026-11-21T11:00:00Z, false",
    "2026-11-21T11:00:00.000Z, false",
    "2027-01-01T00:00:00Z, false"
  })
  void a_range_holds_its_beginning_and_not_its_end(String time, boolean in) {
    var asked = new Asked();
    asked.since = "2h";
    asked.until = "2026-11-21T11:00Z";

    assertThat(asked.steps(JSON).keep(at(time)) != null).isEqualTo(in);
  }

  @Test
  void a_record_without_a_time_is_in_no_range_and_that_is_told() {
    var asked = new Asked();
    asked.since = "yesterday";
    var steps = asked.steps(JSON);

    assertThat(steps.keep(at(null))).isNull();
    assertThat(steps.keep(at("2026-11-01T00:00:00Z"))).isNull();

    assertThat(steps.announcements()).containsExactly("records from 2026-11-20T00:00:00Z");
    assertThat(steps.remarks())
        .containsExactly("1 of the filtered tell no time, so --since and --until left them out");
    assertThat(steps.filteredBy()).containsEntry("--since and --until", 2L);
  }

  @Test
  void a_range_that_holds_nothing_is_refused() {
    var asked = new Asked();
    asked.since = "today";
    asked.until = "yesterday";

    assertThatThrownBy(() -> asked.steps(JSON))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no record could be kept");
  }

  // Sample

  @Test
  void a_sample_has_about_its_share_and_the_same_records_each_time() {
    var asked = new Asked();
    asked.sample = 0.1;
    var first = taken(asked);
    var second = taken(asked);
    asked.seed = 2;
    var other = taken(asked);

    assertThat(first).hasSizeBetween(9_700, 10_300).isEqualTo(second);
    assertThat(other).hasSizeBetween(9_700, 10_300);
    other.retainAll(first);
    assertThat(other).hasSizeBetween(850, 1_150); // independent: a tenth of a tenth
  }

  private static Set<Long> taken(Asked asked) {
    var steps = asked.steps(JSON);
    var taken = new HashSet<Long>();
    var shape = new Shape(LogFormat.JSON, List.of());
    for (long line = 1; line <= 100_000; line++) {
      var logRecord = new LogRecord("a.json", line, null, shape, new @Nullable Object[0]);
      if (steps.keep(logRecord) != null) {
        taken.add(line);
      }
    }
    assertThat(steps.filteredBy()).containsEntry("--sample", 100_000L - taken.size());
    return taken;
  }

  // Set

  @Test
  void fields_are_computed_one_after_the_other_and_where_may_name_them() {
    var asked = new Asked();
    asked.set = List.of("slow=ms > 500", "kind = slow ? 'slow' : 'fast'", "ms=ms * 2");
    asked.where = "kind == 'slow' && ms == 1200";

    assertThat(kept(asked, "{\"ms\":600}"))
        .isEqualTo(Map.of("ms", 1200L, "slow", true, "kind", "slow"));
    assertThat(kept(asked, "{\"ms\":500}")).isNull();
  }

  @Test
  void what_cannot_be_computed_is_null_and_counted() {
    var asked = new Asked();
    asked.set = List.of("double=ms * 2", "copy=ms", "fixed='x'");
    var steps = asked.steps(JSON);

    var kept = steps.keep(new Lines(LogFormat.JSON).record("{\"n\":1}"));

    assertThat(Lines.values(requireNonNull(kept))).isEqualTo(Map.of("n", 1L, "fixed", "x"));
    assertThat(steps.remarks())
        .containsExactly("--set left a field null in 1 records: double: ms is null");
  }

  @Test
  void values_of_every_type_become_what_records_hold() {
    var asked = new Asked();
    asked.set =
        List.of(
            "list=[1, 'a', {'b': [true, null, 1.5]}]",
            "none=[]",
            "empty={}",
            "when=timestamp('2026-01-02T03:04:05Z')",
            "year=timestamp('2026-01-02T03:04:05Z').getFullYear()",
            "big=5u",
            "raw=b'ab'",
            "inner=o.x",
            "whole=o");

    assertThat(kept(asked, "{\"o\":{\"x\":{\"y\":1}}}"))
        .containsEntry("list", new Json("[1,\"a\",{\"b\":[true,null,1.5]}]"))
        .containsEntry("none", new Json("[]"))
        .containsEntry("empty", new Json("{}"))
        .containsEntry("when", "2026-01-02T03:04:05Z")
        .containsEntry("year", 2026L)
        .containsEntry("big", 5L)
        .containsEntry("raw", "YWI=")
        .containsEntry("inner", new Json("{\"y\":1}"))
        .containsEntry("whole", new Json("{\"x\":{\"y\":1}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          slow            | --set: 'slow' is not NAME=EXPR
          =1              | is not NAME=EXPR
          status==500     | is not NAME=EXPR
          time=1          | time cannot be set
          x=stauts + 1    | unknown field: stauts; did you mean 'status'?
          x=status +      | the expression ends too early
          """)
  void a_field_that_cannot_be_computed_is_refused(String set, String message) {
    var asked = new Asked();
    asked.set = List.of(set);

    assertThatThrownBy(() -> asked.steps(COMBINED))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  // Fields

  @Test
  void fields_are_chosen_in_order_also_from_within_others_and_among_computed_ones() {
    var asked = new Asked();
    asked.set = List.of("twice=n * 2");
    asked.fields = List.of("twice", "http.status", "line", "gone", "http", "n");
    var steps = asked.steps(JSON);
    var projection = requireNonNull(steps.projection());

    var kept =
        requireNonNull(
            steps.keep(
                new Lines(LogFormat.JSON).record("{\"n\":2,\"http\":{\"status\":200},\"x\":1}")));
    var chosen = projection.apply(kept);

    assertThat(chosen.shape().columns())
        .containsExactly(
            new Column("twice", Column.Type.INTEGER),
            new Column("http.status", Column.Type.INTEGER),
            new Column("gone", Column.Type.TEXT),
            new Column("http", Column.Type.JSON),
            new Column("n", Column.Type.INTEGER));
    assertThat(chosen.values()).containsExactly(4L, 200L, null, new Json("{\"status\":200}"), 2L);
    assertThat(projection.apply(kept).shape()).isSameAs(chosen.shape());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stauts      | --fields: unknown field: stauts; did you mean 'status'?
          status,host,status | --fields names status twice
          a..b        | is no name of a field
          """)
  void a_field_that_no_record_has_is_refused(String fields, String message) {
    var asked = new Asked();
    asked.fields = List.of(fields.split(","));

    assertThatThrownBy(() -> asked.steps(COMBINED)).hasMessageContaining(message);
  }

  @Test
  void dedupe_and_redact_check_their_fields_too() {
    var dedupe = new Asked();
    dedupe.dedupe = List.of("pathh");
    var redact = new Asked();
    redact.redact = List.of("usr");

    assertThatThrownBy(() -> dedupe.steps(COMBINED)).hasMessageContaining("did you mean 'path'?");
    assertThatThrownBy(() -> redact.steps(COMBINED)).hasMessageContaining("did you mean 'user'?");
  }

  // Order

  @Test
  void conditions_and_computed_fields_see_what_is_redacted_only_afterwards() {
    var asked = new Asked();
    asked.set = List.of("net=ip.startsWith('10.')", "again=ip");
    asked.where = "ip == '10.0.0.1'";
    asked.redact = List.of("addresses");

    assertThat(kept(asked, "{\"ip\":\"10.0.0.1\"}"))
        .isEqualTo(Map.of("ip", "[address]", "net", true, "again", "[address]"));
  }

  @Test
  void with_dedupe_redaction_waits_until_duplicates_are_known() {
    var asked = new Asked();
    asked.dedupe = new ArrayList<>();
    asked.redact = List.of("addresses");
    var steps = asked.steps(JSON);
    var lines = new Lines(LogFormat.JSON);
    var records = new ArrayList<LogRecord>();
    for (var ip : List.of("10.0.0.1", "10.0.0.2", "10.0.0.1")) {
      records.add(requireNonNull(steps.keep(lines.record("{\"ip\":\"" + ip + "\"}"))));
    }
    var dedupe = requireNonNull(steps.dedupe());

    var block = dedupe.apply(TargetFixtures.block("a.json", records, List.of()));

    assertThat(steps.redactsLater()).isTrue();
    assertThat(steps.redactRecords(block).records())
        .extracting(it -> it.values()[0])
        .containsExactly("[address]", "[address]");
    assertThat(block.filtered()).isEqualTo(1);
  }
}
