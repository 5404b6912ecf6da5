package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Actor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BoundedTest {
  private static final Duration QUICK = Duration.ZERO;
  private static final Duration SLOW = Duration.ofMillis(10);

  @Test
  void whoever_is_faster_waits_and_it_shows() throws Exception {
    var producers = List.of("anna", "ben");

    var slowConsumer = Bounded.run(producers, 10, QUICK, SLOW, Narrator.silent());
    var slowProducers = Bounded.run(producers, 10, SLOW, QUICK, Narrator.silent());

    assertThat(slowConsumer.received()).isEqualTo(20);
    assertThat(slowConsumer.sendingBlocked()).isGreaterThan(slowConsumer.receivingBlocked());
    assertThat(slowProducers.received()).isEqualTo(20);
    assertThat(slowProducers.receivingBlocked()).isGreaterThan(slowProducers.sendingBlocked());
  }

  @Test
  void usually_the_first_producer_to_finish_ends_it_for_all() throws Exception {
    var queue = new LinkedBlockingQueue<String>();
    var done = new AtomicBoolean();
    queue.put("anna's");
    done.set(true); // anna has finished; ben has not

    try (var consumer =
        Actor.playing(() -> {
          while (!done.get() || !queue.isEmpty()) {
            queue.take();
          }
        })) {
      consumer.awaitDone();
    }
    queue.put("ben's");

    assertThat(queue).containsExactly("ben's");
  }
}
