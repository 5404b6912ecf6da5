package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Select;
import dev.sluice.channels.Sender;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What [Select] promises, over channels with a buffer and without.
@Timeout(60)
class SelectTest {
  private static final Duration A_MOMENT = Duration.ofMillis(3);

  private final List<Actor<?>> actors = new ArrayList<>();

  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  private Actor<@Nullable Void> play(Actor.Action part) {
    var actor = Actor.playing(threads(), part);
    actors.add(actor);
    return actor;
  }

  @AfterEach
  void dismiss_the_actors() {
    actors.forEach(Actor::interrupt);
    actors.forEach(Actor::close);
  }

  private static <T> List<Channel<T>> ofEachKind() {
    return List.of(Channel.bounded(1), Channel.rendezvous());
  }

  @Test
  void the_clause_that_can_be_done_is_done_and_no_other() throws Exception {
    Channel<String> ready = Channel.bounded(1);
    Channel<String> empty = Channel.bounded(1);
    Channel<String> full = Channel.bounded(1);
    ready.send("item");
    full.send("in the way");

    String chosen =
        Select.<String>fair()
            .receive(empty, item -> "empty: " + item)
            .receive(ready, item -> "ready: " + item)
            .send(full, "more", () -> "full")
            .await();

    assertThat(chosen).isEqualTo("ready: item");
    assertThat(full.cancel()).containsExactly("in the way");
  }

  @Test
  void a_select_waits_for_the_first_that_comes_on_any_kind() throws Exception {
    for (var one : SelectTest.<String>ofEachKind()) {
      for (var other : SelectTest.<String>ofEachKind()) {
        var got = new ArrayList<String>();
        var selector =
            play(() ->
                Select.<Boolean>fair()
                    .receive(one, item -> got.add("one: " + item))
                    .receive(other, item -> got.add("other: " + item))
                    .await());
        selector.awaitWaiting();

        other.send("hello");
        selector.awaitDone();

        assertThat(got).containsExactly("other: hello");
        assertThat(one.trySend("late")).isEqualTo(one.capacity() == 1);
        assertThat(one.tryReceive()).isEqualTo(one.capacity() == 1 ? "late" : null);
      }
    }
  }

  @Test
  void a_select_waits_for_room_or_a_receiver() throws Exception {
    for (var one : SelectTest.<String>ofEachKind()) {
      for (var other : SelectTest.<String>ofEachKind()) {
        while (one.trySend("in the way")) {}
        while (other.trySend("in the way")) {}
        var got = new ArrayList<String>();
        var selector =
            play(() ->
                Select.<Boolean>fair()
                    .send(one, "to one", () -> got.add("one"))
                    .send(other, "to other", () -> got.add("other"))
                    .await());
        selector.awaitWaiting();

        if (other.capacity() == 1) {
          assertThat(other.receive()).isEqualTo("in the way");
          selector.awaitDone();
        }
        assertThat(other.receive()).isEqualTo("to other");
        selector.awaitDone();

        assertThat(got).containsExactly("other");
        assertThat(one.tryReceive()).isEqualTo(one.capacity() == 1 ? "in the way" : null);
      }
    }
  }

  @Test
  void two_selects_meet_in_a_rendezvous() throws Exception {
    Channel<String> there = Channel.rendezvous();
    Channel<String> back = Channel.rendezvous();
    for (int round = 0; round < 2_000; round++) {
      var moves = new AtomicLong();
      var one =
          play(() ->
              Select.<Long>fair()
                  .send(there, "ping", moves::incrementAndGet)
                  .receive(back, item -> moves.incrementAndGet())
                  .await());
      Select.<Long>fair()
          .receive(there, item -> moves.incrementAndGet())
          .send(back, "pong", moves::incrementAndGet)
          .await();
      one.awaitDone();

      assertThat(moves).hasValue(2);
    }
  }

  @Test
  void a_select_does_not_meet_itself() throws Exception {
    Channel<String> rendezvous = Channel.rendezvous();

    var chosen =
        Select.<String>fair()
            .send(rendezvous, "item", () -> "sent")
            .receive(rendezvous, item -> "received")
            .await(A_MOMENT, () -> "nobody");

    assertThat(chosen).isEqualTo("nobody");
  }

