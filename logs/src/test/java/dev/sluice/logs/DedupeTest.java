package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DedupeTest {
  private static final Shape SHAPE =
      new Shape(
          LogFormat.JSON,
          List.of(new Column("a", Column.Type.TEXT), new Column("b", Column.Type.TEXT)));

  private static LogRecord logRecord(
      @Nullable String time, @Nullable Object a, @Nullable Object b) {
    return new LogRecord("x.json", 1, time, SHAPE, new @Nullable Object[] {a, b});
  }

  private static String at(int second) {
    return "2026-11-21T10:%02d:%02d.5Z".formatted(second / 60, second % 60);
  }

  @Test
  void equal_in_all_fields_is_a_duplicate_whatever_its_line_and_time() {
    var dedupe = new Dedupe(List.of(), null);

    assertThat(dedupe.keeps(logRecord(at(0), "x", 1L))).isTrue();
    assertThat(dedupe.keeps(logRecord(at(1), "x", 1L))).isFalse();
    assertThat(dedupe.keeps(logRecord(at(2), "x", 2L))).isTrue();
    assertThat(dedupe.keeps(logRecord(at(3), null, 1L))).isTrue();
    assertThat(dedupe.keeps(logRecord(at(4), 1L, "x"))).isTrue();
    assertThat(dedupe.left()).isEqualTo(1);
    assertThat(dedupe.forgotten()).isZero();
  }

  @Test
  void only_the_named_fields_count() {
    var dedupe = new Dedupe(List.of(List.of("a")), null);

    assertThat(dedupe.keeps(logRecord(null, "x", 1L))).isTrue();
    assertThat(dedupe.keeps(logRecord(null, "x", 2L))).isFalse();
    assertThat(dedupe.keeps(logRecord(null, "y", 2L))).isTrue();
  }

  @Test
  void one_of_each_kind_is_kept_in_each_stretch_of_time() {
    var dedupe = new Dedupe(List.of(), Duration.ofSeconds(10));
    int kept = 0;
    for (int second = 0; second < 100; second++) {
      kept += dedupe.keeps(logRecord(at(second), "x", null)) ? 1 : 0;
    }

    assertThat(kept).isEqualTo(10);
    assertThat(dedupe.left()).isEqualTo(90);
  }

  @Test
  void a_record_without_a_time_is_of_the_time_of_the_one_before() {
    var dedupe = new Dedupe(List.of(), Duration.ofSeconds(10));

    assertThat(dedupe.keeps(logRecord(at(0), "x", null))).isTrue();
    assertThat(dedupe.keeps(logRecord(null, "x", null))).isFalse();
    assertThat(dedupe.keeps(logRecord(at(10), "y", null))).isTrue();
    assertThat(dedupe.keeps(logRecord(null, "x", null))).isTrue();
  }

  @Test
  void memory_is_bounded_and_what_was_forgotten_is_told() {
    var dedupe = new Dedupe(List.of(), null, 100);
    for (int i = 0; i < 150; i++) {
      assertThat(dedupe.keeps(logRecord(null, "x" + i, null))).isTrue();
    }

    assertThat(dedupe.forgotten()).isEqualTo(50);
    assertThat(dedupe.keeps(logRecord(null, "x149", null))).isFalse();
    assertThat(dedupe.keeps(logRecord(null, "x0", null))).isTrue();
  }

  @Test
  void what_is_too_old_to_matter_is_forgotten_without_a_word() {
    var dedupe = new Dedupe(List.of(), Duration.ofSeconds(1), 100);
    for (int i = 0; i < 1_000; i++) {
      assertThat(dedupe.keeps(logRecord(at(i), "x" + i, null))).isTrue();
    }

    assertThat(dedupe.forgotten()).isZero();
  }

  @Test
  void different_values_are_told_apart_a_million_times() {
    var dedupe = new Dedupe(List.of(), null, 2_000_000);
    for (int i = 0; i < 1_000_000; i++) {
      assertThat(dedupe.keeps(logRecord(null, "k" + i, (long) (i % 7)))).isTrue();
    }
  }
}
