package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.FullException;
import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;

class OverflowingTest {
  private final ArrayList<Integer> lost = new ArrayList<>();

  @Test
  void each_policy_does_what_it_says_and_counts_what_it_drops() throws Exception {
    var policies = Overflowing.policies(lost::add);

    try (var sender = Actor.playing(() -> Overflowing.offer(policies.get(0), 4))) {
      sender.awaitWaiting();
      assertThat(policies.get(0).size()).isEqualTo(3);
    }
    assertThatThrownBy(() -> Overflowing.offer(policies.get(1), 4))
        .isInstanceOf(FullException.class);

    assertThat(Overflowing.offer(policies.get(2), 5).dropped()).isEqualTo(2);
    assertThat(policies.get(2).cancel()).containsExactly(3, 4, 5);
    assertThat(lost).containsExactly(1, 2);

    lost.clear();
    assertThat(Overflowing.offer(policies.get(3), 5).dropped()).isEqualTo(2);
    assertThat(policies.get(3).cancel()).containsExactly(1, 2, 3);
    assertThat(lost).containsExactly(4, 5);

    assertThat(Overflowing.offer(policies.get(4), 5).dropped()).isEqualTo(4);
    assertThat(policies.get(4).cancel()).containsExactly(5);
  }

  @Test
  @SuppressWarnings("ReturnValueIgnored") // that is what goes wrong
  void usually_the_loss_is_silent() {
    var queue = new ArrayBlockingQueue<Integer>(3);
    for (int i = 1; i <= 5; i++) {
      var _ = queue.offer(i);
    }

    assertThat(queue).containsExactly(1, 2, 3); // and nothing tells of 4 and 5
  }
}
