package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Select;
import dev.sluice.channels.Sender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the tests of Go's select look for (runtime/chan_test.go and test/chan), asked of ours, on
/// platform threads. Each test names the one whose behaviour it asks for; the code is our own.
class GoSelectBehavioursTest extends ChannelScene {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return capacity == 0 ? Channel.rendezvous() : Channel.bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  // chan_test.go

  /// TestNonblockSelectRace: at each moment one of the two has an item, so it never finds none.
  @Test
  void one_that_does_not_wait_finds_the_item_that_is_in_one_or_the_other() throws Exception {
    for (int round = 0; round < 1_000; round++) {
      Channel<Integer> one = open(1);
      Channel<Integer> other = open(1);
      one.send(1);
      var select =
          play(() ->
              Select.<Boolean>fair()
                  .receive(one, _ -> true)
                  .receive(other, _ -> true)
                  .tryNow(() -> false));
      other.send(1);
      one.tryReceive();
      assertThat(select.awaitDone()).isTrue();
    }
  }

  /// TestNonblockSelectRace2: as above, but the other is closed.
  @Test
  void one_that_does_not_wait_finds_the_item_of_one_or_the_end_of_the_other() throws Exception {
    for (int round = 0; round < 1_000; round++) {
      Channel<Integer> one = open(1);
      Channel<Integer> other = open(0);
      one.send(1);
      var select =
          play(() ->
              Select.<Boolean>fair()
                  .receive(one, _ -> true)
                  .receive(other, _ -> true, () -> true)
                  .tryNow(() -> false));
      other.close();
      one.tryReceive();
      assertThat(select.awaitDone()).isTrue();
    }
  }

  /// TestSelfSelect: two that both send and receive on one channel serve each other, not
  /// themselves.
  @ParameterizedTest
  @ValueSource(ints = {0, 10})
  void two_that_select_to_send_and_to_receive_on_one_channel_both_finish(int capacity)
      throws Exception {
    Channel<Integer> channel = open(capacity);
    var players = new ArrayList<Actor<?>>();
    for (int player = 0; player < 2; player++) {
      int mine = player;
      players.add(
          play(() -> {
            var select =
                Select.<Integer>fair().send(channel, mine, () -> -1).receive(channel, item -> item);
            for (int i = 0; i < 1_000; i++) {
              int got = select.await();
              assertThat(capacity == 0 && got == mine).as("served by itself").isFalse();
            }
          }));
    }
    for (var player : players) {
      player.awaitDone();
    }
  }

  /// TestSelectStress: plain and selecting senders and receivers, on channels with and without
  /// room.
  @Test
  void selects_and_plain_calls_share_channels_without_loss() throws Exception {
    int count = 500;
    List<Channel<Integer>> channels = List.of(open(0), open(0), open(2), open(3));
    var all = new ArrayList<Actor<?>>();
    for (var channel : channels) {
      all.add(
          play(() -> {
            for (int i = 0; i < count; i++) {
              channel.send(0);
            }
          }));
      all.add(
          play(() -> {
            for (int i = 0; i < count; i++) {
              channel.receive();
            }
          }));
    }
    all.add(play(() -> selectEach(channels, count, true)));
    all.add(play(() -> selectEach(channels, count, false)));
    for (var actor : all) {
      actor.awaitDone();
    }
    for (var channel : channels) {
      assertThat(channel.size()).isZero();
      assertThat(channel.stats().sent()).isEqualTo(2L * count);
    }
  }

  /// Sends (or receives) `count` times on each channel, in whatever order they are ready.
  private static void selectEach(List<Channel<Integer>> channels, int count, boolean send)
      throws Exception {
    var left = new int[channels.size()];
    Arrays.fill(left, count);
    for (int i = 0; i < count * channels.size(); i++) {
      var select = Select.<Integer>fair();
      for (int c = 0; c < left.length; c++) {
        int number = c;
        if (left[c] > 0 && send) {
          select.send(channels.get(c), 0, () -> number);
        } else if (left[c] > 0) {
          select.receive(channels.get(c), _ -> number);
        }
      }
      left[select.await()]--;
    }
  }

  /// TestSelectFairness: of two that are always ready, each is chosen about half of the times.
  @Test
  void of_two_that_are_ready_each_is_chosen_about_half_of_the_times() throws Exception {
    int trials = 10_000;
    Channel<Integer> one = open(trials);
    Channel<Integer> other = open(trials);
    for (int i = 0; i < trials; i++) {
      one.send(0);
      other.send(1);
    }
    Channel<Integer> silent = open(0);
    var select =
        Select.<Integer>fair()
            .receive(silent, item -> item)
            .receive(one, item -> item)
            .receive(other, item -> item);
    int ones = 0;
    for (int i = 0; i < trials; i++) {
      ones += select.await();
    }
    // With the silent one first in a third of the trials, the next is chosen: 2/3 to 1/3.
    assertThat(ones).isBetween(trials / 4, 3 * trials / 4);
  }

