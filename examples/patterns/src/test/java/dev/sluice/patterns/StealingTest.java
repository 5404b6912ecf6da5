package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.testkit.Actor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StealingTest {
  private static final int TASKS = 10_000;

  @Test
  void all_work_is_done_wherever_it_began() throws Exception {
    assertThat(Arrays.stream(Stealing.split(TASKS, 4, TASKS)).sum()).isEqualTo(TASKS);
  }

  @Test
  void on_skewed_work_it_beats_queues_of_ones_own_and_one_that_all_share() throws Exception {
    var own = Stealing.own();
    var shared = Stealing.shared();
    var stealing = Stealing.stealing();
    for (int round = 1; round < 3; round++) { // side by side: a busy moment hits them all
      own = own.orBetter(Stealing.own());
      shared = shared.orBetter(Stealing.shared());
      stealing = stealing.orBetter(Stealing.stealing());
    }

    assertThat(stealing.opened()).isLessThan(shared.opened() / 2);
    assertThat(stealing.millis()).isLessThan(own.millis() * 3 / 4);
    assertThat(stealing.millis()).isLessThan(shared.millis() * 3 / 4);
  }

  @Test
  void an_idle_worker_gets_what_was_sent_to_another_and_waits_when_there_is_nothing()
      throws Exception {
    var tasks = Channel.<String>stealing(2, 10);
    try (var idle = Actor.playing(() -> tasks.worker(1).receive())) {
      idle.awaitWaiting(); // it does not spin
      tasks.worker(0).send("for worker 0");
      assertThat(idle.awaitDone()).isEqualTo("for worker 0");
    }
  }

  @Test
  void the_owner_takes_from_the_front_and_a_thief_from_the_back() throws Exception {
    var tasks = Channel.<String>stealing(2, 10);
    tasks.worker(0).sendAll(List.of("first", "second", "third"));

    assertThat(tasks.worker(1).receive()).isEqualTo("third");
    assertThat(tasks.worker(0).receive()).isEqualTo("first");
  }

  @Test
  void usually_a_queue_of_ones_own_means_to_be_idle_beside_a_full_one() {
    var queues = List.of(new ArrayDeque<>(List.of("first", "second")), new ArrayDeque<String>());

    assertThat(queues.get(1).poll()).isNull(); // spins, or gives up
    assertThat(queues.get(0)).hasSize(2);
  }
}
