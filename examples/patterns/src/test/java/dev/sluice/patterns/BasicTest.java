package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Actor;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class BasicTest {
  @Test
  void it_ends_by_itself_and_every_item_is_accounted_for() throws Exception {
    var made = new ConcurrentLinkedQueue<Integer>();
    var used = new ConcurrentLinkedQueue<Integer>();

    var stats = Basic.run(50, made::add, used::add, Narrator.silent());

    assertThat(used).hasSize(100).containsExactlyInAnyOrderElementsOf(made);
    assertThat(stats.sent()).isEqualTo(100);
    assertThat(stats.received()).isEqualTo(100);
    assertThat(stats.size()).isZero();
  }

  @Test
  void usually_the_consumers_never_end() throws Exception {
    var queue = new ArrayBlockingQueue<Integer>(5);
    Actor.Action consumer =
        () -> {
          while (true) {
            queue.take();
          }
        };
    try (var one = Actor.playing(consumer);
        var two = Actor.playing(consumer);
        var three = Actor.playing(consumer)) {
      for (int i = 0; i < 100; i++) {
        queue.put(i); // and that was the last
      }
      while (!queue.isEmpty()) {
        Thread.onSpinWait();
      }
      for (var each : List.of(one, two, three)) {
        each.awaitWaiting();
      }
    }
  }
}
