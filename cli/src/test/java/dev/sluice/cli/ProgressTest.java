package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Progress.Snapshot;
import dev.sluice.cli.Progress.When;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final String CLEAR = "\r\u001B[K";

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private long now = Long.MAX_VALUE; // a clock that turns over at once: only differences count
  private int columns = 80;
  private Snapshot snapshot = new Snapshot(0, 100_000_000, 0, 0, null);

  @Test
  void a_terminal_gets_one_line_drawn_over_and_over() {
    var progress = progress(When.AUTO, true);

    runFor(progress, Duration.ofSeconds(1));

    assertThat(shown()).startsWith(CLEAR).doesNotContain("\n");
  }

  @Test
  void it_is_drawn_at_most_ten_times_a_second() {
    var progress = progress(When.AUTO, true);
    for (int i = 0; i < 10_000; i++) {
      now += 1_000_000;
      progress.tick();
    }

    assertThat(shown().split("\r")).hasSizeBetween(90, 100);
  }

  @Test
  void a_run_that_is_over_at_once_shows_nothing() {
    var progress = progress(When.AUTO, true);

    runFor(progress, Duration.ofMillis(200));
    progress.close();

    assertThat(shown()).isEmpty();
  }

  @Test
  void the_line_is_gone_at_the_end_and_stays_away() {
    var progress = progress(When.AUTO, true);
    runFor(progress, Duration.ofSeconds(1));

    progress.close();
    runFor(progress, Duration.ofSeconds(1));

    assertThat(shown()).endsWith(CLEAR);
  }

  @Test
  void elsewhere_there_is_a_plain_line_every_five_seconds() {
    var progress = progress(When.AUTO, false);

    runFor(progress, Duration.ofSeconds(21));
    progress.close();

    assertThat(shown().lines())
        .hasSize(4)
        .allMatch(line -> line.startsWith("sluice logs: ") && !line.contains("\r"));
  }

  @Test
  void always_draws_where_no_terminal_is() {
    var progress = progress(When.ALWAYS, false);

    runFor(progress, Duration.ofSeconds(1));

    assertThat(shown()).startsWith(CLEAR);
  }

  @Test
  void never_shows_nothing_but_what_is_said() {
    var progress = progress(When.NEVER, true);

    runFor(progress, Duration.ofSeconds(20));
    progress.say("app.log: permission denied");
    progress.close();

    assertThat(shown().lines()).containsExactly("app.log: permission denied");
  }

  @Test
  void what_is_said_takes_the_place_of_the_line() {
    var progress = progress(When.AUTO, true);
    runFor(progress, Duration.ofSeconds(1));
    shown.reset();

    progress.say("one");
    progress.say("two");

    assertThat(shown()).isEqualToNormalizingNewlines(CLEAR + "one\ntwo\n");
  }

  @Test
  void what_is_shown_above_the_line_is_drawn_over_with_it_and_gone_at_the_end() {
    var progress = progress(When.AUTO, true);
    progress.above(size -> List.of("parse  99%", "write   1%"));
    runFor(progress, Duration.ofMillis(400));
    assertThat(shown()).contains(CLEAR + "parse  99%\nwrite   1%\n");

    shown.reset();
    runFor(progress, Duration.ofMillis(100));
    assertThat(shown()).startsWith("\r\u001B[2A\u001B[Jparse  99%\nwrite   1%\n");

    shown.reset();
    progress.say("one");
    assertThat(shown()).isEqualToNormalizingNewlines("\r\u001B[2A\u001B[Jone\n");
    runFor(progress, Duration.ofMillis(200));
    progress.close();
    assertThat(shown()).endsWith("\r\u001B[2A\u001B[J");
  }

  @Test
  void rates_are_those_of_the_last_seconds() {
    columns = 200;
    var progress = progress(When.AUTO, true);
    snapshot = new Snapshot(50_000_000, 100_000_000, 1_000, 0, null);
    runFor(progress, Duration.ofSeconds(20));
    shown.reset();

    runFor(progress, Duration.ofMillis(100));

    assertThat(shown()).contains("0 B/s", "0 lines/s");
  }

  @Test
  void the_time_left_is_told_after_two_seconds() {
    var progress = progress(When.AUTO, true);
    for (int tick = 1; tick <= 19; tick++) {
      advance(progress, tick);
    }
    assertThat(shown()).doesNotContain("left");

    advance(progress, 20);

    assertThat(shown()).endsWith("0:08 left"); // 20 MB in 2 s, 80 MB to go
  }

  @Test
  void a_terminal_that_became_narrower_gets_a_shorter_line() {
    var progress = progress(When.AUTO, true);
    runFor(progress, Duration.ofSeconds(1));
    shown.reset();

    columns = 20;
    runFor(progress, Duration.ofMillis(100));

    assertThat(shown().substring(CLEAR.length())).hasSizeBetween(1, 19);
  }

  @Test
  void it_ticks_by_itself_until_closed() throws Exception {
    var asked = new CountDownLatch(3);
    var screen = new Screen(new PrintStream(shown, true, UTF_8), true, true, () -> Screen.USUAL);

    try (var progress =
        Progress.start(
            "sluice logs",
            When.AUTO,
            screen,
            () -> {
              asked.countDown();
              return snapshot;
            })) {
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      progress.say("still here");
    }

    assertThat(shown()).contains("still here");
  }

  private void advance(Progress progress, long tick) {
    snapshot = new Snapshot(tick * 1_000_000, 100_000_000, tick, 0, null);
    runFor(progress, Duration.ofMillis(100));
  }

  private void runFor(Progress progress, Duration time) {
    for (long ticks = time.toMillis() / 100; ticks > 0; ticks--) {
      now += Duration.ofMillis(100).toNanos();
      progress.tick();
    }
  }

  private Progress progress(When when, boolean terminal) {
    var screen =
        new Screen(
            new PrintStream(shown, true, UTF_8),
            terminal,
            true,
            () -> new Screen.Size(24, columns));
    return new Progress("sluice logs", when, screen, () -> snapshot, () -> now);
  }

  private String shown() {
    return shown.toString(UTF_8);
  }
}
