package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Progress.Snapshot;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final ProgressLine HALF =
      new ProgressLine(
          new Snapshot(412_000_000, 675_000_000, 3_124_567, 536, null), 210e6, 880e3, true);

  @Test
  void a_wide_screen_shows_all_of_it() {
    assertThat(HALF.within(140, true))
        .isEqualTo(
            " 61% ━━━━━━━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 412 MB of 675 MB  3,124,567 lines"
                + "  210 MB/s  880 k lines/s  536 rejected  0:02 left");
  }

  @Test
  void a_screen_without_unicode_gets_a_bar_of_ascii() {
    assertThat(HALF.within(140, false)).contains(" ########################................ ");
  }

  @Test
  void below_100_columns_the_rates_are_left_out() {
    assertThat(HALF.within(99, true)).contains("/s");
    assertThat(HALF.within(98, true)).doesNotContain("/s").contains("━", "536 rejected", "left");
  }

  @Test
  void the_slowest_stage_is_told_where_there_is_room_once_the_run_is_steady() {
    var snapshot = new Snapshot(1, Snapshot.UNKNOWN, 1, 0, "parse");

    assertThat(new ProgressLine(snapshot, 1, 1, true).within(119, true)).contains("slowest: parse");
    assertThat(new ProgressLine(snapshot, 1, 1, true).plain()).contains(", slowest: parse");
    assertThat(new ProgressLine(snapshot, 1, 1, true).within(118, true)).doesNotContain("slowest");
    assertThat(new ProgressLine(snapshot, 1, 1, false).within(300, true)).doesNotContain("slowest");
  }

  @Test
  void below_60_columns_the_bar_is_left_out() {
    var noRejects = new ProgressLine(new Snapshot(1, 2, 3, 0, null), 0, 0, false);

    assertThat(noRejects.within(59, true)).contains("━");
    assertThat(noRejects.within(58, true)).doesNotContain("━");
  }

  @Test
  void it_is_never_wider_than_the_screen() {
    var huge = Long.MAX_VALUE;
    for (var total : new long[] {huge, 0, Snapshot.UNKNOWN}) {
      var line = new ProgressLine(new Snapshot(huge, total, huge, huge, null), 1e30, 1e30, true);
      for (int columns = 0; columns < 300; columns++) {
        assertThat(line.within(columns, true)).hasSizeLessThanOrEqualTo(columns);
        assertThat(HALF.within(columns, true)).hasSizeLessThanOrEqualTo(columns);
      }
    }
  }

  @Test
  void a_pipe_has_neither_share_nor_bar_nor_time_left() {
    var pipe =
        new ProgressLine(new Snapshot(1_234_567, Snapshot.UNKNOWN, 10, 0, null), 1e6, 1e3, true);

    assertThat(pipe.within(140, true)).isEqualTo("1.23 MB  10 lines  1.00 MB/s  1.00 k lines/s");
  }

  @Test
  void rates_of_too_little_time_say_nothing_about_the_time_left() {
    var early = new ProgressLine(HALF.snapshot(), 210e6, 880e3, false);

    assertThat(early.within(140, true)).doesNotContain("left");
  }

  @Test
  void a_run_that_stands_still_has_no_time_left_to_tell() {
    assertThat(new ProgressLine(HALF.snapshot(), 0, 0, true).plain())
        .contains("0 B/s, 0 lines/s")
        .doesNotContain("left");
  }

  @Test
  void minutes_and_hours_are_written_as_on_a_clock() {
    assertThat(new ProgressLine(new Snapshot(0, 65, 0, 0, null), 1, 0, true).plain())
        .endsWith("1:05 left");
    assertThat(new ProgressLine(new Snapshot(0, 7_384, 0, 0, null), 1, 0, true).plain())
        .endsWith("2:03:04 left");
  }

  @Test
  void files_that_grew_meanwhile_do_not_lead_beyond_all_of_it() {
    var grown = new ProgressLine(new Snapshot(200, 100, 5, 0, null), 10, 1, true);

    assertThat(grown.plain()).startsWith("100%").doesNotContain("left");
  }

  @Test
  void empty_files_are_all_read() {
    assertThat(new ProgressLine(new Snapshot(0, 0, 0, 0, null), 0, 0, false).plain())
        .startsWith("100%, 0 B of 0 B, 0 lines");
  }

  @Test
  void a_plain_line_has_everything_in_words() {
    assertThat(HALF.plain())
        .isEqualTo(
            "61%, 412 MB of 675 MB, 3,124,567 lines, 210 MB/s, 880 k lines/s, 536 rejected, 0:02 left");
  }

  @Test
  void sizes_have_three_digits() {
    assertThat(size(999)).isEqualTo("999 B");
    assertThat(size(1_000)).isEqualTo("1.00 kB");
    assertThat(size(9_999)).isEqualTo("10.0 kB");
    assertThat(size(99_960)).isEqualTo("100 kB");
    assertThat(size(999_600)).isEqualTo("1.00 MB");
    assertThat(size(Long.MAX_VALUE)).isEqualTo("9.22 EB");
  }

  private static String size(long bytes) {
    var line =
        new ProgressLine(new Snapshot(bytes, Snapshot.UNKNOWN, 1, 0, null), 0, 0, false).plain();
    return line.substring(0, line.indexOf(','));
  }
}
