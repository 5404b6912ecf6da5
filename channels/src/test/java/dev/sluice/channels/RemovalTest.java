package dev.sluice.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Items that are taken out of the middle, which the views do.
@Timeout(30)
class RemovalTest {

  private static List<AbstractChannel<Integer>> removable() {
    return List.of(
        (AbstractChannel<Integer>) Channel.<Integer>builder().removable().bounded(1_000),
        (AbstractChannel<Integer>) Channel.<Integer>resizable(1_000),
        (AbstractChannel<Integer>) Channel.<Integer>builder().weighed(5_000, item -> 1 + item % 5),
        (AbstractChannel<Integer>)
            Channel.<Integer>priority(1_000, Comparator.<Integer>naturalOrder()),
        (AbstractChannel<Integer>) Channel.<Integer>unbounded());
  }

  @Test
  void any_item_can_be_removed_wherever_it_is_and_the_others_stay_in_order() throws Exception {
    var random = new SplittableRandom(9);
    for (var channel : removable()) {
      var expected = new ArrayList<Integer>();
      int next = 0;
      for (int i = 0; i < 3_000; i++) {
        switch (random.nextInt(expected.size() < 300 ? 5 : 3)) {
          case 0 -> {
            Integer item = random.nextInt(next + 1);
            assertThat(channel.remove(item)).isEqualTo(expected.remove(/* element */ item));
          }
          case 1 ->
              assertThat(channel.poll())
                  .isEqualTo(expected.isEmpty() ? null : expected.removeFirst());
          case 2 -> {
            int factor = 2 + random.nextInt(100);
            int max = random.nextInt(4);
            var gone = expected.stream().filter(item -> item % factor == 1).limit(max).toList();
            expected.removeAll(gone);
            assertThat(channel.removeIf(item -> item % factor == 1, max)).isEqualTo(gone.size());
          }
          default -> {
            assertThat(channel.trySend(next)).isTrue();
            expected.add(next++);
          }
        }
        assertThat(channel.size()).isEqualTo(expected.size());
        assertThat(channel.peek()).isEqualTo(expected.isEmpty() ? null : expected.getFirst());
        if (i % 10 == 0) {
          assertThat(channel.snapshot()).isEqualTo(expected);
        }
      }
      long weight = expected.stream().mapToLong(item -> 1 + item % 5).sum();
      assertThat(channel.weight())
          .isEqualTo(channel.maxWeight() == 5_000 ? weight : expected.size());
      assertThat(channel.cancel()).isEqualTo(expected);
      assertThat(channel.stats().sent()).isEqualTo(next);
    }
  }

  @Test
  void a_heap_stays_one_when_items_are_removed_from_its_middle() {
    var random = new SplittableRandom(2);
    var channel =
        (AbstractChannel<Integer>)
            Channel.<Integer>priority(1_000, Comparator.<Integer>naturalOrder());
    for (int round = 0; round < 200; round++) {
      var expected = new ArrayList<Integer>();
      for (int i = 0; i < 40; i++) {
        int item = random.nextInt(1_000);
        channel.trySend(item);
        expected.add(item);
      }
      for (int i = 0; i < 20; i++) {
        var item = expected.remove(/* index */ random.nextInt(expected.size()));
        assertThat(channel.remove(item)).isTrue();
      }
      expected.sort(Comparator.naturalOrder());
      assertThat(channel.pollAll(99)).isEqualTo(expected);
    }
  }

  @Test
  void a_removal_wakes_who_waits_for_room() throws Exception {
    for (var byFilter : List.of(true, false)) {
      var channel = (AbstractChannel<Integer>) Channel.<Integer>builder().removable().bounded(2);
      channel.sendAll(List.of(1, 2));
      var sender = Thread.ofVirtual().start(() -> sendUnlessInterrupted(channel, 3));
      awaitWaiting(sender);

      if (byFilter) {
        assertThat(channel.removeIf(item -> item == 2, 9)).isEqualTo(1);
      } else {
        assertThat(channel.remove(2)).isTrue();
      }

      sender.join();
      assertThat(channel.cancel()).containsExactly(1, 3);
      assertThat(channel.stats()).returns(3L, Stats::sent).returns(1L, Stats::received);
    }
  }

