package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class StreamingTest {
  private static final Duration FRAME = Duration.ofMillis(40);

  /// How many frames come in each interval: one on average, with gaps.
  private static final int[] ARRIVALS = {
    4, 0, 0, 0, 3, 0, 0, 0, 0, 5, 0, 1, 0, 0, 4, 0, 0, 1, 0, 2
  };

  private final VirtualClock clock = new VirtualClock();
  private final Channel<Integer> network = Channel.bounded(100);
  private final AtomicInteger shown = new AtomicInteger();
  private int sent;

  private Running start(int ahead) {
    return Streaming.play(Source.of(network), FRAME, ahead)
        .to(_ -> shown.incrementAndGet())
        .clock(clock)
        .start();
  }

  private void send(int frames) throws InterruptedException {
    for (int i = 0; i < frames; i++) {
      network.send(sent++);
    }
  }

  @Test
  void a_store_carries_the_stream_through_the_gaps() throws Exception {
    try (var running = start(8)) {
      send(8);
      await(() -> shown.get() == 1);
      for (int i = 0; i < ARRIVALS.length; i++) {
        send(ARRIVALS[i]);
        await(() -> running.account().in() == sent);
        clock.awaitWaiting(1); // for the next frame's time
        clock.advance(FRAME);
        int next = i + 2;
        await(() -> shown.get() == next);
      }
      end(running);

      assertThat(running.stage("screen").underflows()).isZero();
      assertThat(running.account().out()).isEqualTo(sent);
    }
  }

  @Test
  void without_a_store_a_gap_is_an_underflow_and_counted() throws Exception {
    try (var running = start(1)) {
      send(1);
      await(() -> shown.get() == 1);
      clock.awaitWaiting(1);
      clock.advance(FRAME); // and there is no other

      await(() -> running.stage("screen").underflows() == 1);
      send(1);
      end(running);
      assertThat(shown.get()).isEqualTo(2);
    }
  }

  private void end(Running running) {
    network.close();
    await(() -> {
      clock.advance(FRAME);
      return running.isDone();
    });
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void usually_the_player_finds_nothing_whenever_the_network_is_late() {
    var network = new ArrayDeque<Integer>();
    int misses = 0;
    int sent = 0;
    for (int frames : ARRIVALS) {
      for (int i = 0; i < frames; i++) {
        network.add(sent++);
      }
      if (network.poll() == null) {
        misses++; // and nobody counts them
      }
    }

    assertThat(misses).isPositive();
  }
}
