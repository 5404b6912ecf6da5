package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RegistrationTest {
  @Test
  void the_consumer_waits_for_producers_that_have_not_begun() throws Exception {
    var channel = Registration.open(2);
    try (var consumer =
        Actor.playing(() -> {
          var all = new ArrayList<String>();
          channel.items().forEach(all::add);
          return all;
        })) {
      consumer.awaitWaiting(); // no producer runs yet
      var first = channel.producers().getFirst();
      first.send("a");
      first.close(); // done before the other begins
      consumer.awaitWaiting();
      channel.producers().getLast().send("b");
      channel.producers().getLast().close();

      assertThat(consumer.awaitDone()).containsExactly("a", "b");
    }
  }

  @Test
  void usually_the_consumer_is_gone_before_a_producer_has_registered_itself() throws Exception {
    var queue = new LinkedBlockingQueue<String>();
    var active = new AtomicInteger();
    Actor.Action producer =
        () -> {
          active.incrementAndGet(); // in its own thread
          queue.put("a");
          active.decrementAndGet();
        };
    try (var consumer =
        Actor.playing(() -> {
          int count = 0;
          while (active.get() > 0 || !queue.isEmpty()) {
            queue.take();
            count++;
          }
          return count;
        })) {
      assertThat(consumer.awaitDone()).isZero();
    }
    try (var late = Actor.playing(producer)) {
      late.awaitDone();
    }
    assertThat(queue).containsExactly("a"); // nobody will ever take it
  }
}