  @Test
  void a_fair_select_starves_no_clause_and_one_in_order_prefers_the_first() throws Exception {
    Channel<Integer> one = Channel.bounded(1_000);
    Channel<Integer> other = Channel.bounded(1_000);
    one.sendAll(IntStream.range(0, 1_000).boxed().toList());
    other.sendAll(IntStream.range(0, 1_000).boxed().toList());
    var fair = Select.<Integer>fair().receive(one, item -> 0).receive(other, item -> 1);
    int ofOther = 0;
    for (int i = 0; i < 400; i++) {
      ofOther += fair.await();
    }
    assertThat(ofOther).isBetween(100, 300);

    var inOrder = Select.<Integer>inOrder().receive(one, item -> 0).receive(other, item -> 1);
    for (int left = one.size(); left > 0; left--) {
      assertThat(inOrder.await()).isZero();
    }
    assertThat(inOrder.await()).isOne();
  }

  @Test
  void what_cannot_be_done_now_is_left_to_the_default() throws Exception {
    for (var channel : SelectTest.<String>ofEachKind()) {
      var select = Select.<String>inOrder().receive(channel, item -> item);

      assertThat(select.tryNow(() -> "nothing")).isEqualTo("nothing");
      assertThat(select.await(A_MOMENT, () -> "too late")).isEqualTo("too late");
      assertThat(select.await(Duration.ZERO, () -> "too late")).isEqualTo("too late");
    }
    Channel<String> channel = Channel.bounded(1);
    channel.send("item");
    assertThat(Select.<String>fair().receive(channel, item -> item).tryNow(() -> "nothing"))
        .isEqualTo("item");
  }

  @Test
  void an_ended_channel_takes_no_part_any_more() throws Exception {
    for (var ended : SelectTest.<String>ofEachKind()) {
      for (var open : SelectTest.<String>ofEachKind()) {
        ended.close();
        var select =
            Select.<String>fair().receive(ended, item -> "ended").receive(open, item -> item);
        var sender = play(() -> open.send("item"));

        assertThat(select.await()).isEqualTo("item");
        sender.awaitDone();

        assertThat(select.await(A_MOMENT, () -> "nothing")).isEqualTo("nothing");
        open.close();
        assertThatThrownBy(select::await)
            .isInstanceOf(ClosedException.class)
            .hasMessage("all channels of the select are closed and empty");
      }
    }
  }

  @Test
  void a_close_reaches_a_select_that_waits() throws Exception {
    for (var one : SelectTest.<String>ofEachKind()) {
      for (var other : SelectTest.<String>ofEachKind()) {
        var selector =
            play(() ->
                Select.<String>fair()
                    .receive(one, item -> item)
                    .receive(other, item -> item)
                    .await());
        selector.awaitWaiting();
        one.close();
        other.close();

        assertThat(selector.awaitFailure()).isInstanceOf(ClosedException.class);
      }
    }
  }

  @Test
  void the_end_of_a_channel_can_be_a_clause_of_its_own() throws Exception {
    for (var channel : SelectTest.<String>ofEachKind()) {
      Channel<String> silent = Channel.rendezvous();
      var select =
          Select.<String>fair()
              .receive(silent, item -> item)
              .receive(channel, item -> item, () -> "the end");
      var closer = play(channel::close);

      assertThat(select.await()).isEqualTo("the end");
      closer.awaitDone();
    }
  }

  @Test
  void a_cause_is_thrown_and_a_closed_channel_refuses() throws Exception {
    var cause = new IOException("gone");
    for (var channel : SelectTest.<String>ofEachKind()) {
      Channel<String> silent = Channel.bounded(1);
      var sender = channel.newSender();
      var sending = Select.<String>fair().send(sender, "item", () -> "sent");
      channel.close(cause);

      assertThatThrownBy(
              Select.<String>fair().receive(silent, item -> item).receive(channel, item -> item)
                  ::await)
          .isInstanceOf(ClosedException.class)
          .hasCause(cause);
      assertThatThrownBy(sending::await).isInstanceOf(ClosedException.class).hasCause(cause);
    }
  }