  /// TestSelectDuplicateChannel: who stands twice in a channel leaves it altogether.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void who_selects_a_channel_twice_does_not_stand_in_the_way_afterwards(int capacity)
      throws Exception {
    Channel<Integer> twice = open(capacity);
    Channel<Integer> once = open(capacity);
    var select =
        play(() ->
            Select.<Integer>fair()
                .receive(twice, item -> item)
                .receive(twice, item -> item)
                .receive(once, item -> item)
                .await());
    select.awaitWaiting();
    var plain = play(() -> twice.receive());
    plain.awaitWaiting();
    once.send(7);
    assertThat(select.awaitDone()).isEqualTo(7);
    twice.send(8);
    assertThat(plain.awaitDone()).isEqualTo(8);
  }

  /// TestPseudoRandomSend: of two sends to one channel, now this is chosen and now that.
  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void of_two_sends_to_one_channel_each_is_chosen_often(int capacity) throws Exception {
    Channel<Integer> channel = open(capacity);
    play(() -> {
      var select = Select.<Integer>fair().send(channel, 0, () -> 0).send(channel, 1, () -> 1);
      for (int i = 0; i < 1_000; i++) {
        select.await();
      }
    });
    int ones = 0;
    for (int i = 0; i < 1_000; i++) {
      ones += channel.receive();
    }
    assertThat(ones).isBetween(100, 900);
  }

  /// TestChanSendSelectBarrier: each gets its own answer, also by a select.
  @Test
  void each_request_by_a_select_gets_its_own_answer() throws Exception {
    record Request(int number, Sender<Integer> answer) {}
    Channel<Request> requests = open(0);
    Channel<Integer> never = open(0);
    play(() -> {
      for (var request : requests) {
        request.answer.send(-request.number);
      }
    });
    var clients =
        IntStream.range(0, 10)
            .mapToObj(client ->
                play(() -> {
                  for (int i = 0; i < 100; i++) {
                    int number = 1_000 * client + i;
                    Channel<Integer> answer = open(i % 2);
                    requests.send(new Request(number, answer));
                    int got =
                        Select.<Integer>fair()
                            .receive(never, item -> item)
                            .receive(answer, item -> item)
                            .await();
                    assertThat(got).isEqualTo(-number);
                  }
                }))
            .toList();
    for (var client : clients) {
      client.awaitDone();
    }
    requests.close();
  }

  // test/chan

  /// doubleselect.go: what a select sends over one of four arrives once, whichever it was.
  @Test
  void what_goes_over_any_of_four_channels_arrives_once() throws Exception {
    int items = 2_000;
    List<Channel<Integer>> channels = List.of(open(0), open(0), open(1), open(1));
    play(() -> {
      for (int i = 0; i < items; i++) {
        int item = i;
        var select = Select.<Boolean>fair();
        channels.forEach(channel -> select.send(channel, item, () -> true));
        select.await();
      }
      channels.forEach(Channel::close);
    });
    Channel<Integer> merged = open(0);
    var ends = merged.senders(channels.size());
    for (int c = 0; c < channels.size(); c++) {
      var end = ends.get(c);
      var from = channels.get(c);
      play(() -> {
        try (end) {
          for (int item : from) {
            end.send(item);
          }
        }
      });
    }
    var got = new ArrayList<Integer>();
    merged.forEach(got::add);
    assertThat(got).containsExactlyInAnyOrderElementsOf(IntStream.range(0, items).boxed().toList());
  }

