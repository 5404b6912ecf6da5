package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Actor;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class ClosingTest {
  @Test
  void all_consumers_see_the_end_after_all_items() throws Exception {
    assertThat(Closing.run(5)).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void usually_a_sentinel_ends_one_consumer_and_the_others_wait_for_ever() throws Exception {
    var queue = new LinkedBlockingQueue<String>();
    Actor.Action consumer =
        () -> {
          while (!queue.take().equals("end")) {}
        };
    try (var one = Actor.playing(consumer);
        var other = Actor.playing(consumer)) {
      one.awaitWaiting();
      other.awaitWaiting();

      queue.put("end");

      while (!one.isDone() && !other.isDone()) {
        Thread.onSpinWait();
      }
      (one.isDone() ? other : one).awaitWaiting();
      assertThat(queue).isEmpty();
    }
  }
}
