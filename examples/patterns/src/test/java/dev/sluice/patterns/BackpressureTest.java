package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Metrics;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Actor;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackpressureTest {
  private static final int PAGES = 100;

  @Test
  void the_reader_is_never_far_ahead_of_a_slow_printer() throws Exception {
    var read = new AtomicInteger();
    var printed = Channel.<Integer>rendezvous();
    Source<Integer> pages =
        Source.of(() -> IntStream.range(0, PAGES).boxed().peek(_ -> read.incrementAndGet()));
    try (var run = Actor.playing(() -> Backpressure.print(pages, printed::send))) {
      for (int i = 0; i < PAGES; i++) {
        assertThat(read.get()).isLessThanOrEqualTo(i + 5 + 2); // buffered, and one in each hand
        assertThat(printed.receive()).isEqualTo(i);
      }
      assertThat(run.awaitDone().account().out()).isEqualTo(PAGES);
    }
  }

  @Test
  void the_stage_that_all_wait_for_has_a_name() throws Exception {
    var read = new AtomicInteger();
    long begun = System.nanoTime();
    var report =
        Backpressure.print(
            Source.of(() -> IntStream.range(0, PAGES).boxed().peek(_ -> read.incrementAndGet())),
            page -> {
              // Takes longer than the reader was late, and until the next page is there.
              long took = page == 0 ? System.nanoTime() - begun : 0;
              LockSupport.parkNanos(Duration.ofMillis(2).toNanos() + 3 * took);
              while (read.get() < Math.min(PAGES, page + 3)) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
              }
            });

    assertThat(report.metrics().bottleneck()).map(Metrics.Stage::name).hasValue("print");
  }

  @Test
  void usually_all_pages_are_in_memory_before_the_first_is_printed() throws Exception {
    var queue = new LinkedBlockingQueue<Integer>();
    for (int i = 0; i < PAGES; i++) {
      queue.put(i); // never waits
    }

    assertThat(queue).hasSize(PAGES);
  }
}
