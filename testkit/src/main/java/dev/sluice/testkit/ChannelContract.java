package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.InterruptedSendException;
import dev.sluice.channels.InterruptedWaitException;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.RefusedItemsException;
import dev.sluice.channels.Sender;
import dev.sluice.channels.Stats;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every channel promises: a test for each cell of the table in [Channel], and for each
/// sentence around it. A kind that doesn't make all these promises says which it makes by
/// `traits()`; the tests of the others are skipped.
///
/// ```java
/// static class MyChannelTest extends ChannelContract {
///   @Override
///   protected <T> Channel<T> open(int capacity) {
///     return Channel.bounded(capacity); // or a kind of your own
///   }
/// }
/// ```
///
/// Override `threads()` in a second subclass to run it on platform threads too.
public abstract class ChannelContract extends ChannelRaces {
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
  private static final Duration A_MOMENT = Duration.ofMillis(3);

  /// For the subclass.
  protected ChannelContract() {}

  /// The ways to send an item.
  private enum Sending {
    SEND {
      @Override
      boolean by(Sender<String> sender, String item) throws InterruptedException {
        sender.send(item);
        return true;
      }
    },
    SEND_IN_TIME {
      @Override
      boolean by(Sender<String> sender, String item) throws InterruptedException {
        return sender.send(item, FOREVER);
      }
    },
    SEND_ALL {
      @Override
      boolean by(Sender<String> sender, String item) throws InterruptedException {
        sender.sendAll(List.of(item));
        return true;
      }
    },
    TRY_SEND {
      @Override
      boolean by(Sender<String> sender, String item) {
        return sender.trySend(item);
      }
    };

    static final Set<Sending> WAITING = EnumSet.complementOf(EnumSet.of(TRY_SEND));

    abstract boolean by(Sender<String> sender, String item) throws InterruptedException;
  }

  /// The ways to receive an item; null is none.
  private enum Receiving {
    RECEIVE {
      @Override
      String by(Receiver<String> receiver) throws InterruptedException {
        return receiver.receive();
      }
    },
    RECEIVE_IN_TIME {
      @Override
      @Nullable String by(Receiver<String> receiver) throws InterruptedException {
        return receiver.receive(FOREVER);
      }
    },
    LOOP {
      @Override
      @Nullable String by(Receiver<String> receiver) {
        for (var item : receiver) {
          return item;
        }
        return null;
      }
    },
    TRY_RECEIVE {
      @Override
      @Nullable String by(Receiver<String> receiver) {
        return receiver.tryReceive();
      }
    },
    DRAIN {
      @Override
      @Nullable String by(Receiver<String> receiver) {
        var items = new ArrayList<String>();
        return receiver.drainTo(items, 1) == 0 ? null : items.getFirst();
      }
    };

    static final Set<Receiving> WAITING = EnumSet.of(RECEIVE, RECEIVE_IN_TIME, LOOP);

    abstract @Nullable String by(Receiver<String> receiver) throws InterruptedException;
  }

  // Open: room, or an item.

  @Test
  void a_channel_with_room_accepts_at_once() throws Exception {
    for (var sending : Sending.values()) {
      Channel<String> channel = open(1);

      assertThat(sending.by(channel, "item")).as("%s", sending).isTrue();

      assertThat(channel.size()).isEqualTo(1);
    }
  }

