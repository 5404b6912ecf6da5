package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a round of a pipeline finds, and that whoever takes part is honest.
@Timeout(120)
class PipedRoundTest {

  private static final int ITEMS = 10_000;

  static Stream<String> entries() {
    return Scenario.ALL.values().stream()
        .filter(scenario -> scenario.plays().isPipeline())
        .flatMap(scenario ->
            scenario.entries().stream()
                .filter(entry -> !entry.contestant().isUncounted())
                .map(entry ->
                    "%s %s %s"
                        .formatted(scenario.name(), entry.contestant().name(), entry.cell())));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void every_contestant_passes(String entry) {
    String[] words = entry.split(" ");
    Scenario scenario = Scenario.named(words[0]);
    Cell cell = Cell.parse(words[2]);
    int items = scenario.plays() == Plays.THROTTLE ? Math.min(ITEMS, cell.senders() / 10) : 2_000;

    assertThatCode(() -> play(scenario.round(scenario.contestant(words[1]), cell, items)))
        .doesNotThrowAnyException();
  }

  @Test
  void a_pipeline_that_loses_an_item_fails_the_round() {
    assertThatThrownBy(() ->
            play(
                Plays.CHAIN,
                (input, arrivals) ->
                    input.stream().limit(ITEMS - 1).map(Item::following).forEach(arrivals::add)))
        .hasMessageContaining("not each item arrived exactly once");
  }

  @Test
  void a_pipeline_that_doubles_an_item_fails_the_round() {
    assertThatThrownBy(() ->
            play(
                Plays.CHAIN,
                (input, arrivals) -> {
                  input.stream().map(Item::following).forEach(arrivals::add);
                  arrivals.inAnyOrder();
                  arrivals.add(Item.ALL[0]);
                }))
        .hasMessageContaining("not each item arrived exactly once");
  }

  @Test
  void a_pipeline_that_leaves_a_stage_out_fails_the_round() {
    assertThatThrownBy(() ->
            play(
                Plays.STAGES,
                (input, arrivals) -> {
                  arrivals.inAnyOrder();
                  input.stream().map(Item::following).forEach(arrivals::add);
                }))
        .hasMessageContaining("not each item arrived exactly once");
  }

  @Test
  void a_pipeline_that_changes_the_order_fails_the_round_unless_it_says_so() {
    Piped swapped =
        (input, arrivals) -> {
          List<Item> items =
              new java.util.ArrayList<>(input.stream().map(Item::following).toList());
          java.util.Collections.swap(items, 7, 8);
          items.forEach(arrivals::add);
        };

    assertThatThrownBy(() -> play(Plays.CHAIN, swapped)).hasMessageContaining("overtook");
    assertThatCode(() ->
            play(
                Plays.CHAIN,
                (input, arrivals) -> {
                  arrivals.inAnyOrder();
                  swapped.run(input, arrivals);
                }))
        .doesNotThrowAnyException();
  }

  @Test
  void a_paced_round_counts_what_comes_after_its_warm_up() throws Exception {
    long[] inside = {0};
    Round round =
        PipedRound.of(
            Plays.THROTTLE,
            (input, arrivals) -> {
              long begun = System.nanoTime(); // what was before does not count
              input.forEach(arrivals::add);
              inside[0] = System.nanoTime() - begun;
            },
            ITEMS);
    play(round);

    assertThat(round.measured(1)).isPositive().isLessThanOrEqualTo(inside[0]);
  }

  @Test
  void a_bound_on_the_median_needs_five_pairs() {
    assertThat(Report.upperBound(new double[] {1, 2, 3, 4})).isNull();
    assertThat(Report.upperBound(new double[] {1, 2, 3, 4, 5})).isEqualTo(5);
    // of twelve, at most nine are below the median in 98 of 100 cases, at most eight in 93
    assertThat(Report.upperBound(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}))
        .isEqualTo(10);
  }

  /// Runs a pipeline with the class that counts nothing.
  static final class Uncounted {
    public static void main(String[] args) throws InterruptedException {
      Scenario scenario = Scenario.named("pipeline-overhead");
      for (Scenario.Entry entry : scenario.entries()) {
        if (entry.contestant().isUncounted()) {
          play(scenario.round(entry.contestant(), entry.cell(), ITEMS));
          System.out.println("passed " + entry.cell().shape());
        }
      }
    }
  }

  @Test
  void a_pipeline_whose_counting_is_switched_off_delivers_all_the_same() throws Exception {
    Path classes = Path.of(Item.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path uncounted = classes.resolve("META-INF/versions/25");
    assumeThat(uncounted).isDirectory();

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                uncounted + File.pathSeparator + System.getProperty("java.class.path"),
                Uncounted.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("passed 1").contains("passed 2");
  }

  private static void play(Plays plays, Piped pipeline) throws InterruptedException {
    play(PipedRound.of(plays, pipeline, ITEMS));
  }

  private static void play(Round round) throws InterruptedException {
    round.prepare();
    round.play(20);
    round.check();
  }
}
