package dev.sluice.races.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.InterruptedSendException;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Sender;
import dev.sluice.races.Part;
import dev.sluice.races.Schedules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a channel promises, in scenes of a few threads, each under many schedules. That nobody
/// waits for ever is part of every scene: where nobody can go on, the schedule fails.
class ChannelScenesTest {
  private static final Duration SHORT = Duration.ofMillis(5);

  private static final String ALL = "dev.sluice.races.schedules.Opening#all";
  private static final String BUFFERED = "dev.sluice.races.schedules.Opening#buffered";
  private static final String SMALLEST = "dev.sluice.races.schedules.Opening#smallest";

  // Hand-over

  @ParameterizedTest
  @MethodSource(ALL)
  void each_item_arrives_once_and_in_order(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          for (int sender = 0; sender < 2; sender++) {
            int first = 10 * sender;
            stage.play("sender " + sender, () -> sendAllSingly(channel, first, first + 1));
          }
          var one = stage.play("receiver 0", () -> receive(channel, 2));
          var other = stage.play("receiver 1", () -> receive(channel, 2));
          stage.awaitAll();
          assertThat(joined(one.result(), other.result())).containsExactlyInAnyOrder(0, 1, 10, 11);
          assertInOrder(one.result());
          assertInOrder(other.result());
          assertThat(channel.size()).isZero();
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void senders_that_wait_all_get_room_from_one_receiver(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          for (int sender = 0; sender < 4; sender++) {
            int item = sender;
            stage.play("sender " + sender, () -> channel.send(item));
          }
          var receiver = stage.play("receiver", () -> receive(channel, 4));
          stage.awaitAll();
          assertThat(receiver.result()).containsExactlyInAnyOrder(0, 1, 2, 3);
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void receivers_that_wait_all_get_an_item_from_one_sender(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var receivers = new ArrayList<Part<Integer>>();
          for (int i = 0; i < 4; i++) {
            receivers.add(stage.play("receiver " + i, () -> channel.receive()));
          }
          stage.play("sender", () -> sendAllSingly(channel, 0, 1, 2, 3));
          stage.awaitAll();
          assertThat(results(receivers)).containsExactlyInAnyOrder(0, 1, 2, 3);
        });
  }

