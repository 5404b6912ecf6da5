package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.InterruptedSendException;
import dev.sluice.channels.InterruptedWaitException;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a channel promises however its threads meet: many rounds or many items, with a check of
/// where each item went. The choices of the threads are seeded; their schedule is the machine's.
abstract class ChannelRaces extends ChannelScene {
  private static final long SEED = 20_250_916;
  private static final int ROUNDS = 200;
  private static final int CLOSE_ROUNDS = 200; // short ones: nobody has to wait first

  /// How many items a long storm moves: ten million with the build's profile `soak`.
  private static final int SOAK = Integer.getInteger("sluice.soak", 50_000);

  // What a storm may take: a hundred times what it takes on a machine that has nothing else to do.
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PATIENCE_PER_ITEM = Duration.ofMillis(2);

  private record Parcel(int sender, int number) {}

  private enum Weather {
    CALM,
    INTERRUPTS
  }

  @Test
  @Needs(Trait.KEEPING)
  void each_item_is_delivered_once_and_each_senders_in_order_through_the_smallest_channel()
      throws Exception {
    storm(open(1), Weather.CALM, 4, 4, 500);
  }

  @Test
  @Needs(Trait.KEEPING)
  void each_item_is_delivered_once_and_each_senders_in_order_from_many_to_many() throws Exception {
    storm(open(7), Weather.CALM, 4, 4, 2_000);
  }

  @Test
  @Needs(Trait.KEEPING)
  void each_item_is_delivered_once_and_each_senders_in_order_from_many_to_one() throws Exception {
    storm(open(16), Weather.CALM, 8, 1, 1_000);
  }

  @Test
  @Needs(Trait.KEEPING)
  void each_item_is_delivered_once_and_each_senders_in_order_from_one_to_many() throws Exception {
    storm(open(16), Weather.CALM, 1, 8, 4_000);
  }

  @Test
  @Needs(Trait.KEEPING)
  void interrupts_and_timeouts_lose_nothing_and_leave_nobody_behind() throws Exception {
    storm(open(2), Weather.INTERRUPTS, 4, 4, 1_000);
  }

  /// The storms for long: by default a two-hundredth of it.
  @Test
  @Needs(Trait.KEEPING)
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void items_by_the_million_survive_interrupts_timeouts_and_closes() throws Exception {
    int perStorm = 4 * 12_500;
    for (int moved = 0, round = 0; moved < SOAK; moved += perStorm, round++) {
      Channel<Parcel> channel = open(1 + round % 20);
      storm(channel, Weather.INTERRUPTS, 4, 4, perStorm / 4);
      assertThat(channel.stats().waitingSenders()).as("senders left behind").isZero();
      assertThat(channel.stats().waitingReceivers()).as("receivers left behind").isZero();
      closeOnSenders(ROUNDS / 20);
      dismiss_the_actors(); // fails for one that does not end
    }
  }

  /// Lets registered senders send and receivers receive in every way there is, to the end.
  private void storm(
      Channel<Parcel> channel, Weather weather, int senders, int receivers, int count)
      throws InterruptedException {
    var random = new SplittableRandom(SEED);
    var patience = PATIENCE.plus(PATIENCE_PER_ITEM.multipliedBy((long) senders * count));
    var ends = channel.senders(senders);
    var sending =
        IntStream.range(0, senders)
            .mapToObj(id -> new Sending(ends.get(id), id, count, random.split()))
            .map(part -> play(part::play, patience))
            .toList();
    var receiving =
        IntStream.range(0, receivers)
            .mapToObj(id -> random.split())
            .map(choices -> play(() -> receiveAll(channel, choices), patience))
            .toList();
    // Not on a carrier: a virtual thread that never waits would keep those that are woken from
    // outside off the only one.
    var watcher = Actor.playing(Thread.ofPlatform().daemon(), () -> watchSize(channel));

    try {
      if (weather == Weather.INTERRUPTS) {
        var actors = new ArrayList<Actor<?>>(sending);
        actors.addAll(receiving);
        for (int i = 0; i < 3_000; i++) {
          actors.get(random.nextInt(actors.size())).interrupt();
          pause(random, 1_000);
        }
      }

      var account = account();
      for (var sender : sending) {
        var accepted = sender.awaitDone();
        assertThat(accepted).hasSize(count);
        account.accepted(accepted);
      }
      for (var receiver : receiving) {
        account.delivered(receiver.awaitDone());
      }
      account.check();
      watcher.awaitDone();
      assertThat(channel.isEnded()).isTrue();
      assertThat(channel.size()).isZero();
    } finally {
      channel.cancel(); // these actors go on after an interrupt
    }
  }