  @Test
  void a_registered_sender_that_closes_turns_its_select_away() throws Exception {
    for (var channel : SelectTest.<String>ofEachKind()) {
      while (channel.trySend("in the way")) {}
      var senders = channel.senders(2);
      var selector =
          play(() -> Select.<String>fair().send(senders.getFirst(), "item", () -> "sent").await());
      selector.awaitWaiting();

      senders.getFirst().close();

      assertThat(selector.awaitFailure())
          .isInstanceOf(ClosedException.class)
          .hasMessageContaining("this sender is closed");
      assertThat(channel.isClosed()).isFalse();
    }
  }

  @Test
  void an_interrupt_ends_the_wait_and_moves_nothing() throws Exception {
    for (var channel : SelectTest.<String>ofEachKind()) {
      var selector = play(() -> Select.<String>fair().receive(channel, item -> item).await());
      selector.awaitWaiting();
      selector.interrupt();
      assertThat(selector.awaitFailure()).isInstanceOf(InterruptedException.class);

      assertThat(channel.trySend("item")).isEqualTo(channel.capacity() == 1);
      assertThat(channel.stats().waitingReceivers()).isZero();
    }
  }

  @Test
  void a_clause_may_throw_and_its_item_was_received() throws Exception {
    Channel<String> channel = Channel.bounded(1);
    channel.send("item");
    var refused = new IOException("no");

    assertThatThrownBy(
            Select.<String>fair()
                    .receive(
                        channel,
                        item -> {
                          throw refused;
                        })
                ::await)
        .isSameAs(refused);

    assertThat(channel.size()).isZero();
  }

  @Test
  void a_channel_of_someone_else_is_refused() {
    var theirs =
        (Receiver<?>)
            Proxy.newProxyInstance(
                Receiver.class.getClassLoader(),
                new Class<?>[] {Receiver.class},
                (proxy, method, arguments) -> {
                  throw new UnsupportedOperationException(method.getName());
                });

    assertThatThrownBy(() -> Select.<Object>fair().receive(theirs, item -> item))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("this library's own channels");
    assertThatThrownBy(Select.<String>fair()::await)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a select needs at least one clause");
  }

  /// Every item goes to exactly one of many selects, which also time out all the time.
  @Test
  void each_item_is_moved_once_among_many_selects() throws Exception {
    int items = 3_000;
    List<Channel<Integer>> channels =
        List.of(Channel.bounded(1), Channel.rendezvous(), Channel.bounded(3), Channel.rendezvous());
    var seen = new AtomicLongArray(items * channels.size());
    var producers = new ArrayList<Actor<?>>();
    for (int p = 0; p < 2; p++) {
      List<Sender<Integer>> ends = channels.stream().map(channel -> channel.newSender()).toList();
      int from = p;
      producers.add(
          play(() -> {
            for (int i = from; i < items; i += 2) {
              for (int c = 0; c < channels.size(); c++) {
                int item = c * items + i;
                var select = Select.<Boolean>fair().send(ends.get(c), item, () -> true);
                while (!select.await(Duration.ofNanos((1 + i % 7) * 20_000L), () -> false)) {}
              }
            }
            ends.forEach(Sender::close);
          }));
    }
    var consumers =
        Stream.generate(() ->
                play(() -> {
                  var select = Select.<Boolean>fair();
                  for (var channel : channels) {
                    select.receive(
                        channel,
                        item -> {
                          seen.incrementAndGet(item);
                          return true;
                        });
                  }
                  try {
                    while (true) {
                      select.await(Duration.ofNanos(50_000), () -> false);
                    }
                  } catch (ClosedException e) {
                    assertThat(e.getCause()).isNull();
                  }
                }))
            .limit(3)
            .toList();

    for (var actor : producers) {
      actor.awaitDone();
    }
    for (var actor : consumers) {
      actor.awaitDone();
    }

    for (int i = 0; i < seen.length(); i++) {
      assertThat(seen.get(i)).as("item %s", i).isOne();
    }
    for (var channel : channels) {
      assertThat(channel.stats().waitingReceivers()).isZero();
      assertThat(channel.stats().waitingSenders()).isZero();
    }
  }
}
