package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Generator;
import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CoroutineTest {
  @Test
  void producer_and_consumer_alternate_strictly() {
    var told = new ArrayList<String>(); // no lock: they never run at the same time
    try (var numbers = Coroutine.numbers((who, what) -> told.add(who + " " + what))) {
      assertThat(told).isEmpty();
      for (int i = 1; i <= 2; i++) {
        told.add("consumer uses " + numbers.next());
      }
    }

    assertThat(told)
        .containsExactly(
            "producer makes 1", "consumer uses 1", "producer makes 2", "consumer uses 2");
  }

  @Test
  void leaving_early_ends_the_producer() {
    var ended = new AtomicBoolean();
    var endless =
        Generator.<Integer>of(out -> {
          try {
            while (true) {
              out.accept(1);
            }
          } finally {
            ended.set(true);
          }
        });
    assertThat(endless.next()).isEqualTo(1);

    endless.close();

    assertThat(ended).isTrue();
  }

  @Test
  void usually_the_producer_runs_ahead_and_stays_behind() throws Exception {
    var queue = new ArrayBlockingQueue<Integer>(5);
    try (var producer =
        Actor.playing(() -> {
          for (int i = 1; ; i++) {
            queue.put(i);
          }
        })) {
      assertThat(queue.take()).isEqualTo(1); // one is all that the consumer wants
      while (queue.remainingCapacity() > 0) {
        Thread.onSpinWait();
      }
      producer.awaitWaiting(); // a thread that nobody will ever wake

      assertThat(queue).containsExactly(2, 3, 4, 5, 6); // made, and never asked for
    }
  }
}
