package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The stages that time is a part of, on a clock that the test moves.
@Timeout(30)
class TimedStagesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualClock clock = new VirtualClock();
  private final Channel<String> in = Channel.unbounded();

  private <R> Play<R> play(Stage<String, R> stage) {
    var out = Channel.<R>unbounded();
    var pipe = Pipeline.from(Source.of(in)).via(stage);
    return new Play<>(pipe.to(Sink.of(out)).clock(clock).start(), out);
  }

  /// A run and what came out of it.
  private record Play<R>(Running run, Channel<R> out) {

    /// Waits until the stage has taken so many items.
    void awaitTaken(String stage, long items) {
      while (run.metrics().stages().stream()
              .filter(s -> s.name().equals(stage))
              .mapToLong(s -> s.in())
              .sum()
          < items) {
        Thread.onSpinWait();
      }
    }

    List<R> end() throws Exception {
      var report = run.await();
      assertThat(report.account().balances()).isTrue();
      out.close();
      var all = new ArrayList<R>();
      for (var item : out) {
        all.add(item);
      }
      return all;
    }
  }

  private void send(String... items) throws InterruptedException {
    for (var item : items) {
      in.send(item);
    }
  }

  @Test
  void a_sample_is_the_latest_of_its_period_and_the_others_are_dropped() throws Exception {
    var play = play(pipe -> pipe.sample(SECOND));

    send("a", "b");
    play.awaitTaken("sample", 2);
    clock.awaitWaiting(1);
    clock.advance(SECOND);
    assertThat(play.out.receive()).isEqualTo("b");

    send("c");
    in.close();
    assertThat(play.end()).containsExactly("c");
    assertThat(play.run.account().dropped()).isEqualTo(1);
    assertThat(play.run.account().out()).isEqualTo(2);
  }

  @Test
  void a_tumbling_window_holds_what_came_in_its_period() throws Exception {
    var play = play(pipe -> pipe.tumbling(SECOND, 10));

    send("a", "b");
    play.awaitTaken("tumbling", 2);
    clock.awaitWaiting(1);
    clock.advance(SECOND);
    assertThat(play.out.receive()).containsExactly("a", "b");

    clock.advance(Duration.ofMillis(4_500));
    send("c");
    play.awaitTaken("tumbling", 3);
    clock.awaitWaiting(1);
    clock.advance(Duration.ofMillis(499));
    send("d");
    play.awaitTaken("tumbling", 4);
    clock.awaitWaiting(1);
    clock.advance(Duration.ofMillis(1));
    assertThat(play.out.receive()).containsExactly("c", "d");

    in.close();
    assertThat(play.end()).isEmpty();
  }

  @Test
  void a_tumbling_window_that_is_full_does_not_wait_for_its_end() throws Exception {
    var play = play(pipe -> pipe.tumbling(SECOND, 2));

    send("a", "b", "c");
    in.close();

    assertThat(play.end()).containsExactly(List.of("a", "b"), List.of("c"));
  }

  @Test
  void sliding_windows_overlap_by_what_is_not_stepped_over() throws Exception {
    assertThat(slid(5, 3, 1)).containsExactly(List.of(0, 1, 2), List.of(1, 2, 3), List.of(2, 3, 4));
    assertThat(slid(5, 2, 2)).containsExactly(List.of(0, 1), List.of(2, 3), List.of(4));
    assertThat(slid(2, 3, 1)).containsExactly(List.of(0, 1));
    assertThat(slid(0, 3, 1)).isEmpty();
  }

  @Test
  void what_a_sliding_window_steps_over_is_filtered() throws Exception {
    var out = new ArrayList<List<Integer>>();

    var report =
        Pipeline.from(Source.of(IntStream.range(0, 9).boxed().toList()))
            .sliding(2, 4)
            .to(out::add)
            .run();

    assertThat(out).containsExactly(List.of(0, 1), List.of(4, 5), List.of(7, 8));
    assertThat(report.account().balances()).isTrue();
    assertThat(report.account().filtered()).isEqualTo(3);
    assertThat(report.account().out()).isEqualTo(6);
  }

  private static List<List<Integer>> slid(int items, int size, int step) throws Exception {
    var out = new ArrayList<List<Integer>>();
    var report =
        Pipeline.from(Source.of(IntStream.range(0, items).boxed().toList()))
            .sliding(size, step)
            .to(out::add)
            .run();
    assertThat(report.account().balances()).isTrue();
    assertThat(report.account().out()).isEqualTo(items);
    return out;
  }

  @Test
  void a_pace_begins_when_its_store_is_full_and_counts_each_time_that_it_runs_dry()
      throws Exception {
    var play = play(pipe -> pipe.pace(SECOND, 3, 0));

    send("a", "b");
    play.awaitTaken("pace", 2);
    clock.advance(SECOND);
    assertThat(play.out.tryReceive()).isNull();

    send("c");
    assertThat(play.out.receive()).isEqualTo("a");
    clock.awaitWaiting(1);
    assertThat(play.out.tryReceive()).isNull();
    clock.advance(SECOND);
    assertThat(play.out.receive()).isEqualTo("b");
    clock.awaitWaiting(1);
    clock.advance(SECOND);
    assertThat(play.out.receive()).isEqualTo("c");
    clock.awaitWaiting(1);
    clock.advance(SECOND);
    while (play.run.stage("pace").underflows() == 0) {
      Thread.onSpinWait();
    }

    send("d");
    in.close();
    assertThat(play.end()).containsExactly("d");
    assertThat(play.run.stage("pace").underflows()).isEqualTo(1);
  }

  @Test
  void a_throttle_by_key_lets_other_keys_pass() throws Exception {
    var play = play(pipe -> pipe.throttle(s -> s.charAt(0), Rate.perSecond(1), 10));

    send("a1", "a2", "a3", "b1");
    assertThat(play.out.receive()).isEqualTo("a1");
    assertThat(play.out.receive()).isEqualTo("b1");
    play.awaitTaken("throttle", 4);
    clock.awaitWaiting(1);
    assertThat(play.out.tryReceive()).isNull();

    clock.advance(SECOND);
    assertThat(play.out.receive()).isEqualTo("a2");
    clock.awaitWaiting(1);
    clock.advance(SECOND);
    assertThat(play.out.receive()).isEqualTo("a3");
    in.close();
    assertThat(play.end()).isEmpty();
  }

  @Test
  void a_throttle_by_key_keeps_no_more_aside_than_it_may() throws Exception {
    var play = play(pipe -> pipe.throttle(s -> s.charAt(0), Rate.perSecond(1), 1));

    send("a1", "a2", "a3", "b1");
    assertThat(play.out.receive()).isEqualTo("a1");
    clock.awaitWaiting(1);
    assertThat(play.out.tryReceive()).isNull();
    clock.advance(SECOND);
    assertThat(play.out.receive()).isEqualTo("a2");
    clock.awaitWaiting(1);
    assertThat(play.out.tryReceive()).isNull();
    clock.advance(SECOND);
    assertThat(play.out.receive()).isEqualTo("a3");
    assertThat(play.out.receive()).isEqualTo("b1");
    in.close();
    assertThat(play.end()).isEmpty();
  }

  @Test
  void a_rate_that_is_changed_holds_for_an_item_that_waits_too() throws Exception {
    var play = play(pipe -> pipe.throttle(Rate.per(1, Duration.ofHours(1))));
    send("a", "b");
    assertThat(play.out.receive()).isEqualTo("a");
    clock.awaitWaiting(1);

    play.run.stage("throttle").rate(Rate.perSecond(1));
    clock.advance(SECOND);

    assertThat(play.out.receive()).isEqualTo("b");
    assertThat(play.run.stage("throttle").rate()).isEqualTo(Rate.perSecond(1));
    in.close();
    assertThat(play.end()).isEmpty();
  }

  @Test
  void what_waits_for_its_time_is_abandoned_by_an_abort() throws Exception {
    for (Stage<String, String> stage :
        List.<Stage<String, String>>of(
            pipe -> pipe.sample(SECOND),
            pipe -> pipe.pace(SECOND, 10, 0),
            pipe -> pipe.tumbling(SECOND, 10).map(List::toString),
            pipe -> pipe.sliding(10, 1).map(List::toString),
            pipe -> pipe.batch(10, SECOND).map(List::toString))) {
      var play = play(stage);
      send("a");
      while (play.run.account().in() < 1) {
        Thread.onSpinWait();
      }

      var account = play.run.abort().account();

      assertThat(account.balances()).isTrue();
      assertThat(account.abandoned()).isEqualTo(1);
    }
  }

  @Test
  void times_and_sizes_are_checked_when_they_are_written() {
    Pipe<String> pipe = Pipeline.from(Source.of(in));

    assertThatThrownBy(() -> pipe.sample(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("period");
    assertThatThrownBy(() -> pipe.pace(SECOND, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("high must be above low");
    assertThatThrownBy(() -> pipe.sliding(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pipe.tumbling(SECOND, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
