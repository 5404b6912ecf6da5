package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VirtualClockTest {
  private final VirtualClock clock = new VirtualClock();

  @Test
  void it_stands_still_until_it_is_moved() {
    assertThat(clock.nanoTime()).isZero();

    clock.advance(Duration.ofMinutes(1));
    clock.advance(Duration.ofNanos(1));

    assertThat(clock.nanoTime()).isEqualTo(60_000_000_001L);
  }

  @Test
  void who_waits_wakes_when_its_time_has_come_and_not_before() throws Exception {
    try (var early = Actor.playing(() -> park(Duration.ofSeconds(1)));
        var late = Actor.playing(() -> park(Duration.ofSeconds(2)))) {
      clock.awaitWaiting(2);

      clock.advance(Duration.ofSeconds(1).minusNanos(1));
      clock.awaitWaiting(2);
      clock.advance(Duration.ofNanos(1));
      assertThat(early.awaitDone()).isEqualTo(Duration.ofSeconds(1));
      late.awaitWaiting();

      clock.advance(Duration.ofHours(1));
      assertThat(late.awaitDone()).isEqualTo(Duration.ofHours(1).plusSeconds(1));
    }
  }

  /// Waits as one does who knows that it may be woken for no reason; returns the time.
  private Duration park(Duration time) {
    long start = clock.nanoTime();
    while (clock.nanoTime() - start < time.toNanos()) {
      clock.park(this, time.toNanos() - (clock.nanoTime() - start));
    }
    return Duration.ofNanos(clock.nanoTime());
  }

  @Test
  void no_time_is_not_waited_for() {
    clock.park(this, 0);
    clock.park(this, -1);

    clock.awaitWaiting(0);
  }

  @Test
  void an_interrupt_ends_a_wait() throws Exception {
    try (var actor = Actor.playing(() -> clock.park(this, 1))) {
      clock.awaitWaiting(1);

      actor.interrupt();

      actor.awaitDone();
    }
  }

  @Test
  void a_wait_without_end_never_comes_due() throws Exception {
    clock.advance(Duration.ofDays(1));
    try (var actor = Actor.playing(() -> clock.park(this, Long.MAX_VALUE))) {
      clock.awaitWaiting(1);

      clock.advance(Duration.ofDays(100 * 365));

      clock.awaitWaiting(1);
      actor.awaitWaiting();
    }
  }

  @Test
  void it_does_not_go_back() {
    assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("time goes forward, but was to go by PT-0.000000001S");
  }
}
