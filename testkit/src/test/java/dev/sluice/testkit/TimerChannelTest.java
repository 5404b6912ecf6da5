package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Select;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// [Channel#after] and [Channel#tick]: channels that time fills.
@Timeout(30)
class TimerChannelTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualClock clock = new VirtualClock();
  private final List<Actor<?>> actors = new ArrayList<>();

  Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  private Receiver<Duration> after(Duration delay) {
    return Channel.builder().named("the timer").clock(clock).after(delay);
  }

  private Receiver<Duration> tick(Duration period) {
    return Channel.builder().named("the timer").clock(clock).tick(period);
  }

  private List<Function<Duration, Receiver<Duration>>> kinds() {
    return List.of(this::after, this::tick);
  }

  private Actor<Duration> receiving(Receiver<Duration> timer) {
    var actor = Actor.playing(threads(), () -> timer.receive());
    actors.add(actor);
    return actor;
  }

  @AfterEach
  void dismiss_the_actors() {
    actors.forEach(Actor::close);
  }

  @Test
  void after_gives_one_item_when_it_is_due_and_has_ended_then() throws Exception {
    var timer = after(SECOND);
    var receiver = receiving(timer);
    clock.awaitWaiting(1);
    clock.advance(SECOND.minusNanos(1));
    clock.awaitWaiting(1);
    assertThat(timer.tryReceive()).isNull();
    assertThat(timer.isEnded()).isFalse();

    clock.advance(Duration.ofNanos(1));

    assertThat(receiver.awaitDone()).isEqualTo(SECOND);
    assertThat(timer.isEnded()).isTrue();
    assertThat(timer.tryReceive()).isNull();
    assertThatThrownBy(timer::receive)
        .isInstanceOf(ClosedException.class)
        .hasMessage("the timer is closed and empty");
  }

  @Test
  void after_keeps_its_item_for_who_comes_late() throws Exception {
    var timer = after(SECOND);
    clock.advance(Duration.ofHours(1));

    assertThat(timer.isEnded()).isFalse();
    assertThat(timer).containsExactly(SECOND);
    assertThat(timer.isEnded()).isTrue();
  }

  @Test
  void of_many_that_wait_for_after_one_gets_the_item_and_the_others_the_end() throws Exception {
    var timer = after(SECOND);
    var receivers = IntStream.range(0, 4).mapToObj(i -> receiving(timer)).toList();
    clock.awaitWaiting(4);

    clock.advance(SECOND);

    int ends = 0;
    for (var receiver : receivers) {
      try {
        assertThat(receiver.awaitDone()).isEqualTo(SECOND);
      } catch (AssertionError e) {
        assertThat(e).hasCauseInstanceOf(ClosedException.class);
        ends++;
      }
    }
    assertThat(ends).isEqualTo(3);
  }

  @Test
  void after_no_time_is_due_at_once_and_after_for_ever_never() throws Exception {
    assertThat(after(Duration.ZERO).tryReceive()).isEqualTo(Duration.ZERO);
    assertThat(after(Duration.ofSeconds(-1)).tryReceive()).isEqualTo(Duration.ZERO);

    var never = after(Duration.ofSeconds(Long.MAX_VALUE));
    clock.advance(Duration.ofDays(100 * 365));
    assertThat(never.tryReceive()).isNull();
    var receiver = receiving(never);
    receiver.awaitWaiting();
    assertThat(never.cancel()).isEmpty();
    assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class);
  }

  @Test
  void patience_may_end_before_it_is_due() throws Exception {
    var timer = after(SECOND);
    var receiver = Actor.playing(threads(), () -> timer.receive(Duration.ofMillis(10)));
    actors.add(receiver);
    clock.awaitWaiting(1);

    clock.advance(Duration.ofMillis(10));

    assertThat(receiver.awaitDone()).isNull();
    assertThat(timer.isEnded()).isFalse();
  }

  @Test
  void tick_gives_an_item_each_time() throws Exception {
    var timer = tick(SECOND);
    for (int i = 1; i <= 3; i++) {
      var receiver = receiving(timer);
      clock.awaitWaiting(1);
      assertThat(timer.tryReceive()).isNull();

      clock.advance(SECOND);

      assertThat(receiver.awaitDone()).isEqualTo(SECOND.multipliedBy(i));
    }
    assertThat(timer.isEnded()).isFalse();
  }

  @Test
  void who_comes_late_gets_the_last_tick_that_is_due_and_the_next_in_time() throws Exception {
    var timer = tick(SECOND);
    clock.advance(Duration.ofMillis(5_300));

    assertThat(timer.receiveMany(1, 9, Duration.ZERO)).containsExactly(Duration.ofSeconds(5));
    assertThat(timer.tryReceive()).isNull();
    var receiver = receiving(timer);
    clock.awaitWaiting(1);
    clock.advance(Duration.ofMillis(699));
    clock.awaitWaiting(1);
    assertThat(receiver.isDone()).isFalse();
    clock.advance(Duration.ofMillis(1));

    assertThat(receiver.awaitDone()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void each_tick_goes_to_one_of_those_who_wait() throws Exception {
    var timer = tick(SECOND);
    var receivers = IntStream.range(0, 3).mapToObj(i -> receiving(timer)).toList();
    for (int i = 0; i < 3; i++) {
      clock.awaitWaiting(3 - i);
      clock.advance(SECOND);
    }

    var ticks = new ArrayList<Duration>();
    for (var receiver : receivers) {
      ticks.add(receiver.awaitDone());
    }
    assertThat(ticks).doesNotHaveDuplicates().allMatch(tick -> tick.compareTo(SECOND) >= 0);
  }

  @Test
  void a_cancel_ends_it_wakes_who_waits_and_returns_what_is_due() throws Exception {
    var timer = tick(SECOND);
    var receiver = receiving(timer);
    receiver.awaitWaiting();

    assertThat(timer.cancel()).isEmpty();

    assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class);
    clock.advance(Duration.ofHours(1));
    assertThat(timer.tryReceive()).isNull();
    assertThat(timer.isEnded()).isTrue();

    var other = tick(SECOND);
    clock.advance(SECOND);
    assertThat(other.cancel()).containsExactly(SECOND);
    assertThat(other.cancel()).isEmpty();
  }

  private interface Receiving {
    @Nullable Duration by(Receiver<Duration> timer) throws InterruptedException;
  }

  private static final List<Receiving> WAYS =
      List.of(
          timer -> timer.receive(),
          timer -> timer.receive(SECOND),
          timer -> timer.receiveMany(1, 9, Duration.ZERO).getFirst(),
          timer -> timer.iterator().next(),
          timer -> timer.stream().findFirst().orElse(null),
          timer -> timer.receiveAsync().join(),
          timer -> timer.tryReceive(),
          timer -> timer.receive(Duration.ZERO),
          timer -> {
            var items = new ArrayList<Duration>();
            return timer.drainTo(items, 9) == 0 ? null : items.getFirst();
          });

  @Test
  void what_is_due_is_received_in_every_way_there_is() throws Exception {
    for (var way : WAYS) {
      var once = after(SECOND);
      var often = tick(SECOND);
      clock.advance(SECOND);

      assertThat(way.by(once)).isEqualTo(SECOND);
      assertThat(way.by(often)).isEqualTo(SECOND);

      assertThat(once.isEnded()).isTrue();
      assertThat(once.receive(SECOND)).isNull();
      assertThat(often.tryReceive()).isNull();
    }
  }

  @Test
  void whoever_waits_gets_what_comes_due_in_whichever_way() throws Exception {
    for (var way : WAYS.subList(0, 6)) {
      for (var kind : kinds()) {
        var timer = kind.apply(SECOND);
        Actor<@Nullable Duration> receiver = Actor.playing(threads(), () -> way.by(timer));
        actors.add(receiver);
        clock.awaitWaiting(1);

        clock.advance(SECOND);

        assertThat(receiver.awaitDone()).isEqualTo(SECOND);
      }
    }
  }

  @Test
  void a_loop_waits_for_each_tick_and_ends_with_a_cancel() throws Exception {
    var timer = tick(SECOND);
    var loop =
        Actor.playing(
            threads(),
            () -> {
              var ticks = new ArrayList<Duration>();
              for (var tick : timer) {
                ticks.add(tick);
              }
              return ticks;
            });
    actors.add(loop);
    for (int i = 0; i < 3; i++) {
      clock.awaitWaiting(1);
      clock.advance(SECOND);
    }
    clock.awaitWaiting(1);

    timer.cancel();

    assertThat(loop.awaitDone())
        .containsExactly(SECOND, SECOND.multipliedBy(2), SECOND.multipliedBy(3));
  }

  @Test
  void a_cancel_ends_after_and_returns_what_is_due() throws Exception {
    var timer = after(SECOND);
    var due = after(SECOND);
    var receiver = receiving(timer);
    receiver.awaitWaiting();

    assertThat(timer.cancel()).isEmpty();

    assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class);
    assertThat(timer.isEnded()).isTrue();
    clock.advance(SECOND);
    assertThat(timer.tryReceive()).isNull();
    assertThat(due.cancel()).containsExactly(SECOND);
    assertThat(due.isEnded()).isTrue();
  }

  @Test
  void an_interrupt_ends_a_wait_and_takes_nothing() throws Exception {
    for (var kind : kinds()) {
      var timer = kind.apply(SECOND);
      var receiver = receiving(timer);
      receiver.awaitWaiting();

      receiver.interrupt();

      assertThat(receiver.awaitFailure()).isInstanceOf(InterruptedException.class);
      clock.advance(SECOND);
      Thread.currentThread().interrupt();
      assertThatThrownBy(timer::receive).isInstanceOf(InterruptedException.class);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> timer.receive(SECOND)).isInstanceOf(InterruptedException.class);
      Thread.currentThread().interrupt();
      assertThat(timer.tryReceive()).isEqualTo(SECOND);
      assertThat(Thread.interrupted()).as("the interrupt flag").isTrue();
    }
  }

  @Test
  void they_hold_one_item_when_it_is_due_and_none_otherwise() {
    var once = after(SECOND);
    var often = tick(SECOND);
    assertThat(once).hasToString("the timer (0 of 1)");
    assertThat(often).hasToString("the timer (0 of 1)");

    clock.advance(SECOND.multipliedBy(3));
    assertThat(once).hasToString("the timer (1 of 1, closed)");
    assertThat(often).hasToString("the timer (1 of 1)");

    once.tryReceive();
    often.tryReceive();
    assertThat(once).hasToString("the timer (0 of 1, closed)");
    assertThat(often).hasToString("the timer (0 of 1)");
  }

  @Test
  void a_select_takes_what_is_due_first() throws Exception {
    for (var kind : kinds()) {
      var timer = kind.apply(SECOND);
      var silent = Channel.<String>builder().clock(clock).rendezvous();
      var selector =
          Actor.playing(
              threads(),
              () ->
                  Select.<String>fair()
                      .receive(silent, item -> "silent")
                      .receive(timer, time -> "due after " + time)
                      .await());
      actors.add(selector);
      clock.awaitWaiting(1);

      clock.advance(SECOND);

      assertThat(selector.awaitDone()).isEqualTo("due after PT1S");
    }
  }

  @Test
  void they_serve_in_order_if_so_set() throws Exception {
    var timer = Channel.builder().clock(clock).fair().tick(SECOND);
    var first = receiving(timer);
    clock.awaitWaiting(1);
    var second = receiving(timer);
    clock.awaitWaiting(2);

    clock.advance(SECOND);
    assertThat(first.awaitDone()).isEqualTo(SECOND);
    clock.awaitWaiting(1);
    clock.advance(SECOND);

    assertThat(second.awaitDone()).isEqualTo(SECOND.multipliedBy(2));
  }

  @Test
  void they_work_on_the_systems_clock() throws Exception {
    assertThat(Channel.after(Duration.ofMillis(2)).receive()).isEqualTo(Duration.ofMillis(2));
    var ticks = Channel.tick(Duration.ofMillis(2));
    assertThat(ticks.receive()).isPositive();
    assertThat(ticks.receive()).isGreaterThan(Duration.ofMillis(2));
  }

  @Test
  void what_makes_no_sense_is_refused() {
    assertThatThrownBy(() -> tick(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("period must be above zero, but was PT0S");
    assertThatThrownBy(() -> Channel.builder().onOverflow(Overflow.fail()).after(SECOND))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("nobody sends to after: leave out onOverflow");
    assertThatThrownBy(() -> Channel.builder().removable().tick(SECOND))
        .isInstanceOf(IllegalStateException.class);
  }
}
