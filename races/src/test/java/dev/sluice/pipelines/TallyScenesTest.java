package dev.sluice.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.races.Schedules;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What others read of a worker's counts while it goes on counting.
class TallyScenesTest {
  private static final int ITEMS = 5;

  /// What the worker has really done.
  private static final class Truth {
    int written;
    int filtered;
    boolean rests;
  }

  @Test
  void nothing_counts_as_written_before_it_was_and_no_count_goes_back() throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var truth = new Truth();
          var tally = new Tally(1);
          tally.belongsTo(0, Step.Fate.WRITTEN);
          stage.play(
              "worker",
              () -> {
                for (int i = 0; i < ITEMS; i++) {
                  if (tally.untilSample() > 0) {
                    tally.takenUnsampled();
                  } else {
                    tally.taken();
                  }
                  if (stage.random().nextInt(3) == 0) {
                    truth.filtered++;
                    tally.settled(Outcome.FILTERED);
                  } else {
                    truth.written++;
                  }
                  if (stage.random().nextBoolean()) {
                    tally.rests();
                  }
                }
                tally.rests();
                tally.ended();
                truth.rests = true;
              });
          for (int i = 0; i < 2; i++) {
            stage.play(
                "reader " + i,
                () -> {
                  long before = 0;
                  while (true) {
                    boolean isLast = truth.rests;
                    long filtered = tally.count(Outcome.FILTERED);
                    assertThat(filtered).isLessThanOrEqualTo(truth.filtered);
                    long written = tally.count(Outcome.OUT);
                    assertThat(written).isBetween(before, (long) truth.written);
                    before = written;
                    if (isLast) {
                      assertThat(written).isEqualTo(truth.written);
                      assertThat(filtered).isEqualTo(truth.filtered);
                      return;
                    }
                  }
                });
          }
          stage.awaitAll();
        });
  }

  @Test
  void the_item_on_which_a_worker_fails_does_not_count_as_written() throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var tally = new Tally(1);
          tally.belongsTo(0, Step.Fate.WRITTEN);
          var worker =
              stage.play(
                  "worker",
                  () -> {
                    tally.taken();
                    tally.rests();
                    tally.taken();
                    boolean isSettled = stage.random().nextBoolean();
                    if (isSettled) {
                      tally.settled(Outcome.ABANDONED);
                    }
                    tally.ended();
                    return isSettled;
                  });
          var reader =
              stage.play(
                  "reader", () -> assertThat(tally.count(Outcome.OUT)).isLessThanOrEqualTo(1));
          stage.await(List.of(worker, reader));
          assertThat(tally.count(Outcome.OUT)).isEqualTo(1);
          assertThat(tally.count(Outcome.ABANDONED)).isEqualTo(worker.result() ? 1 : 0);
        });
  }
}
