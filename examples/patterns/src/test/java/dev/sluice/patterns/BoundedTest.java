package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Stats;
import dev.sluice.testkit.Actor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class BoundedTest {
  private static final Duration QUICK = Duration.ZERO;
  private static final Duration SLOW = Duration.ofMillis(10);

  @Test
  void whoever_is_faster_waits_and_it_shows() throws Exception {
    var slowConsumer = run(QUICK, SLOW, BoundedTest::sendersWaitLonger);
    var slowProducers = run(SLOW, QUICK, stats -> !sendersWaitLonger(stats));

    assertThat(slowConsumer.sendingBlocked()).isGreaterThan(slowConsumer.receivingBlocked());
    assertThat(slowProducers.receivingBlocked()).isGreaterThan(slowProducers.sendingBlocked());
  }

  private static boolean sendersWaitLonger(Stats stats) {
    return stats.sendingBlocked().compareTo(stats.receivingBlocked()) > 0;
  }

  /// Runs again where the machine has kept the quicker ones waiting, some times at most.
  private static Stats run(Duration make, Duration use, Predicate<Stats> shows) throws Exception {
    for (int i = 1; true; i++) {
      var stats = Bounded.run(List.of("anna", "ben"), 10, make, use, Narrator.silent());
      assertThat(stats.received()).isEqualTo(20);
      if (i == 10 || shows.test(stats)) {
        return stats;
      }
    }
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
