package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.FullException;
import dev.sluice.channels.InterruptedSendException;
import dev.sluice.channels.InterruptedWaitException;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Sender;
import dev.sluice.channels.Stats;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What [Channel#rendezvous] promises: the table in [Channel], where room is a receiver that waits,
/// and an item is a sender that does.
class RendezvousChannelTest extends ChannelScene {
  private static final Duration A_MOMENT = Duration.ofMillis(3);
  private static final Duration LONG = Duration.ofHours(1);

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.rendezvous();
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  private final Channel<String> channel = Channel.rendezvous();

  private interface Sending {
    boolean by(Sender<String> sender, String item) throws InterruptedException;
  }

  private interface Receiving {
    @Nullable String by(Receiver<String> receiver) throws InterruptedException;
  }

  private static final List<Sending> SENDING_THAT_WAITS =
      List.of(
          (sender, item) -> {
            sender.send(item);
            return true;
          },
          (sender, item) -> sender.send(item, LONG),
          (sender, item) -> {
            sender.sendAll(List.of(item));
            return true;
          });

  private static final List<Receiving> RECEIVING_THAT_WAITS =
      List.of(
          receiver -> receiver.receive(),
          receiver -> receiver.receive(LONG),
          receiver -> receiver.receiveMany(1, 9, LONG).getFirst(),
          receiver -> receiver.iterator().next());

  private static final List<Receiving> RECEIVING_AT_ONCE =
      List.of(
          receiver -> receiver.tryReceive(),
          receiver -> receiver.receive(Duration.ZERO),
          receiver -> {
            var items = new ArrayList<String>();
            return receiver.drainTo(items, 9) == 0 ? null : items.getFirst();
          });

  @Test
  void each_way_to_send_meets_each_way_to_receive() throws Exception {
    for (var sending : SENDING_THAT_WAITS) {
      for (var receiving : RECEIVING_THAT_WAITS) {
        Actor<@Nullable String> receiver = play(() -> receiving.by(channel));
        receiver.awaitWaiting();
        assertThat(sending.by(channel, "to who waits")).isTrue();
        assertThat(receiver.awaitDone()).isEqualTo("to who waits");
      }
      var all = new ArrayList<>(RECEIVING_THAT_WAITS);
      all.addAll(RECEIVING_AT_ONCE);
      for (var receiving : all) {
        var sender = play(() -> sending.by(channel, "from who waits"));
        sender.awaitWaiting();
        assertThat(receiving.by(channel)).isEqualTo("from who waits");
        assertThat(sender.awaitDone()).isTrue();
      }
    }
    assertThat(channel.stats().waitingSenders()).isZero();
    assertThat(channel.stats().waitingReceivers()).isZero();
  }

  @Test
  void nothing_fits_into_it_whoever_waits() throws Exception {
    assertThat(channel.capacity()).isZero();
    var sender = play(() -> channel.send("item"));
    sender.awaitWaiting();

    assertThat(channel.size()).isZero();
    assertThat(channel.trySend("other")).isFalse();
    assertThat(channel.cancel()).isEmpty();

    assertThat(sender.awaitFailure()).isInstanceOf(ClosedException.class);
  }

  @Test
  void receivers_that_wait_are_met_in_the_order_in_which_they_came() throws Exception {
    var receivers = new ArrayList<Actor<String>>();
    for (int i = 0; i < 5; i++) {
      var receiver = play(() -> channel.receive());
      receiver.awaitWaiting();
      receivers.add(receiver);
    }

    for (int i = 0; i < 5; i++) {
      channel.send("item " + i);
      assertThat(receivers.get(i).awaitDone()).isEqualTo("item " + i);
    }
  }

  @Test
  void a_closed_one_turns_every_call_away() throws Exception {
    channel.close();

    for (var sending : SENDING_THAT_WAITS) {
      assertThatThrownBy(() -> sending.by(channel, "late")).isInstanceOf(ClosedException.class);
    }
    assertThatThrownBy(() -> channel.trySend("late")).isInstanceOf(ClosedException.class);
    for (var receiving : RECEIVING_AT_ONCE) {
      assertThat(receiving.by(channel)).isNull();
    }
    assertThat(channel.receive(LONG)).isNull();
    assertThatThrownBy(channel::receive)
        .isInstanceOf(ClosedException.class)
        .hasMessage("the channel is closed and empty")
        .hasNoCause();
    assertThat(channel).isEmpty();
  }

  @Test
  void a_close_turns_away_whoever_waits_to_send_in_whichever_way() throws Exception {
    var senders =
        SENDING_THAT_WAITS.stream()
            .map(sending -> play(() -> sending.by(channel, "item")))
            .toList();
    senders.forEach(Actor::awaitWaiting);

    channel.close();

    for (var sender : senders) {
      assertThat(sender.awaitFailure()).isInstanceOf(ClosedException.class);
    }
  }

  @Test
  void a_loop_waits_for_each_sender_and_throws_the_cause_at_the_end() throws Exception {
    var items = new ArrayList<String>();
    var loop =
        play(() -> {
          for (var item : channel) {
            items.add(item);
          }
        });
    for (var item : List.of("a", "b", "c")) {
      channel.send(item);
      loop.awaitWaiting();
    }
    var cause = new IOException("gone");

    channel.close(cause);

    assertThat(loop.awaitFailure()).isInstanceOf(ClosedException.class).hasCause(cause);
    assertThat(items).containsExactly("a", "b", "c");
  }

  @Test
  void an_interrupt_that_came_before_the_call_is_thrown_even_if_the_call_need_not_wait()
      throws Exception {
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    for (var sending : SENDING_THAT_WAITS) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> sending.by(channel, "item"))
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
    channel.send("for the receiver");
    assertThat(receiver.awaitDone()).isEqualTo("for the receiver");

    var sender = play(() -> channel.send("still there"));
    sender.awaitWaiting();
    for (var receiving : RECEIVING_THAT_WAITS.subList(0, 3)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> receiving.by(channel)).isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> channel.iterator().hasNext())
        .isInstanceOf(InterruptedWaitException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(channel.receive()).isEqualTo("still there");
    sender.awaitDone();
  }

  @Test
  void what_never_waits_works_under_an_interrupt_and_keeps_the_flag() throws Exception {
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    Thread.currentThread().interrupt();
    try {
      assertThat(channel.trySend("item")).isTrue();
      assertThat(channel.trySend("nobody")).isFalse();
      assertThat(channel.tryReceive()).isNull();
      assertThat(channel.drainTo(new ArrayList<>(), 9)).isZero();
      channel.close();
      assertThat(channel.cancel()).isEmpty();
    } finally {
      assertThat(Thread.interrupted()).as("the interrupt flag").isTrue();
    }
    assertThat(receiver.awaitDone()).isEqualTo("item");
  }

  @Test
  void both_sides_are_patient_for_as_long_as_they_say() throws Exception {
    var clock = new VirtualClock();
    var timed = Channel.<String>builder().clock(clock).rendezvous();
    var sender = play(() -> timed.send("item", LONG));
    clock.awaitWaiting(1);
    clock.advance(LONG.minusNanos(1));
    clock.awaitWaiting(1);
    assertThat(sender.isDone()).isFalse();
    clock.advance(Duration.ofNanos(1));
    assertThat(sender.awaitDone()).isFalse();

    Actor<@Nullable String> receiver = play(() -> timed.receive(LONG));
    clock.awaitWaiting(1);
    clock.advance(LONG.minusNanos(1));
    clock.awaitWaiting(1);
    assertThat(receiver.isDone()).isFalse();
    clock.advance(Duration.ofNanos(1));

    assertThat(receiver.awaitDone()).isNull();
    assertThat(timed.stats())
        .returns(LONG, Stats::sendingBlocked)
        .returns(LONG, Stats::receivingBlocked);
  }

  @Test
  void who_would_wait_fails_if_so_set() throws Exception {
    var failing =
        Channel.<String>builder().named("orders").onOverflow(Overflow.fail()).rendezvous();

    for (var sending : SENDING_THAT_WAITS) {
      assertThatThrownBy(() -> sending.by(failing, "item")).isInstanceOf(FullException.class);
    }
    assertThat(failing.trySend("item")).isFalse();
    var receiver = play(() -> failing.receive());
    receiver.awaitWaiting();
    failing.send("item");

    assertThat(receiver.awaitDone()).isEqualTo("item");
  }

  @Test
  void what_nobody_waits_for_is_dropped_if_so_set() throws Exception {
    var dropped = new ArrayList<String>();
    var dropping =
        Channel.<String>builder().onOverflow(Overflow.dropNewest(dropped::add)).rendezvous();
    dropping.send("a");
    assertThat(dropping.trySend("b")).isTrue();
    dropping.sendAll(List.of("c", "d"));
    var receiver = play(() -> dropping.receive());
    receiver.awaitWaiting();

    dropping.send("e");

    assertThat(receiver.awaitDone()).isEqualTo("e");
    assertThat(dropped).containsExactly("a", "b", "c", "d");
    assertThat(dropping.stats())
        .returns(5L, Stats::sent)
        .returns(4L, Stats::dropped)
        .returns(1L, Stats::received);
  }

  @Test
  @SuppressWarnings("NullAway") // what is tested
  void null_is_refused_as_an_item() {
    for (var sending : SENDING_THAT_WAITS.subList(0, 2)) {
      assertThatThrownBy(() -> sending.by(channel, null)).isInstanceOf(NullPointerException.class);
    }
    assertThatThrownBy(() -> channel.trySend(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void a_sender_waits_for_a_receiver_and_has_sent_when_it_came() throws Exception {
    var sender = play(() -> channel.send("item"));
    sender.awaitWaiting();
    assertThat(channel.size()).isZero();
    assertThat(channel.stats().waitingSenders()).isOne();

    assertThat(channel.receive()).isEqualTo("item");

    sender.awaitDone();
    assertThat(channel.stats().waitingSenders()).isZero();
    assertThat(channel.stats().sent()).isOne();
    assertThat(channel.stats().received()).isOne();
  }

  @Test
  void a_receiver_waits_for_a_sender() throws Exception {
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    assertThat(channel.stats().waitingReceivers()).isOne();

    channel.send("item");

    assertThat(receiver.awaitDone()).isEqualTo("item");
  }

  @Test
  void who_does_not_wait_meets_only_who_waits() throws Exception {
    assertThat(channel.trySend("nobody")).isFalse();
    assertThat(channel.tryReceive()).isNull();
    assertThat(channel.drainTo(new ArrayList<>(), 5)).isZero();

    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    assertThat(channel.trySend("item")).isTrue();
    assertThat(receiver.awaitDone()).isEqualTo("item");

    var sender = play(() -> channel.send("other"));
    sender.awaitWaiting();
    assertThat(channel.tryReceive()).isEqualTo("other");
    sender.awaitDone();
  }

  @Test
  void patience_ends_and_nothing_has_moved() throws Exception {
    assertThat(channel.send("item", A_MOMENT)).isFalse();
    assertThat(channel.receive(A_MOMENT)).isNull();
    assertThat(channel.send("item", Duration.ZERO)).isFalse();
    assertThat(channel.receive(Duration.ZERO)).isNull();

    assertThat(channel.stats().waitingSenders()).isZero();
    assertThat(channel.stats().waitingReceivers()).isZero();
    assertThat(channel.stats().sent()).isZero();
  }

  @Test
  void those_who_wait_are_met_in_the_order_in_which_they_came() throws Exception {
    var senders = new ArrayList<Actor<?>>();
    for (int i = 0; i < 5; i++) {
      var item = "item " + i;
      var sender = play(() -> channel.send(item));
      sender.awaitWaiting();
      senders.add(sender);
    }

    for (int i = 0; i < 5; i++) {
      assertThat(channel.receive()).isEqualTo("item " + i);
    }
    for (var sender : senders) {
      sender.awaitDone();
    }
  }

  @Test
  void an_interrupt_ends_a_wait_and_the_item_stays_with_its_sender() throws Exception {
    var sender = play(() -> channel.send("item"));
    sender.awaitWaiting();
    sender.interrupt();
    assertThat(sender.awaitFailure()).isInstanceOf(InterruptedException.class);
    assertThat(channel.tryReceive()).isNull();

    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    receiver.interrupt();
    assertThat(receiver.awaitFailure()).isInstanceOf(InterruptedException.class);
    assertThat(channel.trySend("item")).isFalse();
  }

  @Test
  void a_close_turns_away_who_waits_and_who_comes() throws Exception {
    var cause = new IOException("gone");
    var sender = play(() -> channel.send("item"));
    var other = Channel.<String>rendezvous();
    var receiver = play(() -> other.receive());
    var patient = play(() -> other.receive(LONG));
    sender.awaitWaiting();
    receiver.awaitWaiting();
    patient.awaitWaiting();

    channel.close(cause);
    other.close();

    assertThat(sender.awaitFailure()).isInstanceOf(ClosedException.class).hasCause(cause);
    assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class).hasNoCause();
    assertThat(patient.awaitDone()).isNull();
    assertThat(channel.isEnded()).isTrue();
    assertThat(channel.cancel()).isEmpty();
    assertThatThrownBy(() -> channel.trySend("late")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(channel::receive).isInstanceOf(ClosedException.class).hasCause(cause);
  }

  @Test
  void a_registered_sender_that_closes_leaves_and_the_last_one_ends_the_channel() throws Exception {
    var senders = channel.senders(2);
    var first = play(() -> senders.get(0).send("first"));
    first.awaitWaiting();

    senders.get(0).close();
    assertThat(first.awaitFailure()).hasMessageContaining("this sender is closed");
    assertThat(channel.isClosed()).isFalse();

    senders.get(1).close();
    assertThat(channel.isEnded()).isTrue();
  }

  @Test
  void a_batch_is_handed_over_one_by_one_and_says_how_far_it_came() throws Exception {
    var sender = play(() -> channel.sendAll(List.of("a", "b", "c")));

    assertThat(channel.receive()).isEqualTo("a");
    assertThat(channel.receive()).isEqualTo("b");
    sender.awaitWaiting();
    sender.interrupt();

    assertThat(sender.awaitFailure())
        .isInstanceOfSatisfying(
            InterruptedSendException.class, e -> assertThat(e.sent()).isEqualTo(2));
    assertThat(channel.tryReceive()).isNull();
  }

  @Test
  void a_future_send_waits_in_its_place_and_can_be_cancelled() throws Exception {
    var first = channel.sendAsync("first");
    var second = channel.sendAsync("second");
    var third = channel.sendAsync("third");
    assertThat(second.cancel(true)).isTrue();

    assertThat(channel.receive()).isEqualTo("first");
    assertThat(channel.receive()).isEqualTo("third");
    first.join();
    third.join();

    assertThat(first.cancel(true)).isFalse();
    assertThatThrownBy(second::join).isInstanceOf(CancellationException.class);
    var late = channel.sendAsync("late");
    channel.close();
    assertThatThrownBy(late::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ClosedException.class);
  }

  @Test
  void futures_meet_each_other_and_who_waits() throws Exception {
    var received = channel.receiveAsync();
    channel.send("to a future");
    assertThat(received.join()).isEqualTo("to a future");

    var other = channel.receiveAsync();
    channel.sendAsync("from a future").join();
    assertThat(other.join()).isEqualTo("from a future");

    var ended = channel.receiveAsync();
    channel.close();
    assertThatThrownBy(ended::join).hasCauseInstanceOf(ClosedException.class);
  }

  @Test
  void it_keeps_no_reference_to_what_was_moved_or_withdrawn() throws Exception {
    Channel<Object> objects = Channel.rendezvous();
    var moved = new Object[] {new Object()};
    var withdrawn = new Object[] {new Object()};
    var references = List.of(new WeakReference<>(moved[0]), new WeakReference<>(withdrawn[0]));
    assertThat(objects.send(withdrawn[0], A_MOMENT)).isFalse();
    var receiver = play(() -> objects.receive() != null);
    objects.send(moved[0]);
    receiver.awaitDone();

    moved[0] = "gone";
    withdrawn[0] = "gone";
    for (var reference : references) {
      awaitCleared(reference);
    }
  }

  /// Interrupts and short patience on both sides: what a send says happened is what did.
  @Test
  void each_item_is_moved_once_whatever_ends_the_waits() throws Exception {
    int count = 2_000;
    var random = new SplittableRandom(11);
    var ends = channel.senders(3);
    var senders =
        IntStream.range(0, 3)
            .mapToObj(id ->
                play(() -> {
                  var sent = new ArrayList<String>();
                  for (int i = 0; i < count; i++) {
                    var item = id + "." + i;
                    while (true) {
                      try {
                        if (ends.get(id).send(item, Duration.ofNanos((1 + i % 5) * 30_000L))) {
                          break;
                        }
                      } catch (InterruptedException e) {
                        // nothing was moved: once more
                      }
                    }
                    sent.add(item);
                  }
                  ends.get(id).close();
                  return sent;
                }))
            .toList();
    var receivers =
        IntStream.range(0, 3)
            .mapToObj(id ->
                play(() -> {
                  var got = new ArrayList<String>();
                  while (!channel.isEnded()) {
                    try {
                      var item = channel.receive(Duration.ofMillis(1));
                      if (item != null) {
                        got.add(item);
                      }
                    } catch (InterruptedException e) {
                      // nothing was moved: once more
                    }
                  }
                  return got;
                }))
            .toList();
    for (int i = 0; i < 300; i++) {
      senders.get(random.nextInt(3)).interrupt();
      receivers.get(random.nextInt(3)).interrupt();
      for (int j = random.nextInt(20_000); j > 0; j--) {
        Thread.onSpinWait();
      }
    }

    var account = new Conservation<String>().inAnyOrder();
    for (var sender : senders) {
      account.accepted(sender.awaitDone());
    }
    for (var receiver : receivers) {
      account.delivered(receiver.awaitDone());
    }
    account.check();
    assertThat(channel.stats().waitingSenders()).isZero();
    assertThat(channel.stats().waitingReceivers()).isZero();
  }
}