  @Test
  void a_filter_that_throws_leaves_what_it_has_not_let_go() throws Exception {
    var channel = (AbstractChannel<Integer>) Channel.<Integer>resizable(5);
    channel.sendAll(List.of(1, 2, 3, 4, 5));
    var sender = Thread.ofVirtual().start(() -> sendUnlessInterrupted(channel, 6));
    awaitWaiting(sender);

    assertThatThrownBy(() ->
            channel.removeIf(
                item -> {
                  if (item == 4) {
                    throw new IllegalStateException("four");
                  }
                  return item == 2;
                },
                9))
        .hasMessage("four");

    sender.join();
    assertThat(channel.cancel()).containsExactly(1, 3, 4, 5, 6);
  }

  @Test
  void what_is_removed_is_let_go_across_chunks() {
    var channel = (AbstractChannel<Integer>) Channel.<Integer>unbounded();
    IntStream.range(0, 400).forEach(channel::trySend);

    assertThat(channel.removeIf(item -> item % 2 == 0, Integer.MAX_VALUE)).isEqualTo(200);
    assertThat(channel.removeIf(item -> item < 399, Integer.MAX_VALUE)).isEqualTo(199);
    assertThat(channel.snapshot()).containsExactly(399);
    assertThat(channel.remove(399)).isTrue();

    assertThat(channel.size()).isZero();
    channel.trySend(1);
    assertThat(channel.tryReceive()).isEqualTo(1);
  }

  @Test
  void the_one_item_of_latest_can_be_removed() throws Exception {
    var channel = (AbstractChannel<Integer>) Channel.<Integer>latest();
    channel.send(1);
    channel.send(2);

    assertThat(channel.remove(1)).isFalse();
    assertThat(channel.remove(2)).isTrue();

    assertThat(channel.size()).isZero();
    assertThat(channel.stats()).returns(1L, Stats::dropped).returns(1L, Stats::received);
  }

  @Test
  void a_rendezvous_has_no_middle_and_says_so() {
    var channel = (AbstractChannel<Integer>) Channel.<Integer>rendezvous();

    assertThatThrownBy(() -> channel.remove(1)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_stealing_channel_removes_from_all_workers_and_keeps_the_order_of_each() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(2, 100);
    for (int i = 0; i < 50; i++) {
      channel.worker(0).send(i);
      channel.worker(1).send(100 + i);
    }
    for (int i = 0; i < 5; i++) { // so that the items begin in the middle of the arrays
      channel.worker(0).receive();
      channel.worker(1).receive();
      channel.worker(0).send(50 + i);
    }

    int removed =
        ((AbstractChannel<Integer>) (Channel<Integer>) channel).removeIf(i -> i % 2 == 0, 60);

    assertThat(removed).isEqualTo(47);
    assertThat(channel.size()).isEqualTo(48);
    for (int i = 5; i < 55; i += 2) {
      assertThat(channel.worker(0).receive()).isEqualTo(i);
    }
    for (int i = 105; i < 150; i += 2) {
      assertThat(channel.worker(1).receive()).isEqualTo(i);
    }
    assertThat(channel.tryReceive()).isNull();
  }

  @Test
  void a_filter_that_throws_leaves_a_stealing_channel_with_all_but_those_before() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(2, 10);
    channel.worker(0).sendAll(List.of(1, 2, 3, 4));
    channel.worker(1).sendAll(List.of(5, 6));
    var all = (AbstractChannel<Integer>) (Channel<Integer>) channel;

    assertThatThrownBy(() -> all.removeIf(i -> i < 3 || i / (i - 3) < 0, 10))
        .isInstanceOf(ArithmeticException.class);

    assertThat(channel.size()).isEqualTo(4);
    assertThat(channel.cancel()).containsExactlyInAnyOrder(3, 4, 5, 6);
  }

  @Test
  void a_ring_says_what_to_use_instead() {
    var ring = (AbstractChannel<Integer>) Channel.<Integer>builder().named("orders").bounded(2);

    assertThatThrownBy(() -> ring.remove(1))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("orders keeps its items in order")
        .hasMessageContaining("Channel.builder().removable()");
  }

  private static void sendUnlessInterrupted(Channel<Integer> channel, int item) {
    try {
      channel.send(item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // a courtesy; nothing relies on it
  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.yield();
    }
  }
}
