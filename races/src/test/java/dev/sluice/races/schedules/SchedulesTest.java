package dev.sluice.races.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.races.Schedules;
import dev.sluice.races.schedules.TinyBuffer.Flaw;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The schedules find what they are there for, and nothing where there is nothing.
class SchedulesTest {
  private static final long SHORT = 1_000;

  /// One item for two receivers, one of which is interrupted: the other must get what it leaves.
  private static int interrupted(Flaw flaw) throws InterruptedException {
    return Schedules.untimed()
        .play(stage -> {
          var buffer = new TinyBuffer(flaw);
          var fickle = stage.play("fickle", () -> buffer.take(TinyBuffer.FOREVER));
          var steady = stage.play("steady", () -> buffer.take(TinyBuffer.FOREVER));
          stage.play("sender", () -> buffer.put("item"));
          stage.play("interrupter", fickle::interrupt);
          stage.await(List.of(fickle));
          if (fickle.result() != null) {
            steady.interrupt();
          }
          stage.awaitAll();
          assertThat(Arrays.asList(fickle.result(), steady.result()))
              .containsExactlyInAnyOrder("item", null);
        });
  }

  /// The same with a receiver that has little patience.
  private static int impatient(Flaw flaw) throws InterruptedException {
    return Schedules.timed()
        .play(stage -> {
          var buffer = new TinyBuffer(flaw);
          var fickle = stage.play("fickle", () -> buffer.take(SHORT));
          var steady = stage.play("steady", () -> buffer.take(TinyBuffer.FOREVER));
          stage.play("sender", () -> buffer.put("item"));
          stage.await(List.of(fickle));
          if (fickle.result() != null) {
            steady.interrupt();
          }
          stage.awaitAll();
          assertThat(Arrays.asList(fickle.result(), steady.result()))
              .containsExactlyInAnyOrder("item", null);
        });
  }

  @Test
  void a_sound_buffer_passes_under_schedules_that_differ() throws Exception {
    assertThat(interrupted(Flaw.NONE)).isGreaterThan(300);
    assertThat(impatient(Flaw.NONE)).isGreaterThan(300);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void a_flaw_shows_when_a_receiver_is_interrupted(Flaw flaw) {
    assertThatThrownBy(() -> interrupted(flaw))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            flaw == Flaw.TAKES_WITHOUT_A_CLAIM ? "[\"item\", \"item\"]" : "nobody can go on");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void a_flaw_shows_when_a_receiver_runs_out_of_patience(Flaw flaw) {
    assertThatThrownBy(() -> impatient(flaw)).isInstanceOf(AssertionError.class);
  }

  @Test
  void a_failure_tells_who_is_where_and_the_last_steps_and_how_to_play_it_again() {
    assertThatThrownBy(() -> interrupted(Flaw.WAKES_BEFORE_PUBLISHING))
        .hasMessageContaining("-Draces.only=")
        .hasMessageContaining("sender has ended")
        .hasMessageContaining("sender TinyBuffer.put");
  }

  @Test
  void locks_exclude_and_conditions_wake() throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var counter = new Counter();
          for (int i = 0; i < 3; i++) {
            stage.play("adder " + i, counter::add);
          }
          stage.play("waiter", () -> counter.awaitCount(3));
          stage.awaitAll();
          assertThat(counter.count).isEqualTo(3);
        });
  }

  @Test
  void a_lost_update_shows() {
    assertThatThrownBy(() ->
            Schedules.untimed()
                .play(stage -> {
                  var counter = new Counter();
                  stage.play("one", counter::addWithoutLock);
                  stage.play("other", counter::addWithoutLock);
                  stage.awaitAll();
                  assertThat(counter.count).isEqualTo(2);
                }))
        .hasMessageContaining("expected: 2");
  }

  @Test
  void a_loop_without_end_shows() {
    assertThatThrownBy(() ->
            Schedules.untimed()
                .play(stage -> {
                  var counter = new Counter();
                  stage.play(
                      "spinner",
                      () -> {
                        while (counter.count == 0) {
                          Thread.onSpinWait();
                        }
                      });
                  stage.awaitAll();
                }))
        .hasMessageContaining("goes on and on");
  }

  private static final class Counter {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int count;

    void add() {
      lock.lock();
      try {
        count++;
        changed.signal();
      } finally {
        lock.unlock();
      }
    }

    void addWithoutLock() {
      count++;
    }

    void awaitCount(int target) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (count < target) {
          changed.await();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
