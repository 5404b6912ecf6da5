package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.StealingChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// [Channel#stealing] keeps the contract but for the order, which is each worker's.
class StealingManyChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.stealing(3, capacity);
  }

  @Override
  protected Set<Trait> traits() {
    return EnumSet.complementOf(EnumSet.of(Trait.ORDERED));
  }

  @Test
  void a_batch_that_fits_goes_to_one_worker() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(3, 9);

    channel.sendAll(List.of(1, 2, 3));
    channel.sendAll(List.of(4, 5, 6));

    assertThat(channel.worker(0).drainTo(new ArrayList<>(), 3)).isEqualTo(3);
    channel.worker(0).send(7);
    assertThat(channel.worker(1).receiveMany(3, 3, Duration.ZERO)).containsExactly(4, 5, 6);
    assertThat(channel.worker(0).receive()).isEqualTo(7);
  }

  @Test
  void the_first_of_any_worker_makes_room_if_so_set() throws Exception {
    var dropped = new ArrayList<Integer>();
    StealingChannel<Integer> channel =
        Channel.<Integer>builder().onOverflow(Overflow.dropOldest(dropped::add)).stealing(2, 4);
    channel.worker(0).sendAll(List.of(1, 2));
    channel.worker(1).sendAll(List.of(3, 4));

    channel.worker(0).send(5);

    assertThat(dropped).hasSize(1).isSubsetOf(1, 3);
    assertThat(channel.size()).isEqualTo(4);
    assertThat(channel.cancel())
        .containsExactlyInAnyOrderElementsOf(
            dropped.contains(1) ? List.of(2, 3, 4, 5) : List.of(1, 2, 4, 5));
  }

  @Test
  void a_worker_takes_its_own_from_the_front_and_others_from_the_back() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(2, 10);
    channel.worker(0).sendAll(List.of(1, 2, 3, 4));
    channel.worker(1).send(9);

    assertThat(channel.worker(1).receive()).isEqualTo(9);
    assertThat(channel.worker(1).receive()).isEqualTo(4);
    assertThat(channel.worker(0).receive()).isEqualTo(1);
    assertThat(channel.worker(1).tryReceive()).isEqualTo(3);
    assertThat(channel.worker(1).receive(Duration.ZERO)).isEqualTo(2);
    assertThat(channel.worker(0).tryReceive()).isNull();
  }

  @Test
  void the_capacity_is_that_of_all_together() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(3, 4);
    channel.worker(0).sendAll(List.of(1, 2, 3));
    assertThat(channel.worker(1).trySend(4)).isTrue();

    assertThat(channel.worker(2).trySend(5)).isFalse();
    assertThat(channel.trySend(5)).isFalse();
    var sender = play(() -> channel.worker(2).send(5));
    sender.awaitWaiting();
    assertThat(channel.worker(1).receive()).isEqualTo(4);

    sender.awaitDone();
    assertThat(channel.size()).isEqualTo(4);
  }

  @Test
  void what_is_sent_to_the_channel_is_spread() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(3, 9);

    for (int i = 0; i < 9; i++) {
      channel.send(i);
    }

    for (int worker = 0; worker < 3; worker++) {
      assertThat(channel.worker(worker).receiveMany(3, 3, Duration.ZERO))
          .containsExactly(worker, worker + 3, worker + 6);
    }
  }

  @Test
  void a_worker_that_drains_begins_with_its_own() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(2, 9);
    channel.worker(0).sendAll(List.of(1, 2, 3));
    channel.worker(1).sendAll(List.of(4, 5));
    var items = new ArrayList<Integer>();

    assertThat(channel.worker(1).drainTo(items, 4)).isEqualTo(4);

    assertThat(items).containsExactly(4, 5, 3, 2);
    assertThat(channel.cancel()).containsExactly(1);
  }

  @Test
  void a_waiting_worker_wakes_for_what_is_sent_to_another() throws Exception {
    StealingChannel<String> channel = Channel.stealing(3, 9);
    var thief = play(() -> channel.worker(2).receive());
    thief.awaitWaiting();

    channel.worker(0).send("work");

    assertThat(thief.awaitDone()).isEqualTo("work");
  }

  @Test
  void each_workers_items_leave_in_order_while_nobody_steals() throws Exception {
    StealingChannel<Integer> channel = Channel.stealing(2, 100);
    var random = new SplittableRandom(4);
    int sent = 0;
    int received = 0;
    while (received < 1_000) {
      if (random.nextBoolean() && channel.worker(0).trySend(sent)) {
        sent++;
      } else {
        var item = channel.worker(0).tryReceive();
        if (item != null) {
          assertThat(item).isEqualTo(received++);
        }
      }
    }
  }

  @Test
  void workers_that_make_work_for_each_other_do_all_of_it_once() throws Exception {
    int workers = 4;
    StealingChannel<Integer> channel = Channel.stealing(workers, 1 << 16);
    var open = new AtomicInteger(1);
    var actors =
        IntStream.range(0, workers)
            .mapToObj(i ->
                play(() -> {
                  var own = channel.worker(i);
                  var done = new ArrayList<Integer>();
                  for (int item : own) { // a tree of 2^14 - 1 items, numbered as a heap is
                    done.add(item);
                    if (item < 1 << 13) {
                      open.addAndGet(2);
                      own.send(2 * item);
                      own.send(2 * item + 1);
                    }
                    if (open.decrementAndGet() == 0) {
                      own.close();
                    }
                  }
                  return done;
                }))
            .toList();

    channel.send(1);

    var account = new Conservation<Integer>().inAnyOrder();
    account.accepted(IntStream.range(1, 1 << 14).boxed().toList());
    for (var actor : actors) {
      account.delivered(actor.awaitDone());
    }
    account.check();
    assertThat(channel.isEnded()).isTrue();
  }

  @Test
  void an_item_is_found_wherever_it_is_by_each_of_many_that_wait() throws Exception {
    for (int round = 0; round < 300; round++) {
      StealingChannel<Integer> channel = Channel.stealing(3, 8);
      var receivers =
          IntStream.range(0, 3).mapToObj(i -> play(() -> channel.worker(i).receive())).toList();

      for (int i = 0; i < 3; i++) {
        channel.worker((round + i) % 2).send(i);
      }

      for (var receiver : receivers) {
        receiver.awaitDone();
      }
      assertThat(channel.size()).isZero();
    }
  }

  @Test
  void an_end_that_closes_or_cancels_does_so_for_all() throws Exception {
    StealingChannel<String> channel = Channel.stealing(2, 9);
    channel.worker(0).send("a");
    channel.worker(1).send("b");

    channel.worker(0).close();

    assertThat(channel.isClosed()).isTrue();
    assertThat(channel.worker(1).isClosed()).isTrue();
    assertThatThrownBy(() -> channel.worker(1).send("late"))
        .isInstanceOf(ClosedException.class)
        .hasMessage("the channel is closed");
    assertThat(channel.worker(1).isEnded()).isFalse();
    assertThat(channel.worker(1).cancel()).containsExactlyInAnyOrder("a", "b");
    assertThat(channel.worker(1).isEnded()).isTrue();
  }

  @Test
  void a_worker_that_is_not_there_is_refused() {
    StealingChannel<String> channel = Channel.stealing(2, 9);

    assertThatThrownBy(() -> channel.worker(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are workers 0 to 1, but not 2");
    assertThatThrownBy(() -> Channel.stealing(0, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("workers must be at least 1, but was 0");
  }
}
