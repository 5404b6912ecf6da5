package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.Select;
import dev.sluice.channels.Stats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// [ChannelBuilder#weighed] keeps the contract where all weights are 1, and its bound where not.
class WeighedChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.weighed(capacity, item -> 1);
  }

  private static Channel<String> ofTen() {
    return Channel.<String>builder().weighed(10, String::length);
  }

  @Test
  void it_is_full_when_an_item_would_be_too_much_weight() throws Exception {
    var channel = ofTen();
    channel.send("666666");

    assertThat(channel.trySend("55555")).isFalse();
    assertThat(channel.trySend("333")).isTrue();
    assertThat(channel.trySend("22")).isFalse();
    assertThat(channel.trySend("1")).isTrue();
    assertThat(channel.trySend("1")).isFalse();

    assertThat(channel.size()).isEqualTo(3);
    assertThat(channel.capacity()).isEqualTo(10);
    assertThat(channel.stats())
        .returns(3, Stats::size)
        .returns(10L, Stats::weight)
        .returns(10L, Stats::maxWeight);
    assertThat(channel.receive()).isEqualTo("666666");
    assertThat(channel.stats()).returns(4L, Stats::weight);
    assertThat(channel.cancel()).containsExactly("333", "1");
    assertThat(channel.stats()).returns(0L, Stats::weight);
  }

  @Test
  void what_never_fits_or_weighs_nothing_is_refused_and_nothing_is_sent() throws Exception {
    var channel = Channel.<String>builder().named("blocks").weighed(10, String::length);
    var message =
        "an item of weight 11 never fits into blocks, whose capacity is 10: split the item, or"
            + " raise the capacity";

    assertThatThrownBy(() -> channel.send("01234567890"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> channel.trySend("01234567890")).hasMessage(message);
    assertThatThrownBy(() -> channel.send("01234567890", Duration.ZERO)).hasMessage(message);
    assertThatThrownBy(() -> channel.sendAll(List.of("a", "01234567890"))).hasMessage(message);
    assertThatThrownBy(() -> channel.newSender().trySend("01234567890")).hasMessage(message);
    assertThatThrownBy(() -> channel.send(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the weight of an item must be at least 1, but was 0");

    assertThat(channel.size()).isZero();
  }

  @Test
  void each_item_is_weighed_once() throws Exception {
    var weighed = new AtomicInteger();
    var channel =
        Channel.<String>builder()
            .weighed(
                10,
                item -> {
                  weighed.getAndIncrement();
                  return 10;
                });
    channel.send("a");
    channel.trySend("b");
    var sender = play(() -> channel.sendAll(List.of("c", "d")));
    sender.awaitWaiting();
    channel.receive();
    channel.receive();
    sender.awaitDone();
    channel.receive();

    assertThat(weighed.get()).isEqualTo(4);
  }

  @Test
  void a_heavy_item_is_not_kept_out_by_lighter_ones_behind_it() throws Exception {
    var channel = ofTen();
    channel.sendAll(List.of("4444", "333", "22"));
    var heavy = play(() -> channel.send("88888888"));
    heavy.awaitWaiting();
    var light = play(() -> channel.send("1"));
    light.awaitWaiting();

    assertThat(channel.receive()).isEqualTo("4444");
    heavy.awaitWaiting();
    light.awaitWaiting();
    assertThat(channel.stats().waitingSenders()).isEqualTo(2);
    assertThat(channel.receive()).isEqualTo("333");
    heavy.awaitDone();
    light.awaitWaiting();

    assertThat(channel.receive()).isEqualTo("22");
    light.awaitDone();
    assertThat(channel.cancel()).containsExactly("88888888", "1");
  }

  @Test
  void a_heavy_sender_that_gives_up_lets_those_behind_it_in() throws Exception {
    var channel = ofTen();
    channel.send("88888888");
    var heavy = play(() -> channel.send("99999999"));
    heavy.awaitWaiting();
    var light = IntStream.range(0, 2).mapToObj(i -> play(() -> channel.send("1"))).toList();
    light.forEach(Actor::awaitWaiting);

    heavy.interrupt();

    assertThat(heavy.awaitFailure()).isInstanceOf(InterruptedException.class);
    for (var sender : light) {
      sender.awaitDone();
    }
    assertThat(channel.cancel()).containsExactly("88888888", "1", "1");
  }

  @Test
  void one_taken_item_lets_as_many_in_as_fit() throws Exception {
    var channel = ofTen();
    channel.send("0123456789");
    var senders = IntStream.range(0, 5).mapToObj(i -> play(() -> channel.send("22"))).toList();
    senders.forEach(Actor::awaitWaiting);

    channel.receive();

    for (var sender : senders) {
      sender.awaitDone();
    }
    assertThat(channel.stats()).returns(5, Stats::size).returns(10L, Stats::weight);
  }

  @Test
  void a_select_waits_for_room_for_its_item() throws Exception {
    var channel = ofTen();
    channel.sendAll(List.of("333", "4444"));
    var selector = play(() -> Select.<String>fair().send(channel, "55555", () -> "sent").await());
    selector.awaitWaiting();

    assertThat(channel.receive()).isEqualTo("333");

    assertThat(selector.awaitDone()).isEqualTo("sent");
    assertThat(channel.cancel()).containsExactly("4444", "55555");
  }

  @Test
  void a_future_waits_for_room_for_its_item() throws Exception {
    var channel = ofTen();
    channel.sendAll(List.of("1", "666666"));
    var future = channel.sendAsync("88888888");

    assertThat(channel.receive()).isEqualTo("1");
    assertThat(future).isNotDone();
    assertThat(channel.receive()).isEqualTo("666666");

    future.get(10, TimeUnit.SECONDS);
    assertThat(channel.cancel()).containsExactly("88888888");
  }

  @Test
  void a_heavy_item_may_push_out_several() throws Exception {
    var dropped = new ArrayList<String>();
    var channel =
        Channel.<String>builder()
            .onOverflow(Overflow.dropOldest(dropped::add))
            .weighed(10, String::length);
    channel.sendAll(List.of("333", "333", "333"));

    channel.send("55555");

    assertThat(dropped).containsExactly("333", "333");
    assertThat(channel.cancel()).containsExactly("333", "55555");
    assertThat(channel.stats()).returns(4L, Stats::sent).returns(2L, Stats::dropped);
  }

  @Test
  void mixed_weights_under_many_threads_keep_the_bound_and_lose_nothing() throws Exception {
    record Load(int sender, int number, int weight) {}
    var channel = Channel.<Load>builder().weighed(16, Load::weight);
    var ends = channel.senders(3);
    var senders =
        IntStream.range(0, 3)
            .mapToObj(id ->
                play(() -> {
                  var sent = new ArrayList<Load>();
                  try (var end = ends.get(id)) {
                    for (int i = 0; i < 2_000; i++) {
                      var load = new Load(id, i, 1 + (i * 7 + id) % 16);
                      end.send(load);
                      sent.add(load);
                    }
                  }
                  return sent;
                }))
            .toList();
    var account = new Conservation<Load>();
    var received = new ArrayList<Load>();

    for (var load : channel) {
      assertThat(channel.stats().weight()).isBetween(0L, 16L);
      received.add(load);
    }

    for (var sender : senders) {
      account.accepted(sender.awaitDone());
    }
    account.delivered(received).check();
    assertThat(channel.stats()).returns(0L, Stats::weight);
    assertThatThrownBy(() -> channel.send(new Load(9, 9, 1))).isInstanceOf(ClosedException.class);
  }
}
