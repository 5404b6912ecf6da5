package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.Overflow;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// [Channel#resizable] keeps the contract, and changes its capacity while in use.
class ResizableChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.resizable(capacity);
  }

  @Test
  void more_room_wakes_as_many_senders_as_it_has_room_for() throws Exception {
    var channel = Channel.<Integer>resizable(1);
    channel.send(0);
    var senders = IntStream.rangeClosed(1, 5).mapToObj(i -> play(() -> channel.send(i))).toList();
    senders.forEach(Actor::awaitWaiting);

    channel.resize(4);

    while (channel.size() < 4) {
      assertThat(Thread.interrupted()).as("out of time, with too few woken").isFalse();
    }
    assertThat(channel.capacity()).isEqualTo(4);
    assertThat(channel.trySend(9)).isFalse();
    channel.resize(6);
    for (var sender : senders) {
      sender.awaitDone();
    }
    assertThat(channel.cancel()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
  }

  @Test
  void less_room_than_there_are_items_loses_none_and_is_full_until_they_are_taken()
      throws Exception {
    var channel = Channel.<Integer>resizable(4);
    channel.sendAll(List.of(1, 2, 3, 4));

    channel.resize(2);

    assertThat(channel.size()).isEqualTo(4);
    var sender = play(() -> channel.send(5));
    sender.awaitWaiting();
    assertThat(channel.receive()).isEqualTo(1);
    assertThat(channel.receive()).isEqualTo(2);
    assertThat(channel.trySend(9)).isFalse();
    sender.awaitWaiting();
    assertThat(channel.receive()).isEqualTo(3);
    sender.awaitDone();
    assertThat(channel.cancel()).containsExactly(4, 5);
  }

  @Test
  void one_that_holds_more_than_fits_since_drops_as_many_as_it_takes_if_so_set() throws Exception {
    var dropped = new ArrayList<Integer>();
    var channel =
        Channel.<Integer>builder().onOverflow(Overflow.dropOldest(dropped::add)).resizable(4);
    channel.sendAll(List.of(1, 2, 3, 4));
    channel.resize(2);

    channel.send(5);

    assertThat(dropped).containsExactly(1, 2, 3);
    assertThat(channel.cancel()).containsExactly(4, 5);
  }

  @Test
  void a_new_capacity_must_make_sense() {
    var channel = Channel.<Integer>resizable(4);

    assertThatThrownBy(() -> channel.resize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("capacity must be at least 1, but was 0");

    assertThat(channel.capacity()).isEqualTo(4);
  }

  @Test
  void nothing_is_lost_while_it_is_resized_again_and_again() throws Exception {
    var channel = Channel.<Integer>resizable(1);
    var random = new SplittableRandom(3);
    var receiver =
        play(() -> {
          var items = new ArrayList<Integer>();
          channel.forEach(items::add);
          return items;
        });
    var senders =
        IntStream.range(0, 3)
            .mapToObj(id ->
                play(() -> {
                  for (int i = 0; i < 3_000; i++) {
                    channel.send(10_000 * id + i);
                  }
                }))
            .toList();

    while (!senders.stream().allMatch(Actor::isDone)) {
      channel.resize(1 + random.nextInt(9));
      assertThat(Thread.interrupted()).as("out of time, with senders left").isFalse();
    }
    for (var sender : senders) {
      sender.awaitDone();
    }
    channel.close();

    var account = new Conservation<Integer>();
    for (int id = 0; id < 3; id++) {
      account.accepted(IntStream.range(10_000 * id, 10_000 * id + 3_000).boxed().toList());
    }
    account.delivered(receiver.awaitDone()).check();
  }
}
