package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.InterruptedSendException;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
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