  /// select2.go: selects that are over leave nothing behind in the channels that weren't chosen.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void selects_leave_nothing_behind_in_what_they_did_not_choose(int capacity) throws Exception {
    Channel<Integer> busy = open(capacity);
    Channel<Integer> idle = open(capacity);
    play(() -> {
      for (int i = 0; i < 10_000; i++) {
        busy.send(i);
      }
    });
    var select = Select.<Integer>fair().receive(busy, item -> item).receive(idle, item -> -1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(select.await()).isEqualTo(i);
    }
    assertThat(idle.stats().waitingReceivers()).isZero();
  }

  /// select3.go: what a select waits for, and what it doesn't.
  @Test
  void a_select_waits_or_not_as_the_states_say() throws Exception {
    Channel<Integer> empty = open(1);
    Channel<Integer> nobody = open(0);
    Channel<Integer> closed = open(1);
    closed.close();
    var waits =
        play(() ->
            Select.<Integer>fair()
                .receive(empty, item -> item)
                .receive(nobody, item -> item)
                .send(nobody, 1, () -> -1)
                .await());
    waits.awaitWaiting();
    empty.send(5);
    assertThat(waits.awaitDone()).isEqualTo(5);

    assertThatThrownBy(() -> Select.<Integer>fair().send(closed, 1, () -> 1).await())
        .isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> Select.<Integer>fair().receive(closed, item -> item).await())
        .isInstanceOf(ClosedException.class);
    int ended = Select.<Integer>fair().receive(closed, item -> item, () -> -1).await();
    assertThat(ended).isEqualTo(-1);
    int none = Select.<Integer>fair().receive(nobody, item -> item).tryNow(() -> -2);
    assertThat(none).isEqualTo(-2);
  }

  /// select6.go: who came to a channel by a select and left by another does not hold up who came
  /// after it.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void who_left_by_another_channel_does_not_hold_up_who_came_after(int capacity) throws Exception {
    Channel<Boolean> one = open(capacity);
    Channel<Boolean> other = open(capacity);
    var first = play(() -> one.receive());
    first.awaitWaiting();
    var select =
        play(() ->
            Select.<Boolean>fair().receive(one, item -> item).receive(other, item -> item).await());
    select.awaitWaiting();
    var last = play(() -> one.receive());
    last.awaitWaiting();
    other.send(true);
    select.awaitDone();
    one.send(true);
    first.awaitDone();
    one.send(true);
    last.awaitDone();
  }

  /// select7.go: each way to send meets each way to receive.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void each_way_to_send_meets_each_way_to_receive(int capacity) throws Exception {
    for (int sending = 0; sending < 3; sending++) {
      for (int receiving = 0; receiving < 3; receiving++) {
        Channel<Integer> channel = open(capacity);
        Channel<Integer> never = open(0);
        var receiver = play(receive(receiving, channel, never));
        receiver.awaitWaiting();
        send(sending, channel, open(0));
        assertThat(receiver.awaitDone()).isEqualTo(1);
      }
    }
  }

  private static Callable<Integer> receive(
      int way, Receiver<Integer> channel, Receiver<Integer> never) {
    return switch (way) {
      case 0 -> channel::receive;
      case 1 -> () -> Select.<Integer>fair().receive(channel, item -> item).await();
      default ->
          () ->
              Select.<Integer>fair()
                  .receive(never, item -> item)
                  .receive(channel, item -> item)
                  .await();
    };
  }

  private static void send(int way, Sender<Integer> channel, Sender<Integer> never)
      throws Exception {
    switch (way) {
      case 0 -> channel.send(1);
      case 1 -> assertThat(Select.<Boolean>fair().send(channel, 1, () -> true).await()).isTrue();
      default ->
          assertThat(
                  Select.<Boolean>fair()
                      .send(never, 0, () -> false)
                      .send(channel, 1, () -> true)
                      .await())
              .isTrue();
    }
  }

  /// powser1.go: series whose terms are made on demand, with a rendezvous for the demand and one
  /// for the term; who needs a term of each of two asks both, in whatever order they listen and
  /// answer.
  @Test
  void power_series_give_their_terms_on_demand() throws Exception {
    record Series(Channel<Boolean> demand, Channel<Integer> terms) {}
    var sources = new ArrayList<Series>();
    var producers = new ArrayList<Actor<?>>();
    for (int factor = 1; factor <= 2; factor++) {
      int constant = factor;
      var series = new Series(open(0), open(0));
      sources.add(series);
      producers.add(
          play(() -> {
            for (boolean ignored : series.demand) {
              series.terms.send(constant);
            }
          }));
    }
    var sums = new ArrayList<Integer>();
    for (int n = 0; n < 100; n++) {
      int sum = 0;
      var asked = new boolean[2];
      var answered = new boolean[2];
      for (int step = 0; step < 4; step++) {
        var select = Select.<Integer>fair();
        for (int s = 0; s < 2; s++) {
          int source = s;
          if (!asked[s]) {
            select.send(
                sources.get(s).demand,
                true,
                () -> {
                  asked[source] = true;
                  return 0;
                });
          } else if (!answered[s]) {
            select.receive(
                sources.get(s).terms,
                term -> {
                  answered[source] = true;
                  return term;
                });
          }
        }
        sum += select.await();
      }
      sums.add(sum);
    }
    sources.forEach(series -> series.demand.close());
    assertThat(sums).hasSize(100).containsOnly(3);
    for (var producer : producers) {
      producer.awaitDone();
    }
  }
}
