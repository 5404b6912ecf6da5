package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PipelinesInTimeTest {
  private final VirtualClock clock = new VirtualClock();

  @Test
  void a_customer_that_is_too_fast_does_not_hold_up_the_others() throws Exception {
    var ann = new Order("1", "ann", 300);
    var bob = new Order("2", "bob", 300);
    var orders = Channel.<Order>unbounded();
    var shipped = Channel.<Order>unbounded();
    orders.sendAll(List.of(ann, ann, bob));
    orders.close();

    try (var running =
        PipelinesInTime.throttledByKey(Source.of(orders), shipped::send).clock(clock).start()) {
      assertThat(shipped.receive()).isEqualTo(ann);
      assertThat(shipped.receive()).isEqualTo(bob);
      clock.awaitWaiting(1);
      clock.advance(Duration.ofMillis(500));
      assertThat(shipped.receive()).isEqualTo(ann);
      assertThat(running.await().account().balances()).isTrue();
    }
  }

  @Test
  void the_last_reading_of_a_second_is_shown() throws Exception {
    var shown = new ArrayList<Integer>();

    var report = PipelinesInTime.sampled(Source.of(20, 21, 22), shown::add).clock(clock).run();

    assertThat(shown).containsExactly(22);
    assertThat(report.account().dropped()).isEqualTo(2);
  }

  @Test
  void frames_begin_when_the_store_is_full() throws Exception {
    var frames = Channel.<byte[]>unbounded();
    var shown = Channel.<byte[]>unbounded();
    frames.sendAll(Collections.nCopies(49, new byte[0]));

    try (var running = PipelinesInTime.paced(Source.of(frames), shown::send).clock(clock).start()) {
      while (running.account().in() < 49) {
        Thread.onSpinWait();
      }
      assertThat(shown.tryReceive()).isNull();
      frames.send(new byte[0]);
      shown.receive();
      clock.awaitWaiting(1);
      clock.advance(Duration.ofMillis(40));
      shown.receive();
      assertThat(running.abort().account().balances()).isTrue();
    }
  }

  @Test
  void a_minute_is_summed_up() throws Exception {
    var sums = new ArrayList<Long>();
    var order = new Order("1", "ann", 300);

    PipelinesInTime.perMinute(Source.of(order, order), sums::add).clock(clock).run();

    assertThat(sums).containsExactly(600L);
  }

  @Test
  void an_average_is_that_of_the_last_ten() throws Exception {
    var averages = new ArrayList<Double>();

    PipelinesInTime.averaged(Source.of(IntStream.range(0, 12).boxed().toList()), averages::add)
        .run();

    assertThat(averages).containsExactly(4.5, 5.5, 6.5);
  }

  @Test
  void a_tuned_stage_keeps_the_order() throws Exception {
    var orders = IntStream.range(0, 500).mapToObj(i -> new Order("" + i, "ann", i)).toList();
    var shipped = new ArrayList<Order>();

    PipelinesInTime.tuned(Source.of(orders), order -> order, shipped::add).run();

    assertThat(shipped).isEqualTo(orders);
  }
}
