package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report.Stuck;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Actor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ShutdownTest {
  @Test
  void what_was_taken_in_is_finished() throws Exception {
    var in = Channel.<String>bounded(10);
    in.sendAll(List.of("a", "b", "c"));
    var gate = new CountDownLatch(1);
    var done = new ArrayList<String>();
    var running =
        Pipeline.from(Source.of(in))
            .buffer(10)
            .to(item -> {
              gate.await();
              done.add(item);
            })
            .start();
    while (running.account().in() < 3) {
      Thread.onSpinWait();
    }

    try (var shutdown = Actor.playing(() -> Shutdown.end(running, Duration.ofMinutes(1)))) {
      shutdown.awaitWaiting();
      gate.countDown();

      assertThat(shutdown.awaitDone().account().out()).isEqualTo(3);
    }
    assertThat(done).containsExactly("a", "b", "c");
  }

  @Test
  void what_does_not_end_in_time_is_stopped_and_named() throws Exception {
    var prints = new CountDownLatch(1);
    var running =
        Pipeline.from(Source.of("a"))
            .to(
                "printer",
                _ -> {
                  prints.countDown();
                  new CountDownLatch(1).await();
                })
            .start();
    prints.await();

    var report = Shutdown.end(running, Duration.ofMillis(1));

    assertThat(report.stuck()).extracting(Stuck::stage).containsExactly("printer");
    assertThat(report.account().abandoned()).isEqualTo(1);
  }

  @Test
  void usually_a_flag_stops_the_consumer_in_front_of_a_full_queue() throws Exception {
    var queue = new LinkedBlockingQueue<>(List.of("a", "b", "c"));
    var stop = new AtomicBoolean();
    try (var consumer =
        Actor.playing(() -> {
          while (!stop.get()) {
            queue.take();
            stop.set(true); // as a signal would, at any moment
          }
        })) {
      consumer.awaitDone();
    }
    assertThat(queue).containsExactly("b", "c");
  }
}
