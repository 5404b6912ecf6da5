package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.FullException;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.Select;
import dev.sluice.channels.Stats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What our own kinds promise with each setting, on platform threads unless overridden.
abstract class KindContract extends ChannelContract {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  /// Opens a channel of the kind that is tested, with settings.
  abstract <T> Channel<T> open(ChannelBuilder<T> settings, int capacity);

  @Override
  protected final <T> Channel<T> open(int capacity) {
    return open(Channel.builder(), capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  // Names.

  @Test
  void its_name_is_in_its_messages() {
    Channel<String> channel = open(Channel.<String>builder().named("orders"), 1);
    assertThat(channel.name()).isEqualTo("orders");
    assertThat(channel.stats().name()).isEqualTo("orders");
    assertThat(channel.toString()).isEqualTo("orders (0 of " + channel.capacity() + ")");

    channel.close();

    assertThatThrownBy(() -> channel.send("late")).hasMessage("orders is closed");
    assertThatThrownBy(() -> channel.receive()).hasMessage("orders is closed and empty");
    assertThat(channel.toString()).isEqualTo("orders (0 of " + channel.capacity() + ", closed)");
  }

  // Time.

  @Test
  void a_receiver_is_patient_for_as_long_as_it_says() throws Exception {
    var clock = new VirtualClock();
    Channel<String> channel = open(Channel.<String>builder().clock(clock), 1);
    var receiver = play(() -> channel.receive(AN_HOUR));
    clock.awaitWaiting(1);

    clock.advance(AN_HOUR.minusNanos(1));
    clock.awaitWaiting(1);
    assertThat(receiver.isDone()).isFalse();
    clock.advance(Duration.ofNanos(1));

    assertThat(receiver.awaitDone()).isNull();
    assertThat(channel.stats().receivingBlocked()).isEqualTo(AN_HOUR);
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_sender_is_patient_for_as_long_as_it_says() throws Exception {
    var clock = new VirtualClock();
    Channel<String> channel = open(Channel.<String>builder().clock(clock), 1);
    channel.send("first");
    var sender = play(() -> channel.send("second", AN_HOUR));
    clock.awaitWaiting(1);

    clock.advance(AN_HOUR.minusNanos(1));
    clock.awaitWaiting(1);
    assertThat(sender.isDone()).isFalse();
    clock.advance(Duration.ofNanos(1));

    assertThat(sender.awaitDone()).isFalse();
    assertThat(channel.stats().sendingBlocked()).isEqualTo(AN_HOUR);
    assertThat(channel.cancel()).containsExactly("first");
  }

  @Test
  void receiving_many_lingers_for_as_long_as_it_says() throws Exception {
    var clock = new VirtualClock();
    Channel<String> channel = open(Channel.<String>builder().clock(clock), 9);
    channel.send("a");
    var receiver = play(() -> channel.receiveMany(3, 5, AN_HOUR));
    clock.awaitWaiting(1);
    clock.advance(AN_HOUR.minusNanos(1));
    channel.send("b");
    clock.awaitWaiting(1);
    assertThat(receiver.isDone()).isFalse();

    clock.advance(Duration.ofNanos(1));

    assertThat(receiver.awaitDone()).containsExactly("a", "b");
  }

  // Overflow.

  @Test
  @Needs(Trait.BOUNDED)
  void who_would_wait_fails_if_so_set() throws Exception {
    var settings = Channel.<String>builder().named("orders").onOverflow(Overflow.fail());
    Channel<String> channel = open(settings, 2);
    channel.send("a");
    channel.send("b");

    assertThatThrownBy(() -> channel.send("c"))
        .isInstanceOf(FullException.class)
        .hasMessage("orders is full");
    assertThatThrownBy(() -> channel.send("c", AN_HOUR)).isInstanceOf(FullException.class);
    assertThat(channel.trySend("c")).isFalse();
    channel.receive();
    assertThatThrownBy(() -> channel.sendAll(List.of("c", "d", "e")))
        .isInstanceOfSatisfying(FullException.class, e -> assertThat(e.sent()).isEqualTo(1))
        .hasMessage("orders is full; 1 of 3 items were sent");

    assertThat(channel.cancel()).containsExactlyInAnyOrder("b", "c");
    assertThatThrownBy(() -> channel.send("late")).isInstanceOf(ClosedException.class);
  }

  @Test
  @Needs({Trait.BOUNDED, Trait.ORDERED})
  void the_oldest_makes_room_if_so_set_and_is_handed_over_and_counted() throws Exception {
    var dropped = new ArrayList<String>();
    Channel<String> channel =
        open(Channel.<String>builder().onOverflow(Overflow.dropOldest(dropped::add)), 2);
    channel.send("a");
    channel.send("b");

    channel.send("c");
    assertThat(channel.trySend("d")).isTrue();
    assertThat(channel.send("e", AN_HOUR)).isTrue();
    assertThat(dropped).containsExactly("a", "b", "c");
    channel.sendAll(List.of("f", "g", "h"));

    assertThat(dropped).containsExactly("a", "b", "c", "d", "e", "f");
    assertThat(channel.receive()).isEqualTo("g");
    assertThat(channel.cancel()).containsExactly("h");
    assertThat(channel.stats())
        .returns(8L, Stats::sent)
        .returns(6L, Stats::dropped)
        .returns(1L, Stats::received)
        .returns(1L, Stats::cancelled);
    assertThatThrownBy(() -> channel.send("late")).isInstanceOf(ClosedException.class);
  }

  @Test
  @Needs(Trait.BOUNDED)
  void the_newest_is_dropped_if_so_set_and_is_handed_over_and_counted() throws Exception {
    var dropped = new ArrayList<String>();
    Channel<String> channel =
        open(Channel.<String>builder().onOverflow(Overflow.dropNewest(dropped::add)), 2);
    channel.send("a");

    channel.sendAll(List.of("b", "c", "d"));
    channel.send("e");
    assertThat(channel.trySend("f")).isTrue();
    assertThat(channel.send("g", AN_HOUR)).isTrue();

    assertThat(dropped).containsExactly("c", "d", "e", "f", "g");
    assertThat(channel.receive()).isIn("a", "b");
    assertThat(channel.cancel()).hasSize(1).isSubsetOf("a", "b");
    assertThat(channel.stats())
        .returns(7L, Stats::sent)
        .returns(5L, Stats::dropped)
        .returns(1L, Stats::received)
        .returns(1L, Stats::cancelled);
    assertThatThrownBy(() -> channel.send("late")).isInstanceOf(ClosedException.class);
  }

  @Test
  @Needs({Trait.BOUNDED, Trait.ORDERED})
  void a_callback_for_what_is_dropped_may_use_the_channel() throws Exception {
    var channels = new ArrayList<Channel<String>>();
    var rest = new ArrayList<String>();
    channels.add(
        open(
            Channel.<String>builder()
                .onOverflow(Overflow.dropOldest(item -> channels.getFirst().drainTo(rest, 9))),
            2));
    var channel = channels.getFirst();

    channel.sendAll(List.of("a", "b"));
    channel.send("c");

    assertThat(rest).containsExactly("b", "c");
  }

  @Test
  @Needs(Trait.BOUNDED)
  void what_a_callback_throws_reaches_the_sender_when_all_is_sent_and_handed_over()
      throws Exception {
    for (var oldest : List.of(true, false)) {
      var dropped = new ArrayList<String>();
      Channel<String> channel = open(dropping(oldest, dropped), 1);
      channel.send("a");

      assertThatThrownBy(() -> channel.send("b"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no room for " + (oldest ? "a" : "b"));
      assertThatThrownBy(() -> channel.trySend("c"))
          .hasMessage("no room for " + (oldest ? "b" : "c"));
      assertThatThrownBy(() -> channel.sendAll(List.of("d", "e", "f")))
          .hasMessage("no room for " + (oldest ? "c" : "d"))
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));

      assertThat(dropped).hasSize(5);
      assertThat(channel.stats()).returns(6L, Stats::sent).returns(5L, Stats::dropped);
      assertThat(channel.cancel()).containsExactly(oldest ? "f" : "a");
    }
  }

  private static ChannelBuilder<String> dropping(boolean oldest, List<String> into) {
    Consumer<String> callback =
        item -> {
          into.add(item);
          throw new IllegalStateException("no room for " + item);
        };
    return Channel.<String>builder()
        .onOverflow(oldest ? Overflow.dropOldest(callback) : Overflow.dropNewest(callback));
  }

  /// From which capacity on it is never empty while its oldest item makes room.
  int neverEmptyFrom() {
    return 1;
  }

  @Test
  @Needs(Trait.BOUNDED)
  void it_is_never_empty_while_its_oldest_item_makes_room() throws Exception {
    Channel<Integer> channel =
        open(
            Channel.<Integer>builder().onOverflow(Overflow.dropOldest(item -> {})),
            neverEmptyFrom());
    while (channel.size() < channel.capacity()) {
      channel.send(-1);
    }
    var sender =
        play(() -> {
          for (int i = 0; i < 20_000; i++) {
            channel.send(i);
          }
        });

    while (!sender.isDone()) {
      assertThat(channel.size()).isBetween(1, channel.capacity());
      assertThat(Thread.interrupted()).as("out of time").isFalse();
    }

    sender.awaitDone();
    assertThat(channel.cancel()).hasSize(channel.capacity()).contains(19_999);
  }

  @Test
  @Needs(Trait.BOUNDED)
  void dropping_under_many_threads_loses_nothing_unseen() throws Exception {
    for (var oldest : List.of(true, false)) {
      var dropped = new ConcurrentLinkedQueue<Integer>();
      Channel<Integer> channel =
          open(
              Channel.<Integer>builder()
                  .onOverflow(
                      oldest
                          ? Overflow.dropOldest(dropped::add)
                          : Overflow.dropNewest(dropped::add)),
              3);
      var account = new Conservation<Integer>().inAnyOrder();
      var receiver = play(() -> List.copyOf(received(channel)));
      var senders = new ArrayList<Actor<List<Integer>>>();
      for (int id = 0; id < 3; id++) {
        int first = id * 10_000;
        senders.add(
            play(() -> {
              var sent = new ArrayList<Integer>();
              for (int i = first; i < first + 3_000; i++) {
                channel.send(i);
                sent.add(i);
              }
              return sent;
            }));
      }

      for (var sender : senders) {
        account.accepted(sender.awaitDone());
      }
      channel.close();

      account.delivered(receiver.awaitDone()).delivered(dropped).check();
      assertThat(channel.stats())
          .returns(9_000L, Stats::sent)
          .returns((long) dropped.size(), Stats::dropped)
          .returns(9_000L - dropped.size(), Stats::received);
    }
  }

  private static <T> List<T> received(Channel<T> channel) {
    var items = new ArrayList<T>();
    channel.forEach(items::add);
    return items;
  }

  // Fairness.

  @Test
  @Needs(Trait.BOUNDED)
  void fair_senders_get_room_in_the_order_in_which_they_came() throws Exception {
    Channel<String> channel = open(Channel.<String>builder().fair(), 1);
    channel.send("first");
    var senders = new ArrayList<Actor<?>>();
    for (var item : List.of("a", "b", "c", "d")) {
      var sender = play(() -> channel.send(item));
      sender.awaitWaiting();
      senders.add(sender);
    }

    for (var item : List.of("first", "a", "b", "c", "d")) {
      assertThat(channel.receive()).isEqualTo(item);
    }
    for (var sender : senders) {
      sender.awaitDone();
    }
  }

  @Test
  void fair_receivers_get_items_in_the_order_in_which_they_came() throws Exception {
    Channel<String> channel = open(Channel.<String>builder().fair(), 1);
    var receivers = new ArrayList<Actor<String>>();
    for (int i = 0; i < 4; i++) {
      var receiver = play(() -> channel.receive());
      receiver.awaitWaiting();
      receivers.add(receiver);
    }

    for (var receiver : receivers) {
      channel.send("for " + receiver);
      assertThat(receiver.awaitDone()).isEqualTo("for " + receiver);
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_newcomer_does_not_overtake_a_fair_sender_that_waits() throws Exception {
    for (int round = 0; round < 50; round++) {
      Channel<String> channel = open(Channel.<String>builder().fair(), 1);
      channel.send("first");
      var waiting = play(() -> channel.send("second"));
      waiting.awaitWaiting();

      assertThat(channel.receive()).isEqualTo("first");
      var newcomer = play(() -> channel.send("third"));

      assertThat(channel.receive()).isEqualTo("second");
      assertThat(channel.receive()).isEqualTo("third");
      waiting.awaitDone();
      newcomer.awaitDone();
    }
  }

  @Test
  void a_newcomer_does_not_overtake_a_fair_receiver_that_waits() throws Exception {
    for (int round = 0; round < 50; round++) {
      Channel<String> channel = open(Channel.<String>builder().fair(), 1);
      var waiting = play(() -> channel.receive());
      waiting.awaitWaiting();

      channel.send("first");
      var newcomer = play(() -> channel.receive());

      assertThat(waiting.awaitDone()).isEqualTo("first");
      channel.send("second");
      assertThat(newcomer.awaitDone()).isEqualTo("second");
    }
  }

  // The other ways to use it.

  @Test
  void a_future_gets_the_item_that_comes_and_the_end() throws Exception {
    Channel<String> channel = open(1);
    var first = channel.receiveAsync();
    assertThat(first).isNotDone();

    channel.send("item");
    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("item");
    var second = channel.receiveAsync();
    channel.close();

    assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ClosedException.class);
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_future_waits_for_room() throws Exception {
    Channel<String> channel = open(1);
    channel.send("first");
    var second = channel.sendAsync("second");
    assertThat(second).isNotDone();

    assertThat(channel.receive()).isEqualTo("first");

    second.get(10, TimeUnit.SECONDS);
    assertThat(channel.cancel()).containsExactly("second");
  }

  @Test
  void a_select_waits_for_an_item() throws Exception {
    Channel<String> channel = open(1);
    Channel<String> silent = Channel.rendezvous();
    var selector =
        play(() ->
            Select.<String>fair()
                .receive(silent, item -> "silent: " + item)
                .receive(channel, item -> "channel: " + item)
                .await());
    selector.awaitWaiting();

    channel.send("item");

    assertThat(selector.awaitDone()).isEqualTo("channel: item");
    assertThat(channel.size()).isZero();
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_select_waits_for_room() throws Exception {
    Channel<String> channel = open(1);
    Channel<String> silent = Channel.rendezvous();
    channel.send("first");
    var selector =
        play(() ->
            Select.<String>fair()
                .receive(silent, item -> "silent: " + item)
                .send(channel, "second", () -> "sent")
                .await());
    selector.awaitWaiting();

    assertThat(channel.receive()).isEqualTo("first");

    assertThat(selector.awaitDone()).isEqualTo("sent");
    assertThat(channel.cancel()).containsExactly("second");
  }

  @Test
  void a_queue_a_stream_and_a_channel_are_views_of_the_same_items() throws Exception {
    Channel<String> channel = open(1);
    var queue = channel.asBlockingQueue();

    queue.put("a");
    assertThat(channel.receive()).isEqualTo("a");
    channel.send("b");
    assertThat(queue.peek()).isEqualTo("b");
    assertThat(queue).containsExactly("b");
    assertThat(queue.take()).isEqualTo("b");
    queue.put("c");
    channel.close();

    assertThat(channel.stream()).containsExactly("c");
    assertThat(queue.poll()).isNull();
    assertThatThrownBy(() -> queue.put("late")).isInstanceOf(ClosedException.class);
  }
}