  @ParameterizedTest
  @MethodSource(SMALLEST)
  void two_threads_in_a_cycle_of_two_channels_never_stop(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> requests = opening.open();
          Channel<Integer> replies = opening.open();
          stage.play(
              "server",
              () -> {
                for (int request : requests) {
                  replies.send(-request);
                }
                replies.close();
              });
          var client =
              stage.play(
                  "client",
                  () -> {
                    var got = new ArrayList<Integer>();
                    for (int i = 1; i <= 3; i++) {
                      requests.send(i);
                      got.add(replies.receive());
                    }
                    requests.close();
                    return got;
                  });
          stage.awaitAll();
          assertThat(client.result()).containsExactly(-1, -2, -3);
        });
  }

  // Interrupts

  @ParameterizedTest
  @MethodSource(ALL)
  void an_item_goes_to_another_when_a_receiver_is_interrupted(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<String> channel = opening.open();
          var fickle = stage.play("fickle", () -> receiveUnlessInterrupted(channel));
          var steady = stage.play("steady", () -> receiveUnlessEnded(channel));
          stage.play("sender", () -> channel.send("item"));
          stage.play("interrupter", fickle::interrupt);
          stage.await(List.of(fickle));
          if (fickle.result() != null) {
            channel.close();
          }
          stage.awaitAll();
          assertThat(present(fickle.result(), steady.result())).containsExactly("item");
          assertThat(channel.size()).isZero();
        });
  }

  @ParameterizedTest
  @MethodSource(BUFFERED)
  void room_goes_to_another_when_a_sender_is_interrupted(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<String> channel = full(opening, "old");
          var fickle = stage.play("fickle", () -> sendUnlessInterrupted(channel, "fickle"));
          stage.play("steady", () -> channel.send("steady"));
          stage.play("interrupter", fickle::interrupt);
          // Room for one more than what was there: enough for both, or for the steady one.
          var receiver = stage.play("receiver", () -> receive(channel, 1));
          stage.await(List.of(fickle, receiver));
          var got = new ArrayList<>(receiver.result());
          channel.drainTo(got, opening.capacity());
          stage.awaitAll();
          channel.drainTo(got, opening.capacity());
          var expected = new ArrayList<>(repeated(opening, "old"));
          expected.add("steady");
          if (fickle.result()) {
            expected.add("fickle");
          }
          assertThat(got).containsExactlyInAnyOrderElementsOf(expected);
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void an_interrupted_sendAll_tells_how_many_were_sent(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var sender =
              stage.play(
                  "sender",
                  () -> {
                    try {
                      channel.sendAll(List.of(1, 2, 3, 4));
                      return 4;
                    } catch (InterruptedSendException e) {
                      return e.sent();
                    } finally {
                      channel.close();
                    }
                  });
          stage.play("interrupter", sender::interrupt);
          var receiver = stage.play("receiver", () -> receiveToEnd(channel));
          stage.awaitAll();
          assertThat(receiver.result()).isEqualTo(upTo(sender.result()));
        });
  }

  // Timeouts

  @ParameterizedTest
  @MethodSource(ALL)
  void an_item_goes_to_another_when_a_receiver_runs_out_of_patience(Opening opening)
      throws Exception {
    Schedules.timed()
        .play(stage -> {
          Channel<String> channel = opening.open();
          var fickle = stage.play("fickle", () -> channel.receive(SHORT));
          var steady = stage.play("steady", () -> receiveUnlessEnded(channel));
          stage.play("sender", () -> channel.send("item"));
          stage.await(List.of(fickle));
          if (fickle.result() != null) {
            channel.close();
          }
          stage.awaitAll();
          assertThat(present(fickle.result(), steady.result())).containsExactly("item");
          assertThat(channel.size()).isZero();
        });
  }

  @ParameterizedTest
  @MethodSource(BUFFERED)
  void room_goes_to_another_when_a_sender_runs_out_of_patience(Opening opening) throws Exception {
    Schedules.timed()
        .play(stage -> {
          Channel<String> channel = full(opening, "old");
          var fickle = stage.play("fickle", () -> channel.send("fickle", SHORT));
          stage.play("steady", () -> channel.send("steady"));
          var receiver = stage.play("receiver", () -> receive(channel, 1));
          stage.await(List.of(fickle, receiver));
          var got = new ArrayList<>(receiver.result());
          if (fickle.result()) {
            got.add(channel.receive());
          }
          stage.awaitAll();
          channel.drainTo(got, opening.capacity());
          var expected = new ArrayList<>(repeated(opening, "old"));
          expected.add("steady");
          if (fickle.result()) {
            expected.add("fickle");
          }
          assertThat(got).containsExactlyInAnyOrderElementsOf(expected);
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void a_timed_call_tells_whether_it_moved_the_item(Opening opening) throws Exception {
    Schedules.timed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var senders = new ArrayList<Part<Boolean>>();
          for (int i = 0; i < 2 + opening.capacity(); i++) {
            int item = i;
            senders.add(stage.play("sender " + i, () -> channel.send(item, SHORT)));
          }
          var receivers = new ArrayList<Part<@Nullable Integer>>();
          for (int i = 0; i < 2; i++) {
            receivers.add(stage.play("receiver " + i, () -> channel.receive(SHORT)));
          }
          stage.awaitAll();
          var accepted =
              IntStream.range(0, senders.size())
                  .filter(i -> senders.get(i).result())
                  .boxed()
                  .toList();
          var received = new ArrayList<Integer>();
          for (var receiver : receivers) {
            if (receiver.result() != null) {
              received.add(receiver.result());
            }
          }
          received.addAll(channel.cancel());
          assertThat(received).containsExactlyInAnyOrderElementsOf(accepted);
        });
  }

  // Close and cancel

  @ParameterizedTest
  @MethodSource(ALL)
  void a_close_delivers_what_was_accepted_and_nothing_else(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var senders =
              List.of(
                  stage.play("sender 0", () -> sendUntilClosed(channel, 0, 1, 2)),
                  stage.play("sender 1", () -> sendUntilClosed(channel, 10, 11, 12)));
          var receivers =
              List.of(
                  stage.play("receiver 0", () -> receiveToEnd(channel)),
                  stage.play("receiver 1", () -> receiveToEnd(channel)));
          stage.play("closer", () -> channel.close());
          stage.awaitAll();
          assertThat(joined(receivers)).containsExactlyInAnyOrderElementsOf(joined(senders));
          assertThat(channel.isEnded()).isTrue();
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void a_cancel_returns_what_was_accepted_and_not_received(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var senders =
              List.of(
                  stage.play("sender 0", () -> sendUntilClosed(channel, 0, 1, 2)),
                  stage.play("sender 1", () -> sendUntilClosed(channel, 10, 11, 12)));
          var receiver = stage.play("receiver", () -> receiveToEnd(channel));
          var canceller = stage.play("canceller", () -> channel.cancel());
          var second = stage.play("second canceller", () -> channel.cancel());
          stage.awaitAll();
          assertThat(joined(receiver.result(), canceller.result(), second.result()))
              .containsExactlyInAnyOrderElementsOf(joined(senders));
          assertThat(channel.isEnded()).isTrue();
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void a_sendAll_cut_off_by_a_close_tells_how_many_were_sent(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var sender =
              stage.play(
                  "sender",
                  () -> {
                    try {
                      channel.sendAll(List.of(1, 2, 3, 4));
                      return 4;
                    } catch (ClosedException e) {
                      return e.sent();
                    }
                  });
          var receiver = stage.play("receiver", () -> receiveToEnd(channel));
          stage.play("closer", () -> channel.close());
          stage.awaitAll();
          assertThat(receiver.result()).isEqualTo(upTo(sender.result()));
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void the_last_of_the_registered_senders_closes(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          int item = 0;
          for (var sender : channel.senders(3)) {
            int mine = item++;
            stage.play(
                "sender " + mine,
                () -> {
                  try (sender) {
                    sender.send(mine);
                  }
                });
          }
          var receiver = stage.play("receiver", () -> receiveToEnd(channel));
          stage.awaitAll();
          assertThat(receiver.result()).containsExactlyInAnyOrder(0, 1, 2);
          assertThat(channel.isEnded()).isTrue();
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void closing_one_registered_sender_turns_away_who_waits_through_it_alone(Opening opening)
      throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var ends = channel.senders(2);
          var turnedAway =
              stage.play("turned away", () -> sendUntilClosed(ends.get(0), 0, 1, 2, 3));
          var other =
              stage.play(
                  "other",
                  () -> {
                    ends.get(1).send(10);
                    ends.get(1).close();
                  });
          stage.play("closer", () -> ends.get(0).close());
          stage.await(List.of(turnedAway));
          var receiver = stage.play("receiver", () -> receiveToEnd(channel));
          stage.awaitAll();
          var expected = new ArrayList<>(turnedAway.result());
          expected.add(10);
          assertThat(receiver.result()).containsExactlyInAnyOrderElementsOf(expected);
          assertThat(other.isDone()).isTrue();
        });
  }

  // Batches

  @ParameterizedTest
  @MethodSource(ALL)
  void a_drain_lets_as_many_senders_go_on_as_it_took(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<String> channel = full(opening, "old");
          var senders = new ArrayList<Part<Boolean>>();
          for (int i = 0; i < 4; i++) {
            var item = "new " + i;
            senders.add(stage.play("sender " + i, () -> !sendUntilClosed(channel, item).isEmpty()));
          }
          var got = new ArrayList<String>();
          var drainer = stage.play("drainer", () -> channel.drainTo(got, 2));
          stage.await(List.of(drainer));
          int room = Math.min(drainer.result(), 4);
          stage.await(() -> senders.stream().filter(Part::isDone).count() >= room);
          channel.close();
          got.addAll(receiveToEnd(channel));
          stage.awaitAll();
          var accepted = new ArrayList<>(repeated(opening, "old"));
          for (int i = 0; i < 4; i++) {
            if (senders.get(i).result()) {
              accepted.add("new " + i);
            }
          }
          assertThat(got).containsExactlyInAnyOrderElementsOf(accepted);
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void a_batch_wakes_as_many_receivers_as_it_has_items(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var receivers = new ArrayList<Part<@Nullable Integer>>();
          for (int i = 0; i < 4; i++) {
            receivers.add(stage.play("receiver " + i, () -> receiveUnlessEnded(channel)));
          }
          var sender = stage.play("sender", () -> channel.sendAll(List.of(1, 2, 3)));
          stage.await(List.of(sender));
          stage.await(() -> receivers.stream().filter(Part::isDone).count() >= 3);
          channel.close();
          stage.awaitAll();
          assertThat(present(receivers)).containsExactlyInAnyOrder(1, 2, 3);
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void two_receivers_get_all_of_a_batch_that_is_larger_than_the_room(Opening opening)
      throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          stage.play("sender", () -> channel.sendAll(List.of(0, 1, 2, 3, 4, 5, 6, 7)));
          var one = stage.play("receiver 0", () -> receive(channel, 4));
          var other = stage.play("receiver 1", () -> receive(channel, 4));
          stage.awaitAll();
          assertThat(joined(one.result(), other.result()))
              .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
          assertInOrder(one.result());
          assertInOrder(other.result());
        });
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void drains_and_receivers_share_without_loss(Opening opening) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          stage.play(
              "sender",
              () -> {
                channel.sendAll(List.of(1, 2, 3, 4));
                channel.close();
              });
          var drained = new ArrayList<Integer>();
          stage.play(
              "drainer",
              () -> {
                channel.drainTo(drained, 2);
                channel.drainTo(drained, 2);
              });
          var receiver = stage.play("receiver", () -> receiveToEnd(channel));
          stage.awaitAll();
          assertInOrder(drained);
          assertInOrder(receiver.result());
          assertThat(joined(drained, receiver.result())).containsExactlyInAnyOrder(1, 2, 3, 4);
        });
  }

  // Everything at once

  private enum Way {
    UNTIMED,
    TIMED,
    TRY
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void any_mix_of_calls_interrupts_and_a_close_loses_nothing(Opening opening) throws Exception {
    Schedules.timed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          var accepted = new ArrayList<Integer>();
          var delivered = new ArrayList<Integer>();
          var parts = new ArrayList<Part<?>>();
          for (int i = 0; i < 2; i++) {
            int first = 10 * i;
            var ways = ways(stage.random().nextInt(27));
            parts.add(
                stage.play(
                    "sender " + i + ways,
                    () -> {
                      for (int item = 0; item < 3; item++) {
                        if (send(channel, first + item, ways.get(item))) {
                          accepted.add(first + item);
                        }
                      }
                    }));
          }
          for (int i = 0; i < 2; i++) {
            var ways = ways(stage.random().nextInt(27));
            parts.add(
                stage.play(
                    "receiver " + i + ways,
                    () -> {
                      for (var way : ways) {
                        var item = receive(channel, way);
                        if (item != null) {
                          delivered.add(item);
                        }
                      }
                    }));
          }
          var victim = parts.get(stage.random().nextInt(parts.size()));
          stage.play("interrupter", victim::interrupt);
          stage.play("closer", () -> channel.close());
          stage.awaitAll();
          delivered.addAll(receiveToEnd(channel));
          assertThat(delivered).containsExactlyInAnyOrderElementsOf(accepted);
          assertThat(channel.isEnded()).isTrue();
        });
  }

  private static List<Way> ways(int choice) {
    return List.of(
        Way.values()[choice % 3], Way.values()[choice / 3 % 3], Way.values()[choice / 9]);
  }

  private static boolean send(Sender<Integer> channel, int item, Way way) {
    try {
      return switch (way) {
        case TRY -> channel.trySend(item);
        case TIMED -> channel.send(item, SHORT);
        case UNTIMED -> {
          channel.send(item);
          yield true;
        }
      };
    } catch (ClosedException | InterruptedException e) {
      return false;
    }
  }

  private static @Nullable Integer receive(Receiver<Integer> channel, Way way) {
    try {
      return switch (way) {
        case TRY -> channel.tryReceive();
        case TIMED -> channel.receive(SHORT);
        case UNTIMED -> channel.receive();
      };
    } catch (ClosedException | InterruptedException e) {
      return null;
    }
  }

  // What the parts do

  private static void sendAllSingly(Sender<Integer> channel, int... items)
      throws InterruptedException {
    for (int item : items) {
      channel.send(item);
    }
  }

  /// Returns what was accepted.
  @SafeVarargs
  private static <T> List<T> sendUntilClosed(Sender<T> channel, T... items)
      throws InterruptedException {
    var accepted = new ArrayList<T>();
    try {
      for (var item : items) {
        channel.send(item);
        accepted.add(item);
      }
    } catch (ClosedException e) {
      assertThat(e.sent()).isZero();
    }
    return accepted;
  }

  private static boolean sendUnlessInterrupted(Sender<String> channel, String item) {
    try {
      channel.send(item);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static <T> List<T> receive(Receiver<T> channel, int count) throws InterruptedException {
    var items = new ArrayList<T>();
    for (int i = 0; i < count; i++) {
      items.add(channel.receive());
    }
    return items;
  }

  private static <T> List<T> receiveToEnd(Receiver<T> channel) {
    var items = new ArrayList<T>();
    for (var item : channel) {
      items.add(item);
    }
    return items;
  }

  private static <T> @Nullable T receiveUnlessInterrupted(Receiver<T> channel) {
    try {
      return channel.receive();
    } catch (InterruptedException e) {
      return null;
    }
  }

  private static <T> @Nullable T receiveUnlessEnded(Receiver<T> channel)
      throws InterruptedException {
    try {
      return channel.receive();
    } catch (ClosedException e) {
      return null;
    }
  }

  // What is expected

  private static Channel<String> full(Opening opening, String item) throws InterruptedException {
    Channel<String> channel = opening.open();
    channel.sendAll(repeated(opening, item));
    return channel;
  }

  private static List<String> repeated(Opening opening, String item) {
    return Stream.generate(() -> item).limit(opening.capacity()).toList();
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  @SafeVarargs
  private static <T> List<T> joined(Collection<T>... lists) {
    var all = new ArrayList<T>();
    for (var list : lists) {
      all.addAll(list);
    }
    return all;
  }

  private static <T> List<T> joined(List<Part<List<T>>> parts) {
    return parts.stream().flatMap(part -> part.result().stream()).toList();
  }

  private static <T> List<T> results(List<Part<T>> parts) {
    return parts.stream().map(Part::result).toList();
  }

  @SafeVarargs
  private static <T> List<T> present(@Nullable T... results) {
    var present = new ArrayList<T>();
    for (var result : results) {
      if (result != null) {
        present.add(result);
      }
    }
    return present;
  }

  private static <T> List<T> present(List<Part<@Nullable T>> parts) {
    var present = new ArrayList<T>();
    for (var part : parts) {
      var result = part.result();
      if (result != null) {
        present.add(result);
      }
    }
    return present;
  }

  /// Each sender's items are in the order in which it sent them.
  private static void assertInOrder(List<Integer> items) {
    for (int sender = 0; sender < 2; sender++) {
      int id = sender;
      assertThat(items.stream().filter(item -> item / 10 == id)).isSorted();
    }
  }
}
