package dev.sluice.patterns;

import static java.util.Collections.synchronizedList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class HandOffTest {
  @Test
  void the_reader_sees_what_the_writer_wrote() throws Exception {
    assertThat(HandOff.deliver("hello")).isEqualTo("hello");
  }

  @Test
  void one_of_two_receivers_gets_the_only_item_and_the_other_gets_none() throws Exception {
    var channel = Channel.<String>bounded(1);
    channel.send("the only one");
    var together = new CyclicBarrier(2);
    List<Object> got = synchronizedList(new ArrayList<>());

    Actor.Action receiver =
        () -> {
          together.await();
          var item = channel.tryReceive();
          got.add(item == null ? "nothing" : item);
        };
    try (var one = Actor.playing(receiver);
        var other = Actor.playing(receiver)) {
      one.awaitDone();
      other.awaitDone();
    }

    assertThat(got).containsExactlyInAnyOrder("the only one", "nothing");
  }

  @Test
  void usually_both_check_before_either_acts() throws Exception {
    var queue = new ConcurrentLinkedQueue<>(List.of("the only one"));
    var bothHaveChecked = new CyclicBarrier(2);

    Actor.Action consumer =
        () -> {
          if (!queue.isEmpty()) { // check ...
            bothHaveChecked.await();
            queue.remove(); // ... then act
          }
        };
    int failed = 0;
    try (var one = Actor.playing(consumer);
        var other = Actor.playing(consumer)) {
      for (var actor : List.of(one, other)) {
        try {
          actor.awaitDone();
        } catch (AssertionError e) {
          assertThat(e).hasCauseInstanceOf(NoSuchElementException.class);
          failed++;
        }
      }
    }

    assertThat(failed).isEqualTo(1);
  }
}