  @Test
  void a_channel_with_an_item_hands_it_out_at_once() throws Exception {
    for (var receiving : Receiving.values()) {
      Channel<String> channel = open(1);
      channel.send("item");

      assertThat(receiving.by(channel)).as("%s", receiving).isEqualTo("item");

      assertThat(channel.size()).isZero();
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void exactly_as_many_items_fit_as_the_capacity_says() {
    for (int capacity : List.of(1, 2, 3, 7, 8, 100)) {
      Channel<Integer> channel = open(capacity);

      int sent = 0;
      while (channel.trySend(sent)) {
        sent++;
        assertThat(channel.size()).isEqualTo(sent);
      }

      assertThat(sent).isEqualTo(capacity);
      assertThat(channel.capacity()).isEqualTo(capacity);
    }
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void items_leave_in_the_order_they_came_in_however_they_are_sent_and_received() throws Exception {
    var random = new SplittableRandom(7);
    for (int capacity : List.of(1, 2, 3, 5, 8)) {
      Channel<String> channel = open(capacity);
      var expected = new ArrayDeque<String>();

      for (int i = 0; i < 2_000; i++) {
        if (random.nextBoolean()) {
          var item = "item " + i;
          var fits = !traits().contains(Trait.BOUNDED) || expected.size() < capacity;
          var ways = fits ? EnumSet.allOf(Sending.class) : EnumSet.of(Sending.TRY_SEND);
          assertThat(any(ways, random).by(channel, item)).isEqualTo(fits);
          if (fits) {
            expected.add(item);
          }
        } else {
          var ways =
              expected.isEmpty()
                  ? EnumSet.of(Receiving.TRY_RECEIVE, Receiving.DRAIN)
                  : EnumSet.allOf(Receiving.class);
          assertThat(any(ways, random).by(channel)).isEqualTo(expected.poll());
        }
        assertThat(channel.size()).isEqualTo(expected.size());
      }

      assertThat(channel.cancel()).containsExactlyElementsOf(expected);
    }
  }

  private static <W> W any(Set<W> ways, SplittableRandom random) {
    return List.copyOf(ways).get(random.nextInt(ways.size()));
  }

  // Open: full, or empty.

  @Test
  @Needs(Trait.BOUNDED)
  void a_full_channel_keeps_its_sender_waiting_until_there_is_room() throws Exception {
    for (var sending : Sending.WAITING) {
      Channel<String> channel = open(1);
      channel.send("first");

      var sender = play(() -> sending.by(channel, "second"));
      sender.awaitWaiting();
      assertThat(channel.receive()).isEqualTo("first");

      assertThat(sender.awaitDone()).as("%s", sending).isTrue();
      assertThat(channel.receive()).isEqualTo("second");
    }
  }

  @Test
  @Needs({Trait.BOUNDED, Trait.ORDERED})
  void a_full_channel_refuses_who_does_not_wait() {
    Channel<String> channel = open(2);
    channel.trySend("a");
    channel.trySend("b");

    assertThat(channel.trySend("c")).isFalse();

    assertThat(channel.cancel()).containsExactly("a", "b");
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_full_channel_refuses_a_sender_when_its_patience_ends() throws Exception {
    Channel<String> channel = open(1);
    channel.send("first");
    var start = System.nanoTime();

    var accepted = channel.send("second", A_MOMENT);

    assertThat(accepted).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(A_MOMENT);
    assertThat(channel.cancel()).containsExactly("first");
  }

  @Test
  void an_empty_channel_keeps_its_receiver_waiting_until_there_is_an_item() throws Exception {
    for (var receiving : Receiving.WAITING) {
      Channel<String> channel = open(1);

      var receiver = play(() -> receiving.by(channel));
      receiver.awaitWaiting();
      channel.send("item");

      assertThat(receiver.awaitDone()).as("%s", receiving).isEqualTo("item");
      assertThat(channel.size()).isZero();
    }
  }

  @Test
  void an_empty_channel_has_nothing_for_who_does_not_wait() {
    Channel<String> channel = open(1);

    assertThat(channel.tryReceive()).isNull();
    assertThat(channel.drainTo(new ArrayList<>(), 5)).isZero();
    assertThat(channel.isEnded()).isFalse();
  }

  @Test
  void an_empty_channel_has_nothing_for_a_receiver_when_its_patience_ends() throws Exception {
    Channel<String> channel = open(1);
    var start = System.nanoTime();

    var item = channel.receive(A_MOMENT);

    assertThat(item).isNull();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(A_MOMENT);
    assertThat(channel.isEnded()).isFalse();
  }

  @Test
  void no_patience_or_less_tries_once() throws Exception {
    for (var patience :
        List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
      Channel<String> channel = open(1);

      assertThat(channel.receive(patience)).isNull();
      assertThat(channel.send("first", patience)).isTrue();
      if (traits().contains(Trait.BOUNDED)) {
        assertThat(channel.send("second", patience)).isFalse();
      }
      assertThat(channel.receive(patience)).isEqualTo("first");
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void each_room_made_wakes_a_sender() throws Exception {
    Channel<Integer> channel = open(3);
    channel.sendAll(List.of(0, 1, 2));

    var senders = playEach(3, number -> channel.send(number));
    assertThat(channel.drainTo(new ArrayList<>(), 3)).isEqualTo(3);
    for (var sender : senders) {
      sender.awaitDone();
    }

    var others = playEach(3, number -> channel.send(number));
    for (int i = 0; i < 3; i++) {
      assertThat(channel.receive()).isBetween(10, 12);
    }
    for (var sender : others) {
      sender.awaitDone();
    }
    assertThat(channel.cancel()).containsExactlyInAnyOrder(10, 11, 12);
  }

  @Test
  @Needs(Trait.KEEPING)
  void each_item_wakes_a_receiver() throws Exception {
    Channel<Integer> channel = open(3);
    var receivers = playEach(4, number -> channel.receive());

    channel.sendAll(List.of(0, 1, 2));
    channel.send(3);

    for (var receiver : receivers) {
      receiver.awaitDone();
    }
    assertThat(channel.size()).isZero();
  }

  private interface Numbered {
    void play(int number) throws Exception;
  }

  /// Plays the part `count` times, each with its number from 10 on, until all wait.
  private List<Actor<@Nullable Void>> playEach(int count, Numbered part) {
    var actors =
        IntStream.range(10, 10 + count).mapToObj(number -> play(() -> part.play(number))).toList();
    actors.forEach(Actor::awaitWaiting);
    return actors;
  }

  // Closed.

  @Test
  void a_closed_channel_accepts_nothing() throws Exception {
    for (int sent : List.of(0, 1, 2)) {
      for (var sending : Sending.values()) {
        Channel<String> channel = open(2);
        channel.sendAll(List.of("a", "b").subList(0, sent));
        int left = channel.size();

        channel.close();

        assertThat(channel.isClosed()).isTrue();
        assertThatThrownBy(() -> sending.by(channel, "late"))
            .as("%s with %d left", sending, left)
            .isInstanceOf(ClosedException.class)
            .hasMessage("the channel is closed")
            .hasNoCause();
        assertThat(channel.cancel()).hasSize(left).doesNotContain("late");
      }
    }
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_closed_channel_still_yields_what_was_sent() throws Exception {
    for (var receiving : Receiving.values()) {
      Channel<String> channel = open(2);
      channel.sendAll(List.of("first", "last"));

      channel.close();

      assertThat(receiving.by(channel)).as("%s", receiving).isEqualTo("first");
      assertThat(channel.isEnded()).isFalse();
      assertThat(receiving.by(channel)).as("%s", receiving).isEqualTo("last");
      assertThat(channel.isEnded()).isTrue();
    }
  }

  @Test
  void a_closed_channel_hands_out_its_last_item_however_it_is_received() throws Exception {
    for (var receiving : Receiving.values()) {
      Channel<String> channel = open(1);
      channel.send("last");

      channel.close();

      assertThat(channel.isEnded()).isFalse();
      assertThat(receiving.by(channel)).as("%s", receiving).isEqualTo("last");
      assertThat(channel.isEnded()).isTrue();
    }
  }

  @Test
  void a_closed_and_empty_channel_tells_its_receivers_that_it_has_ended() throws Exception {
    Channel<String> channel = open(1);

    channel.close();

    assertThat(channel.isEnded()).isTrue();
    assertThatThrownBy(() -> channel.receive())
        .isInstanceOf(ClosedException.class)
        .hasMessage("the channel is closed and empty")
        .hasNoCause();
    assertThat(channel.tryReceive()).isNull();
    assertThat(channel.receive(FOREVER)).isNull();
    assertThat(channel.drainTo(new ArrayList<>(), 1)).isZero();
    assertThat(channel.iterator().hasNext()).isFalse();
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_close_turns_every_waiting_sender_away() throws Exception {
    for (var sending : Sending.WAITING) {
      Channel<String> channel = open(1);
      channel.send("first");
      var senders = playEach(3, number -> sending.by(channel, "late " + number));

      channel.close();

      for (var sender : senders) {
        assertThat(sender.awaitFailure()).as("%s", sending).isInstanceOf(ClosedException.class);
      }
      assertThat(channel.cancel()).containsExactly("first");
    }
  }

  @Test
  void a_close_tells_every_waiting_receiver() throws Exception {
    Channel<String> channel = open(1);
    var patient = playEach(3, number -> channel.receive());
    var timed = playEach(3, number -> assertThat(channel.receive(FOREVER)).isNull());
    var loops = playEach(3, number -> assertThat(channel).isEmpty());

    channel.close();

    for (var receiver : patient) {
      assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class);
    }
    for (var receiver : timed) {
      receiver.awaitDone();
    }
    for (var receiver : loops) {
      receiver.awaitDone();
    }
  }

  @Test
  void a_second_close_does_nothing() throws Exception {
    Channel<String> channel = open(1);
    channel.send("item");
    channel.close();

    channel.close();
    channel.close(new IOException("too late"));

    assertThat(channel.receive()).isEqualTo("item");
    assertThatThrownBy(() -> channel.receive()).isInstanceOf(ClosedException.class).hasNoCause();
  }

  @Test
  void a_cause_reaches_receivers_after_the_last_item_and_senders_at_once() throws Exception {
    Channel<String> channel = open(1);
    channel.send("item");
    var cause = new IOException("disk full");

    channel.close(cause);
    channel.close(new IOException("not the first"));

    assertThatThrownBy(() -> channel.send("late")).hasCause(cause);
    assertThat(channel.receive()).isEqualTo("item");
    assertThatThrownBy(() -> channel.receive())
        .isInstanceOf(ClosedException.class)
        .hasMessage("the channel is closed and empty")
        .hasCause(cause);
    assertThat(channel.tryReceive()).isNull();
    assertThat(channel.receive(FOREVER)).isNull();
  }

  @Test
  void a_cause_reaches_a_receiver_that_waits() throws Exception {
    Channel<String> channel = open(1);
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    var cause = new IOException("disk full");

    channel.close(cause);

    assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class).hasCause(cause);
  }

  // The for loop.

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_loop_gets_every_item_until_the_channel_ends() throws Exception {
    Channel<String> channel = open(2);
    var loop =
        play(() -> {
          var items = new ArrayList<String>();
          for (var item : channel) {
            items.add(item);
          }
          return items;
        });

    for (var item : List.of("a", "b", "c", "d", "e")) {
      channel.send(item);
    }
    channel.close();

    assertThat(loop.awaitDone()).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_loop_that_is_left_takes_no_item_more_than_it_saw() throws Exception {
    Channel<String> channel = open(3);
    channel.sendAll(List.of("a", "b", "c"));

    for (var item : channel) {
      assertThat(item).isEqualTo("a");
      break;
    }

    assertThat(channel.cancel()).containsExactly("b", "c");
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_loop_throws_the_cause_after_the_last_item() throws Exception {
    Channel<String> channel = open(2);
    channel.sendAll(List.of("a", "b"));
    var cause = new IOException("disk full");
    channel.close(cause);
    var items = new ArrayList<String>();

    assertThatThrownBy(
            () -> {
              for (var item : channel) {
                items.add(item);
              }
            })
        .isInstanceOf(ClosedException.class)
        .hasCause(cause);

    assertThat(items).containsExactly("a", "b");
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void an_iterator_asked_twice_takes_one_item_and_next_needs_no_question() throws Exception {
    Channel<String> channel = open(2);
    channel.sendAll(List.of("a", "b"));
    channel.close();
    var items = channel.iterator();

    assertThat(items.hasNext()).isTrue();
    assertThat(items.hasNext()).isTrue();
    assertThat(items.next()).isEqualTo("a");
    assertThat(items.next()).isEqualTo("b");
    assertThat(items.hasNext()).isFalse();
    assertThatThrownBy(items::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void an_interrupted_loop_throws_and_keeps_the_flag() throws Exception {
    Channel<String> channel = open(1);
    var loop =
        play(() -> {
          assertThatThrownBy(() -> channel.iterator().hasNext())
              .isInstanceOf(InterruptedWaitException.class)
              .hasCauseInstanceOf(InterruptedException.class);
          return Thread.currentThread().isInterrupted();
        });
    loop.awaitWaiting();

    loop.interrupt();

    assertThat(loop.awaitDone()).as("the interrupt flag").isTrue();
  }

  // Interrupts.

  @Test
  @Needs(Trait.BOUNDED)
  void an_interrupt_ends_the_wait_of_a_sender_which_keeps_its_item() throws Exception {
    for (var sending : Sending.WAITING) {
      Channel<String> channel = open(1);
      channel.send("first");
      var sender =
          play(() -> {
            assertThatThrownBy(() -> sending.by(channel, "second"))
                .as("%s", sending)
                .isInstanceOf(InterruptedException.class);
            return Thread.currentThread().isInterrupted();
          });
      sender.awaitWaiting();

      sender.interrupt();

      assertThat(sender.awaitDone()).as("the interrupt flag").isFalse();
      assertThat(channel.cancel()).containsExactly("first");
    }
  }

  @Test
  void an_interrupt_ends_the_wait_of_a_receiver() throws Exception {
    for (var receiving : EnumSet.of(Receiving.RECEIVE, Receiving.RECEIVE_IN_TIME)) {
      Channel<String> channel = open(1);
      var receiver =
          play(() -> {
            assertThatThrownBy(() -> receiving.by(channel))
                .as("%s", receiving)
                .isInstanceOf(InterruptedException.class);
            return Thread.currentThread().isInterrupted();
          });
      receiver.awaitWaiting();

      receiver.interrupt();

      assertThat(receiver.awaitDone()).as("the interrupt flag").isFalse();
    }
  }

  @Test
  void an_interrupt_that_came_before_the_call_is_thrown_even_if_the_call_need_not_wait()
      throws Exception {
    Channel<String> channel = open(2);
    channel.send("item");

    for (var sending : Sending.WAITING) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> sending.by(channel, "second"))
          .as("%s", sending)
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
    for (var receiving : EnumSet.of(Receiving.RECEIVE, Receiving.RECEIVE_IN_TIME)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> receiving.by(channel))
          .as("%s", receiving)
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Receiving.LOOP.by(channel))
        .isInstanceOf(InterruptedWaitException.class);
    assertThat(Thread.interrupted()).isTrue();

    assertThat(channel.cancel()).containsExactly("item");
  }

  @Test
  void what_never_waits_works_under_an_interrupt_and_keeps_the_flag() {
    Channel<String> channel = open(2);
    Thread.currentThread().interrupt();
    try {
      assertThat(channel.tryReceive()).isNull();
      assertThat(channel.trySend("a")).isTrue();
      assertThat(channel.tryReceive()).isEqualTo("a");
      assertThat(channel.trySend("b")).isTrue();
      assertThat(channel.size()).isEqualTo(1);
      assertThat(channel.stats().sent()).isEqualTo(2);
      assertThat(channel.drainTo(new ArrayList<>(), 1)).isEqualTo(1);
      channel.newSender().close();
      assertThat(channel.isClosed()).isTrue();
      assertThat(channel.isEnded()).isTrue();
      channel.close();
      assertThat(channel.cancel()).isEmpty();
    } finally {
      assertThat(Thread.interrupted()).as("the interrupt flag").isTrue();
    }
  }

  /// A listener is called when the item has been moved and before the call returns: the latest
  /// moment for an interrupt, on the thread of the call.
  @Test
  void an_interrupt_that_comes_when_an_item_has_moved_takes_nothing_back_and_keeps_the_flag()
      throws Exception {
    for (var sending : Sending.values()) {
      for (var receiving : Receiving.values()) {
        Channel<String> channel = open(1);
        channel.onBacklog(1, 0, (high, size) -> Thread.currentThread().interrupt());

        assertThat(sending.by(channel, "item")).as("%s", sending).isTrue();
        assertThat(Thread.interrupted()).as("the flag after %s", sending).isTrue();
        assertThat(receiving.by(channel)).as("%s", receiving).isEqualTo("item");
        assertThat(Thread.interrupted()).as("the flag after %s", receiving).isTrue();
      }
    }
  }

  // Batches.

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_batch_larger_than_the_channel_goes_through_in_order() throws Exception {
    Channel<Integer> channel = open(3);
    var numbers = IntStream.range(0, 20).boxed().toList();
    var sender = play(() -> channel.sendAll(numbers));

    var received = new ArrayList<Integer>();
    while (received.size() < numbers.size()) {
      received.add(channel.receive());
    }

    sender.awaitDone();
    assertThat(received).isEqualTo(numbers);
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_batch_cut_short_by_a_close_says_how_much_was_sent() throws Exception {
    Channel<String> channel = open(2);
    var sender = play(() -> channel.sendAll(List.of("a", "b", "c", "d", "e")));
    sender.awaitWaiting();
    assertThat(channel.receive()).isEqualTo("a");
    sender.awaitWaiting();

    var left = channel.cancel();

    var thrown = (ClosedException) sender.awaitFailure();
    var accepted = List.of("a", "b", "c", "d", "e").subList(0, thrown.sent());
    assertThat(left).doesNotContain("a").hasSize(thrown.sent() - 1).isSubsetOf(accepted);
    assertThat(thrown)
        .hasMessage("the channel is closed; " + thrown.sent() + " of 5 items were sent");
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_batch_cut_short_by_an_interrupt_says_how_much_was_sent() throws Exception {
    Channel<String> channel = open(2);
    var sender = play(() -> channel.sendAll(List.of("a", "b", "c")));
    sender.awaitWaiting();

    sender.interrupt();

    var thrown = (InterruptedSendException) sender.awaitFailure();
    assertThat(thrown.sent()).isEqualTo(2);
    assertThat(thrown).hasMessage("interrupted after 2 of 3 items were sent");
    assertThat(channel.cancel()).containsExactly("a", "b");
  }

  @Test
  void a_batch_that_comes_too_late_says_that_nothing_was_sent() {
    Channel<String> channel = open(2);
    channel.close();

    assertThatThrownBy(() -> channel.sendAll(List.of("a", "b")))
        .isInstanceOfSatisfying(ClosedException.class, e -> assertThat(e.sent()).isZero())
        .hasMessage("the channel is closed; 0 of 2 items were sent");
  }

  @Test
  void an_empty_batch_does_nothing_in_any_state() throws Exception {
    Channel<String> channel = open(1);
    channel.send("item");

    channel.sendAll(List.of());
    channel.close();
    channel.sendAll(List.of());

    assertThat(channel.cancel()).containsExactly("item");
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void draining_takes_what_is_there_up_to_the_maximum_in_order() throws Exception {
    Channel<String> channel = open(4);
    channel.sendAll(List.of("a", "b", "c", "d"));
    var into = new ArrayList<>(List.of("before"));

    assertThat(channel.drainTo(into, 0)).isZero();
    assertThat(channel.drainTo(into, 3)).isEqualTo(3);
    assertThat(channel.drainTo(into, Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(channel.drainTo(into, Integer.MAX_VALUE)).isZero();

    assertThat(into).containsExactly("before", "a", "b", "c", "d");
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void what_a_collection_refuses_is_handed_to_the_caller() throws Exception {
    Channel<String> channel = open(4);
    channel.sendAll(List.of("a", "b", "c", "d"));
    var full = new IllegalStateException("full");
    var picky =
        new ArrayList<String>() {
          private static final long serialVersionUID = 1;

          @Override
          public boolean add(String item) {
            if (item.equals("b")) {
              throw full;
            }
            return super.add(item);
          }
        };

    assertThatThrownBy(() -> channel.drainTo(picky, 3))
        .isInstanceOfSatisfying(
            RefusedItemsException.class, e -> assertThat(e.items()).isEqualTo(List.of("b", "c")))
        .hasCause(full);

    assertThat(picky).containsExactly("a");
    assertThat(channel.cancel()).containsExactly("d");
  }

  // Registered senders.

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_channel_closes_with_its_last_registered_sender() throws Exception {
    Channel<String> channel = open(3);
    var first = channel.newSender();
    var others = channel.senders(2);

    first.send("a");
    first.close();
    others.get(0).close();
    assertThat(channel.isClosed()).isFalse();
    others.get(1).send("b");
    others.get(1).close();

    assertThat(channel.isClosed()).isTrue();
    assertThat(channel).containsExactly("a", "b");
  }

  @Test
  void a_registered_sender_closed_twice_counts_once() {
    Channel<String> channel = open(1);
    var senders = channel.senders(2);

    senders.get(0).close();
    senders.get(0).close();
    senders.get(0).close(new IOException("too late"));

    assertThat(channel.isClosed()).isFalse();
    senders.get(1).close();
    assertThatThrownBy(() -> channel.receive()).isInstanceOf(ClosedException.class).hasNoCause();
  }

  @Test
  void a_closed_registered_sender_sends_no_more_while_the_channel_is_open() throws Exception {
    for (var sending : Sending.values()) {
      Channel<String> channel = open(2);
      var senders = channel.senders(2);

      senders.get(0).close();

      assertThat(senders.get(0).isClosed()).isTrue();
      assertThat(senders.get(1).isClosed()).isFalse();
      assertThatThrownBy(() -> sending.by(senders.get(0), "late"))
          .as("%s", sending)
          .isInstanceOf(ClosedException.class)
          .hasMessage("this sender is closed");
      assertThat(sending.by(senders.get(1), "item")).isTrue();
      assertThat(channel.cancel()).containsExactly("item");
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_registered_sender_sends_and_waits_as_the_channel_does() throws Exception {
    for (var sending : Sending.WAITING) {
      Channel<String> channel = open(1);
      var sender = channel.newSender();
      assertThat(sender.trySend("first")).isTrue();
      assertThat(sender.trySend("no room")).isFalse();
      assertThat(sender.send("no room", A_MOMENT)).isFalse();

      var actor = play(() -> sending.by(sender, "second"));
      actor.awaitWaiting();
      assertThat(channel.receive()).isEqualTo("first");

      assertThat(actor.awaitDone()).as("%s", sending).isTrue();
      assertThat(channel.receive()).isEqualTo("second");
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_registered_sender_that_closes_turns_away_who_waits_to_send_through_it_and_nobody_else()
      throws Exception {
    for (var sending : Sending.WAITING) {
      Channel<String> channel = open(1);
      var senders = channel.senders(2);
      channel.send("first");
      var stays = play(() -> sending.by(senders.get(0), "stays"));
      var leaves = play(() -> sending.by(senders.get(1), "leaves"));
      stays.awaitWaiting();
      leaves.awaitWaiting();

      senders.get(1).close();

      assertThat(leaves.awaitFailure())
          .as("%s", sending)
          .isInstanceOf(ClosedException.class)
          .hasMessageStartingWith("this sender is closed");
      assertThat(channel.receive()).isEqualTo("first");
      assertThat(stays.awaitDone()).isTrue();
      assertThat(channel.cancel()).containsExactly("stays");
    }
  }

  @Test
  void closing_the_channel_itself_closes_all_registered_senders() {
    Channel<String> channel = open(1);
    var senders = channel.senders(2);

    channel.close();

    for (var sender : senders) {
      assertThat(sender.isClosed()).isTrue();
      assertThatThrownBy(() -> sender.send("late"))
          .isInstanceOf(ClosedException.class)
          .hasMessage("the channel is closed");
      sender.close();
    }
    assertThat(channel.isEnded()).isTrue();
  }

  @Test
  void a_closed_channel_registers_nobody() {
    Channel<String> channel = open(1);
    channel.newSender().close();

    assertThatThrownBy(() -> channel.newSender())
        .isInstanceOf(ClosedException.class)
        .hasMessage("the channel is closed");
    assertThatThrownBy(() -> channel.senders(2)).isInstanceOf(ClosedException.class);
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void the_others_go_on_when_a_registered_sender_fails_and_receivers_get_the_first_cause_last()
      throws Exception {
    Channel<String> channel = open(3);
    var senders = channel.senders(3);
    var first = new IOException("first");
    senders.get(0).send("a");

    senders.get(0).close(first);
    senders.get(1).send("b");
    senders.get(1).close(new IOException("second"));
    senders.get(2).send("c");
    assertThat(channel.isClosed()).isFalse();
    senders.get(2).close();

    assertThat(channel.receive()).isEqualTo("a");
    assertThat(channel.receive()).isEqualTo("b");
    assertThat(channel.receive()).isEqualTo("c");
    assertThatThrownBy(() -> channel.receive()).isInstanceOf(ClosedException.class).hasCause(first);
  }

  @Test
  void a_registered_sender_that_failed_is_not_forgotten_when_the_channel_itself_closes() {
    Channel<String> channel = open(1);
    var cause = new IOException("first");
    channel.senders(2).getFirst().close(cause);

    channel.close();

    assertThatThrownBy(() -> channel.receive()).hasCause(cause);
  }

  @Test
  void a_cause_that_comes_after_the_close_is_not_told() {
    Channel<String> channel = open(1);
    var sender = channel.newSender();
    channel.close();

    sender.close(new IOException("too late"));

    assertThatThrownBy(() -> channel.receive()).isInstanceOf(ClosedException.class).hasNoCause();
  }

  // Cancel.

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_cancel_returns_what_is_left_in_order_and_only_once() throws Exception {
    Channel<String> channel = open(3);
    channel.sendAll(List.of("taken", "a", "b"));
    assertThat(channel.receive()).isEqualTo("taken");

    assertThat(channel.cancel()).containsExactly("a", "b");

    assertThat(channel.cancel()).isEmpty();
    assertThat(channel.isEnded()).isTrue();
    assertThatThrownBy(() -> channel.send("late")).isInstanceOf(ClosedException.class);
  }

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void a_cancel_takes_what_a_close_has_left() throws Exception {
    Channel<String> channel = open(2);
    channel.sendAll(List.of("a", "b"));
    channel.close();

    assertThat(channel.cancel()).containsExactly("a", "b");

    assertThat(channel.isEnded()).isTrue();
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_cancel_wakes_everyone_and_takes_no_item_from_a_sender_that_waits() throws Exception {
    Channel<String> full = open(1);
    full.send("first");
    Channel<String> empty = open(1);
    var senders = playEach(2, number -> full.send("late"));
    var receivers = playEach(2, number -> empty.receive());

    assertThat(full.cancel()).containsExactly("first");
    assertThat(empty.cancel()).isEmpty();

    for (var sender : senders) {
      assertThat(sender.awaitFailure()).isInstanceOf(ClosedException.class);
    }
    for (var receiver : receivers) {
      assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class);
    }
  }

  @Test
  void a_cancel_wakes_every_receiver() throws Exception {
    Channel<String> channel = open(1);
    var receivers = playEach(3, number -> channel.receive());

    assertThat(channel.cancel()).isEmpty();

    for (var receiver : receivers) {
      assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class);
    }
  }

  // Many at a time.

  @Test
  @Needs({Trait.KEEPING, Trait.ORDERED})
  void receiving_many_takes_what_is_there_up_to_the_maximum() throws Exception {
    Channel<String> channel = open(5);
    channel.sendAll(List.of("a", "b", "c", "d", "e"));

    assertThat(channel.receiveMany(1, 2, Duration.ZERO)).containsExactly("a", "b");
    assertThat(channel.receiveMany(2, 9, FOREVER)).containsExactly("c", "d", "e");
  }

  @Test
  void receiving_many_waits_for_the_first() throws Exception {
    Channel<String> channel = open(2);
    var receiver = play(() -> channel.receiveMany(1, 2, Duration.ZERO));
    receiver.awaitWaiting();

    channel.send("a");

    assertThat(receiver.awaitDone()).containsExactly("a");
  }

  @Test
  @Needs(Trait.ORDERED)
  void receiving_many_lingers_until_there_are_enough() throws Exception {
    Channel<String> channel = open(3);
    var receiver = play(() -> channel.receiveMany(3, 5, FOREVER));
    for (var item : List.of("a", "b", "c")) {
      receiver.awaitWaiting();
      channel.send(item);
      awaitEmpty(channel);
    }

    assertThat(receiver.awaitDone()).containsExactly("a", "b", "c");
  }

  @Test
  void receiving_many_returns_what_it_has_when_the_channel_ends() throws Exception {
    Channel<String> channel = open(3);
    channel.send("a");
    var receiver = play(() -> channel.receiveMany(3, 5, FOREVER));
    awaitEmpty(channel);
    receiver.awaitWaiting();

    channel.close(new IOException("disk full"));

    assertThat(receiver.awaitDone()).containsExactly("a");
    assertThatThrownBy(() -> channel.receiveMany(1, 5, FOREVER))
        .isInstanceOf(ClosedException.class)
        .hasMessage("the channel is closed and empty")
        .hasRootCauseMessage("disk full");
  }

  @Test
  void receiving_many_returns_what_it_has_at_an_interrupt_and_keeps_the_flag() throws Exception {
    Channel<String> channel = open(3);
    channel.send("a");
    var receiver =
        play(() -> {
          var items = channel.receiveMany(3, 5, FOREVER);
          assertThat(Thread.interrupted()).as("the interrupt flag").isTrue();
          return items;
        });
    awaitEmpty(channel);
    receiver.awaitWaiting();

    receiver.interrupt();

    assertThat(receiver.awaitDone()).containsExactly("a");
  }

  @Test
  void receiving_many_is_interrupted_before_the_first_item_and_takes_none() throws Exception {
    Channel<String> channel = open(3);
    var receiver = play(() -> channel.receiveMany(1, 5, FOREVER));
    receiver.awaitWaiting();
    receiver.interrupt();
    assertThat(receiver.awaitFailure()).isInstanceOf(InterruptedException.class);

    channel.send("a");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> channel.receiveMany(1, 5, FOREVER))
        .isInstanceOf(InterruptedException.class);

    assertThat(channel.cancel()).containsExactly("a");
  }

  private static void awaitEmpty(Channel<?> channel) {
    await("the channel to be emptied", () -> channel.size() == 0);
  }

  private static void awaitWaitingSenders(Channel<?> channel, int count) {
    await(count + " senders to wait", () -> channel.stats().waitingSenders() == count);
  }

  @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy here, nothing relies on it
  private static void await(String what, BooleanSupplier condition) {
    var deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("%s", what).isNegative();
      Thread.yield();
    }
  }

  // What it tells about itself.

  @Test
  @Needs(Trait.KEEPING)
  void stats_say_what_became_of_each_item() throws Exception {
    Channel<String> channel = open(5);
    channel.sendAll(List.of("a", "b", "c"));
    channel.send("d");
    channel.receive();
    channel.drainTo(new ArrayList<>(), 1);

    assertThat(channel.stats())
        .returns("the channel", Stats::name)
        .returns(2, Stats::size)
        .returns(channel.capacity(), Stats::capacity)
        .returns(2L, Stats::weight)
        .returns((long) channel.capacity(), Stats::maxWeight)
        .returns(4L, Stats::sent)
        .returns(2L, Stats::received)
        .returns(0L, Stats::dropped)
        .returns(0L, Stats::cancelled);

    channel.cancel();

    assertThat(channel.stats())
        .returns(0, Stats::size)
        .returns(4L, Stats::sent)
        .returns(2L, Stats::received)
        .returns(2L, Stats::cancelled);
  }

  @Test
  void stats_say_who_waits_for_an_item_and_for_how_long_it_was() throws Exception {
    Channel<String> channel = open(1);
    assertThat(channel.stats().receivingBlocked()).isZero();
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    assertThat(channel.stats().waitingReceivers()).isEqualTo(1);

    channel.send("a");
    receiver.awaitDone();

    assertThat(channel.stats().waitingReceivers()).isZero();
    assertThat(channel.stats().receivingBlocked()).isPositive();
    assertThat(channel.stats().sendingBlocked()).isZero();
  }

  @Test
  @Needs(Trait.BOUNDED)
  void stats_say_who_waits_for_room_and_for_how_long_it_was() throws Exception {
    Channel<String> channel = open(1);
    channel.send("a");
    var senders = playEach(2, number -> channel.send("item " + number));
    awaitWaitingSenders(channel, 2); // one may have been seen to wait for the other, in a lock
    assertThat(channel.stats().sent()).isEqualTo(1);

    channel.receive();
    channel.receive();
    for (var sender : senders) {
      sender.awaitDone();
    }

    assertThat(channel.stats().waitingSenders()).isZero();
    assertThat(channel.stats().sendingBlocked()).isPositive();
  }

  private record Alarm(boolean high, int size) {}

  @Test
  @Needs(Trait.KEEPING)
  void a_backlog_is_told_once_when_it_is_high_and_once_when_it_is_low() throws Exception {
    Channel<Integer> channel = open(9);
    var heard = new ArrayList<Alarm>();
    channel.onBacklog(3, 1, (high, size) -> heard.add(new Alarm(high, size)));

    channel.sendAll(List.of(1, 2));
    assertThat(heard).isEmpty();
    channel.send(3);
    channel.send(4);
    channel.receive();
    channel.receive();
    channel.send(5);
    assertThat(heard).containsExactly(new Alarm(true, 3));

    channel.receive();
    channel.receive();
    channel.receive();
    assertThat(heard).containsExactly(new Alarm(true, 3), new Alarm(false, 1));

    channel.sendAll(List.of(6, 7, 8, 9));
    channel.cancel();
    assertThat(heard)
        .containsExactly(
            new Alarm(true, 3), new Alarm(false, 1), new Alarm(true, 4), new Alarm(false, 0));
  }

  @Test
  void a_backlog_that_is_high_already_is_told_at_once() throws Exception {
    Channel<Integer> channel = open(2);
    channel.send(1);
    var heard = new ArrayList<Alarm>();

    channel.onBacklog(1, 0, (high, size) -> heard.add(new Alarm(high, size)));

    assertThat(heard).containsExactly(new Alarm(true, 1));
  }

  @Test
  void a_backlog_listener_that_throws_loses_no_item() throws Exception {
    Channel<String> channel = open(2);
    var failure = new IllegalStateException("no display");
    channel.onBacklog(
        1,
        0,
        (high, size) -> {
          throw failure;
        });
    var uncaught = new ArrayList<Throwable>();
    var actor =
        play(() -> {
          Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
          channel.send("a");
          return channel.receive();
        });

    assertThat(actor.awaitDone()).isEqualTo("a");
    assertThat(uncaught).containsExactly(failure, failure);
  }

  @Test
  void a_backlog_that_makes_no_sense_is_refused() {
    Channel<String> channel = open(1);

    assertThatThrownBy(() -> channel.onBacklog(1, 1, (high, size) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("high must be above low, and low not negative, but they were 1 and 1");
    assertThatThrownBy(() -> channel.onBacklog(1, -1, (high, size) -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // What the channel keeps.

  @Test
  void a_channel_keeps_no_reference_to_what_was_taken() throws Exception {
    interface Taking {
      int from(Channel<Object> channel) throws Exception;
    }
    var takings =
        List.<Taking>of(
            channel -> List.of(channel.receive()).size(),
            channel -> Collections.singleton(channel.tryReceive()).size(),
            channel -> Collections.singleton(channel.receive(FOREVER)).size(),
            channel -> List.of(channel.iterator().next()).size(),
            channel -> channel.drainTo(new ArrayList<>(), 1),
            channel -> channel.receiveMany(1, 1, FOREVER).size(),
            channel -> channel.cancel().size());
    for (var taking : takings) {
      Channel<Object> channel = open(4);
      var reference = sendNew(channel);

      assertThat(taking.from(channel)).isEqualTo(1);

      awaitCleared(reference);
      assertThat(channel.size()).isZero();
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_channel_keeps_no_reference_to_what_it_refused() throws Exception {
    Channel<Object> channel = open(1);
    channel.send("first");

    var references = new ArrayList<WeakReference<Object>>();
    for (int i = 0; i < 3; i++) {
      var item = new Object();
      assertThat(channel.trySend(item)).isFalse();
      assertThat(channel.send(item, A_MOMENT)).isFalse();
      references.add(new WeakReference<>(item));
    }

    for (var reference : references) {
      awaitCleared(reference);
    }
    assertThat(channel.size()).isEqualTo(1);
  }

  private static WeakReference<Object> sendNew(Channel<Object> channel)
      throws InterruptedException {
    var item = new Object();
    channel.send(item);
    return new WeakReference<>(item);
  }

  // Mistakes.

  @Test
  @Needs(Trait.BOUNDED)
  void a_capacity_below_one_is_refused() {
    for (int capacity : List.of(0, -1, Integer.MIN_VALUE)) {
      assertThatThrownBy(() -> open(capacity))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("capacity must be at least 1, but was " + capacity);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what is tested
  void null_is_refused_as_an_item() throws Exception {
    Channel<String> channel = open(5);
    var message = "an item can't be null, since null means \"none\" to a receiver";

    assertThatThrownBy(() -> channel.send(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> channel.trySend(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> channel.send(null, FOREVER))
        .isInstanceOf(NullPointerException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> channel.sendAll(java.util.Arrays.asList("a", null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("item 1 of the list is null");

    assertThat(channel.size()).isZero();
  }

  @Test
  @SuppressWarnings("NullAway") // what is tested
  void null_is_refused_where_a_duration_or_a_collection_is_needed() throws Exception {
    Channel<String> channel = open(1);
    channel.send("item");

    assertThatThrownBy(() -> channel.send("x", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("patience is null");
    assertThatThrownBy(() -> channel.receive(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("patience is null");
    assertThatThrownBy(() -> channel.sendAll(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> channel.drainTo(null, 1)).isInstanceOf(NullPointerException.class);

    assertThat(channel.cancel()).containsExactly("item");
  }

  @Test
  void counts_that_make_no_sense_are_refused() {
    Channel<String> channel = open(1);

    assertThatThrownBy(() -> channel.senders(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be at least 1, but was 0");
    assertThatThrownBy(() -> channel.drainTo(new ArrayList<>(), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max must not be negative, but was -1");
    assertThatThrownBy(() -> channel.receiveMany(0, 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("min must be at least 1 and max at least min, but they were 0 and 1");
    assertThatThrownBy(() -> channel.receiveMany(2, 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