  private Conservation<Parcel> account() {
    var account = new Conservation<Parcel>();
    return traits().contains(Trait.ORDERED) ? account : account.inAnyOrder();
  }

  @Test
  @Needs(Trait.KEEPING)
  void what_was_accepted_before_a_close_is_delivered_and_nothing_else() throws Exception {
    closeOnSenders(ROUNDS / 5);
  }

  private void closeOnSenders(int rounds) throws InterruptedException {
    var random = new SplittableRandom(SEED);
    for (int round = 0; round < rounds; round++) {
      Channel<Parcel> channel = open(1 + round % 5);
      var sending = sendUntilClosed(channel, 3, random);
      var receiving =
          List.of(
              play(() -> receiveAll(channel, new SplittableRandom(SEED))),
              play(() -> receiveAll(channel, new SplittableRandom(SEED + 1))));
      pause(random, 20_000);

      channel.close();

      var account = account();
      for (var sender : sending) {
        account.accepted(sender.awaitDone());
      }
      for (var receiver : receiving) {
        account.delivered(receiver.awaitDone());
      }
      account.check();
    }
  }

  @Test
  @Needs(Trait.KEEPING)
  void a_cancel_gets_what_no_receiver_got() throws Exception {
    var random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS / 5; round++) {
      Channel<Parcel> channel = open(1 + round % 5);
      var sending = sendUntilClosed(channel, 3, random);
      var receiver = play(() -> receiveAll(channel, new SplittableRandom(SEED)));
      pause(random, 20_000);

      var other = play(channel::cancel);
      var leftovers = channel.cancel();

      var othersLeftovers = other.awaitDone();
      assertThat(leftovers.isEmpty() || othersLeftovers.isEmpty())
          .as("one of two cancels gets all leftovers")
          .isTrue();
      // What a sender was about to fill in when the channel closed may go to the receiver, after
      // the cancel has taken what came before it.
      var account = new Conservation<Parcel>().inAnyOrder();
      for (var sender : sending) {
        account.accepted(sender.awaitDone());
      }
      account.delivered(receiver.awaitDone()).leftover(leftovers).leftover(othersLeftovers).check();
    }
  }

  /// Senders of which the first that is done, if any is in time, closes the channel on the others.
  private List<Actor<List<Parcel>>> sendUntilClosed(
      Channel<Parcel> channel, int senders, SplittableRandom random) {
    return IntStream.range(0, senders)
        .mapToObj(id -> new Sending(channel, id, 1_000, random.split()))
        .map(part -> play(part::play))
        .toList();
  }

  @Test
  void an_interrupted_receiver_leaves_the_item_to_another() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Channel<String> channel = open(1);
      var first = playReceive(channel);
      var second = playReceive(channel);

      meet(round, first::interrupt, () -> channel.send("item"));

      expectOneItem(channel, first, second);
    }
  }

  @Test
  void a_receiver_out_of_patience_leaves_the_item_to_another() throws Exception {
    var random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Channel<String> channel = open(1);
      var patience = Duration.ofNanos(100_000 + random.nextInt(200_000));
      var first = play(() -> channel.receive(patience));
      var second = playReceive(channel);
      pause(random, 10_000);

      channel.send("item");

      expectOneItem(channel, first, second);
    }
  }

  private Actor<@Nullable String> playReceive(Channel<String> channel) {
    Actor<@Nullable String> receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    return receiver;
  }

  /// Expects that one of the two gets the one item, be it by closing the channel on the other.
  private static void expectOneItem(
      Channel<String> channel, Actor<@Nullable String> leaving, Actor<@Nullable String> staying)
      throws InterruptedException {
    var got = outcome(leaving);
    if ("item".equals(got)) {
      staying.awaitWaiting();
      channel.close();
      assertThat(staying.awaitFailure()).isInstanceOf(ClosedException.class);
    } else {
      assertThat(staying.awaitDone()).as("after %s of the other", got).isEqualTo("item");
    }
  }

  private static @Nullable Object outcome(Actor<@Nullable String> actor)
      throws InterruptedException {
    try {
      return actor.awaitDone();
    } catch (AssertionError e) {
      assertThat(e.getCause()).isInstanceOf(InterruptedException.class);
      return e.getCause();
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void an_interrupted_sender_leaves_the_room_to_another() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Channel<String> channel = open(1);
      channel.send("before");
      var first = play(() -> sendOrNot(channel, "first"));
      first.awaitWaiting();
      var second = play(() -> sendOrNot(channel, "second"));
      second.awaitWaiting();

      meet(round, first::interrupt, () -> assertThat(channel.receive()).isEqualTo("before"));

      if (first.awaitDone()) {
        assertThat(channel.receive()).isEqualTo("first");
      }
      assertThat(second.awaitDone()).isTrue();
      assertThat(channel.receive()).isEqualTo("second");
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_sender_out_of_patience_leaves_the_room_to_another() throws Exception {
    var random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Channel<String> channel = open(1);
      channel.send("before");
      var patience = Duration.ofNanos(100_000 + random.nextInt(200_000));
      var first = play(() -> channel.send("first", patience));
      var second = play(() -> sendOrNot(channel, "second"));
      second.awaitWaiting();
      pause(random, 10_000);

      assertThat(channel.receive()).isEqualTo("before");

      var items = new ArrayList<String>();
      if (first.awaitDone()) {
        items.add(channel.receive());
      }
      assertThat(second.awaitDone()).isTrue();
      items.add(channel.receive());
      assertThat(items).endsWith("second").doesNotHaveDuplicates();
    }
  }

  @Test
  @Needs(Trait.BOUNDED)
  void a_registered_sender_that_closes_leaves_the_room_to_another() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Channel<String> channel = open(1);
      var senders = channel.senders(2);
      channel.send("before");
      var first = play(() -> sendOrNot(senders.get(0), "first"));
      first.awaitWaiting();
      var second = play(() -> sendOrNot(senders.get(1), "second"));
      second.awaitWaiting();

      meet(
          round,
          () -> senders.get(0).close(),
          () -> assertThat(channel.receive()).isEqualTo("before"));

      if (first.awaitDone()) {
        assertThat(channel.receive()).isEqualTo("first");
      }
      assertThat(second.awaitDone()).isTrue();
      assertThat(channel.receive()).isEqualTo("second");
    }
  }

  private static boolean sendOrNot(Sender<String> sender, String item) {
    try {
      sender.send(item);
      return true;
    } catch (InterruptedException | ClosedException e) {
      return false;
    }
  }

  @Test
  @Needs(Trait.KEEPING)
  void try_calls_fail_only_with_a_reason() throws Exception {
    int threads = 4;
    Channel<Integer> channel = open(threads);

    playTogether(
        threads,
        id -> {
          for (int i = 0; i < 20_000; i++) {
            // Each thread has at most one item in the channel, so there is room,
            // and has put one before it takes one, so there is an item.
            if (!channel.trySend(i) || channel.tryReceive() == null) {
              throw new AssertionError("failed without a reason in round " + i);
            }
          }
        });

    assertThat(channel.size()).isZero();
  }

  @Test
  @Needs(Trait.KEEPING)
  void a_batch_that_fits_is_not_mixed_with_others() throws Exception {
    int batches = 2_000;
    Channel<Parcel> channel = open(4 * batches * 3);

    playTogether(
        4,
        id -> {
          for (int i = 0; i < batches; i++) {
            channel.sendAll(List.of(new Parcel(id, i), new Parcel(id, i), new Parcel(id, i)));
          }
        });

    var all = channel.cancel();
    assertThat(all).hasSize(4 * batches * 3);
    for (int i = 0; i < all.size(); i += 3) {
      if (!all.get(i).equals(all.get(i + 1)) || !all.get(i).equals(all.get(i + 2))) {
        throw new AssertionError("a mixed batch: " + all.subList(i, i + 3));
      }
    }
  }

  private interface Part {
    void play(int id) throws Exception;
  }

  /// Plays the part on several threads that start together, to the end.
  private void playTogether(int count, Part part) throws InterruptedException {
    var start = new CountDownLatch(1);
    var actors =
        IntStream.range(0, count)
            .mapToObj(id ->
                play(() -> {
                  start.await();
                  part.play(id);
                }))
            .toList();
    actors.forEach(Actor::awaitWaiting);

    start.countDown();

    for (var actor : actors) {
      actor.awaitDone();
    }
  }

  @Test
  @Needs(Trait.KEEPING)
  void a_receiver_sees_all_that_was_done_before_the_send() throws Exception {
    final class Box {
      int number;
      int @Nullable [] squares;
    }
    Channel<Box> channel = open(3);
    var senders = channel.senders(2);
    for (var sender : senders) {
      play(() -> {
        try (sender) {
          for (int i = 1; i <= 5_000; i++) {
            var box = new Box();
            box.number = i;
            box.squares = new int[] {i * i};
            sender.send(box);
          }
        }
      });
    }

    var receiver =
        play(() -> {
          int seen = 0;
          for (var box : channel) {
            assertThat(box.squares).containsExactly(box.number * box.number);
            seen++;
          }
          return seen;
        });

    int rest = 0;
    for (var box : channel) {
      assertThat(box.squares).containsExactly(box.number * box.number);
      rest++;
    }
    assertThat(receiver.awaitDone() + rest).isEqualTo(10_000);
  }

  @Test
  @Needs(Trait.KEEPING)
  void the_last_of_many_that_close_at_once_closes_the_channel() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Channel<Integer> channel = open(2);
      var senders = channel.senders(3);
      var start = new CountDownLatch(1);
      var actors =
          IntStream.range(0, 3)
              .mapToObj(id ->
                  play(() -> {
                    start.await();
                    try (var sender = senders.get(id)) {
                      sender.send(id);
                    }
                  }))
              .toList();
      start.countDown();

      var received = new ArrayList<Integer>();
      for (var item : channel) {
        received.add(item);
      }

      assertThat(received).containsExactlyInAnyOrder(0, 1, 2);
      for (var actor : actors) {
        actor.awaitDone();
      }
    }
  }

  @Test
  void a_sender_closed_by_two_threads_at_once_counts_once() throws Exception {
    for (int round = 0; round < CLOSE_ROUNDS; round++) {
      Channel<String> channel = open(1);
      var senders = channel.senders(2);

      meet(() -> senders.get(0).close(), () -> senders.get(0).close());

      assertThat(channel.isClosed()).isFalse();
      senders.get(1).close();
      assertThat(channel.isClosed()).isTrue();
    }
  }

  @Test
  void a_sender_registers_before_the_last_one_closes_or_not_at_all() throws Exception {
    for (int round = 0; round < CLOSE_ROUNDS; round++) {
      Channel<String> channel = open(1);
      var last = channel.newSender();
      var late = new ArrayList<Sender<String>>();

      meet(last::close, () -> registerIfOpen(channel, late));

      assertThat(channel.isClosed()).isEqualTo(late.isEmpty());
      for (var sender : late) {
        assertThat(sender.trySend("late")).isTrue();
        sender.close();
      }
      assertThat(channel.isClosed()).isTrue();
    }
  }

  private static void registerIfOpen(Channel<String> channel, List<Sender<String>> into) {
    try {
      into.add(channel.newSender());
    } catch (ClosedException e) {
      assertThat(channel.isClosed()).isTrue();
    }
  }

  /// Runs the two in one order, in the other, or at the same time.
  private void meet(int round, Actor.Action one, Actor.Action other) throws Exception {
    switch (round % 3) {
      case 0 -> {
        one.play();
        other.play();
      }
      case 1 -> {
        other.play();
        one.play();
      }
      default -> meet(one, other);
    }
  }

  /// Runs the two at the same time, as nearly as two threads can.
  private void meet(Actor.Action one, Actor.Action other) throws Exception {
    var ready = new AtomicBoolean();
    var actor =
        play(() -> {
          ready.set(true);
          one.play();
        });
    while (!ready.get()) {
      Thread.onSpinWait();
    }
    other.play();
    actor.awaitDone();
  }

  /// Lets some time pass, to meet the others elsewhere each time.
  private static void pause(SplittableRandom random, int mostSpins) {
    for (int i = random.nextInt(mostSpins); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  private static void watchSize(Channel<?> channel) {
    while (!channel.isEnded()) {
      assertThat(channel.size()).isBetween(0, channel.capacity());
      Thread.onSpinWait();
    }
  }

  /// A sender's part: sends in every way there is, until `count` items are sent or it is refused.
  private record Sending(Sender<Parcel> sender, int id, int count, SplittableRandom random) {

    /// Returns what was accepted.
    List<Parcel> play() {
      int sent = 0;
      try (sender) {
        while (sent < count) {
          sent += sendSome(sent);
        }
      } catch (ClosedException e) {
        sent += e.sent();
      }
      return parcels(0, sent);
    }

    private int sendSome(int from) {
      try {
        return switch (random.nextInt(5)) {
          case 0 -> sender.trySend(new Parcel(id, from)) ? 1 : 0;
          case 1 -> {
            var patience = Duration.ofNanos(random.nextInt(50_000));
            yield sender.send(new Parcel(id, from), patience) ? 1 : 0;
          }
          case 2 -> {
            var batch = parcels(from, from + Math.min(count - from, 1 + random.nextInt(5)));
            sender.sendAll(batch);
            yield batch.size();
          }
          default -> {
            sender.send(new Parcel(id, from));
            yield 1;
          }
        };
      } catch (InterruptedSendException e) {
        return e.sent();
      } catch (InterruptedException e) {
        return 0;
      }
    }

    private List<Parcel> parcels(int from, int to) {
      return IntStream.range(from, to).mapToObj(number -> new Parcel(id, number)).toList();
    }
  }

  /// A receiver's part: receives in every way there is, until the channel ends.
  private static List<Parcel> receiveAll(Receiver<Parcel> receiver, SplittableRandom random) {
    var received = new ArrayList<Parcel>();
    while (!receiver.isEnded()) {
      receiveSome(receiver, random, received);
    }
    assertThat(receiver.tryReceive()).as("what comes after the end").isNull();
    return received;
  }

  private static void receiveSome(
      Receiver<Parcel> receiver, SplittableRandom random, List<Parcel> into) {
    int before = into.size();
    try {
      switch (random.nextInt(5)) {
        case 0 -> addIfAny(receiver.tryReceive(), into);
        case 1 -> addIfAny(receiver.receive(Duration.ofNanos(random.nextInt(50_000))), into);
        case 2 -> receiver.drainTo(into, 1 + random.nextInt(5));
        case 3 -> {
          for (var item : receiver) {
            into.add(item);
            if (random.nextInt(5) == 0) {
              break;
            }
          }
        }
        default -> into.add(receiver.receive());
      }
    } catch (ClosedException e) {
      assertThat(receiver.isEnded()).isTrue();
    } catch (InterruptedException e) {
      assertThat(into).as("received before an interrupt").hasSize(before);
    } catch (InterruptedWaitException e) {
      assertThat(Thread.interrupted()).as("the flag, set again").isTrue();
    }
  }

  private static void addIfAny(@Nullable Parcel item, List<Parcel> into) {
    if (item != null) {
      into.add(item);
    }
  }
}
