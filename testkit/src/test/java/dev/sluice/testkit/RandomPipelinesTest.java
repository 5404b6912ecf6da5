package dev.sluice.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.PlanTrial.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Pipelines that nobody thought of do what a sequential interpreter does, however they end. With
/// the build's profile `soak`, 50 times as many.
///
/// A failure names its seed, which makes the same pipeline the first one: `-Dsluice.seed=N`.
class RandomPipelinesTest {
  private static final long SEED = Long.getLong("sluice.seed", 20_250_916);
  private static final int TIMES = System.getProperty("sluice.soak") == null ? 1 : 50;
  private static final int TO_THE_END = 2_000 * TIMES;
  private static final int STOPPED = 700 * TIMES;
  private static final int AT_ONCE = 1_000;
  private static final List<Ending> ENDINGS = List.of(Ending.values());

  /// What a plan's values are limited to.
  private static final int MOST_VALUES = 4_000;

  /// How often a smaller plan is tried: whether it fails may depend on the threads.
  private static final int TRIES = 30;

  private static final Duration SHRINKING = Duration.ofSeconds(30);

  @Test
  @Timeout(3_600)
  void a_random_pipeline_does_what_a_sequential_interpreter_does() throws Exception {
    for (int i = 0; i < TO_THE_END; i++) {
      checkOrShrink(SEED + i, trial(SEED + i, Ending.ITS_OWN));
    }
  }

  @ParameterizedTest
  @EnumSource(names = "ITS_OWN", mode = EnumSource.Mode.EXCLUDE)
  @Timeout(3_600)
  void one_that_is_ended_at_a_random_moment_has_done_what_it_may(Ending ending) throws Exception {
    for (int i = 0; i < STOPPED; i++) {
      checkOrShrink(SEED + i, trial(SEED + i, ending));
    }
  }

  @Test
  @Timeout(3_600)
  void a_thousand_that_start_and_end_at_once_all_end_and_leave_no_thread() throws Exception {
    for (int round = 0; round < TIMES; round++) {
      long first = SEED + (long) round * AT_ONCE;
      var start = new CountDownLatch(1);
      var trials = new ArrayList<FutureTask<Long>>();
      for (int i = 0; i < AT_ONCE; i++) {
        long seed = first + i;
        var trial = trial(seed, ENDINGS.get(i % ENDINGS.size()));
        var task =
            new FutureTask<>(() -> {
              start.await();
              trial.check();
              return seed;
            });
        trials.add(task);
        Thread.ofVirtual().start(task);
      }
      start.countDown();
      for (int i = 0; i < AT_ONCE; i++) {
        assertThat(of(first + i, trials.get(i))).isEqualTo(first + i);
      }
    }
  }

  private static long of(long seed, FutureTask<Long> trial) throws Exception {
    try {
      return trial.get(60, SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("with -Dsluice.seed=" + seed, e.getCause());
    }
  }

  private static PlanTrial trial(long seed, Ending ending) {
    var random = new SplittableRandom(seed);
    var plan = new PlanGenerator(random).plan();
    while (PlanModel.ofAll(plan).size() > MOST_VALUES) {
      plan = new PlanGenerator(random).plan();
    }
    var when =
        ending == Ending.ITS_OWN
            ? null
            : new PlanRun.Moment(1 + random.nextInt(40), random.nextInt(20));
    return new PlanTrial(plan, ending, when);
  }

  private static void checkOrShrink(long seed, PlanTrial trial) throws InterruptedException {
    try {
      trial.check();
    } catch (AssertionError e) {
      var smallest = new AssertionError[] {e};
      long deadline = System.nanoTime() + SHRINKING.toNanos();
      var shrunk =
          PlanShrinker.shrink(
              trial.plan(),
              plan -> System.nanoTime() < deadline && fails(trial.with(plan), smallest));
      throw new AssertionError(
          "with -Dsluice.seed=%d, ended by %s at %s:\n%s\nwhich is what is left of\n%s\n%s"
              .formatted(
                  seed,
                  trial.ending(),
                  trial.when(),
                  shrunk.code(),
                  trial.plan().code(),
                  smallest[0].getMessage()),
          smallest[0]);
    }
  }

  private static boolean fails(PlanTrial trial, AssertionError[] how) {
    for (int i = 0; i < TRIES; i++) {
      try {
        trial.check();
      } catch (AssertionError e) {
        how[0] = e;
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }
}
