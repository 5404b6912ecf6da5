package dev.sluice.races.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Select;
import dev.sluice.races.Kind;
import dev.sluice.races.Part;
import dev.sluice.races.Schedules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a select promises, in scenes of a few threads, each under many schedules: on all pairs of a
/// ring, a rendezvous, and a channel with a lock.
class SelectScenesTest {
  private static final Duration SHORT = Duration.ofMillis(5);
  private static final String PAIRS = "pairs";

  /// The kinds of the two channels of a select.
  record Pair(Kind a, Kind b) {
    Channel<String> openA() {
      return a.open(a.smallest);
    }

    Channel<String> openB() {
      return b.open(b.smallest);
    }
  }

  static Stream<Pair> pairs() {
    return Stream.of(
        new Pair(Kind.BOUNDED, Kind.BOUNDED),
        new Pair(Kind.RENDEZVOUS, Kind.RENDEZVOUS),
        new Pair(Kind.BOUNDED, Kind.RESIZABLE),
        new Pair(Kind.BOUNDED, Kind.RENDEZVOUS),
        new Pair(Kind.RENDEZVOUS, Kind.RESIZABLE));
  }

  private static @Nullable String either(Receiver<String> a, Receiver<String> b) throws Exception {
    return Select.<String>fair().receive(a, item -> item).receive(b, item -> item).await();
  }

  // Both finish

  @ParameterizedTest
  @MethodSource(PAIRS)
  void two_selects_that_could_serve_each_other_both_finish(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          var one =
              stage.play(
                  "one",
                  () ->
                      Select.<String>fair()
                          .send(a, "one", () -> "sent")
                          .receive(b, item -> item)
                          .await());
          var other =
              stage.play(
                  "other",
                  () ->
                      Select.<String>fair()
                          .receive(a, item -> item)
                          .send(b, "other", () -> "sent")
                          .await());
          stage.awaitAll();
          var results = List.of(one.result(), other.result());
          var left = new ArrayList<>(a.cancel());
          left.addAll(b.cancel());
          // Each item that was sent was received, or is still in a buffer.
          long sent = results.stream().filter("sent"::equals).count();
          assertThat(sent).isEqualTo(2 - sent + left.size());
        });
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void two_selects_over_two_channels_with_an_item_each_both_finish(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          var one = stage.play("one", () -> either(a, b));
          var other = stage.play("other", () -> either(b, a));
          stage.play("sender a", () -> a.send("a"));
          stage.play("sender b", () -> b.send("b"));
          stage.awaitAll();
          assertThat(Arrays.asList(one.result(), other.result()))
              .containsExactlyInAnyOrder("a", "b");
        });
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void two_selects_that_send_to_two_channels_both_finish(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          while (a.trySend("old")) {}
          while (b.trySend("old")) {}
          var selects = new ArrayList<Part<String>>();
          for (var name : List.of("one", "other")) {
            selects.add(
                stage.play(
                    name,
                    () ->
                        Select.<String>fair()
                            .send(a, name, () -> "a")
                            .send(b, name, () -> "b")
                            .await()));
          }
          var got = new ArrayList<String>();
          var fromA = stage.play("receiver a", () -> receiveToEnd(a));
          var fromB = stage.play("receiver b", () -> receiveToEnd(b));
          stage.await(selects);
          a.close();
          b.close();
          stage.awaitAll();
          got.addAll(fromA.result());
          got.addAll(fromB.result());
          got.removeIf("old"::equals);
          assertThat(got).containsExactlyInAnyOrder("one", "other");
        });
  }

  // Wake-ups that are passed on

  /// The select may be woken by the item in `a`, and served by `b`: then the item is the plain
  /// receiver's, who waits behind it.
  @ParameterizedTest
  @MethodSource(PAIRS)
  void a_select_served_by_one_channel_passes_the_wake_up_of_the_other_on(Pair pair)
      throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          var select = stage.play("select", () -> either(b, a));
          var plain = stage.play("plain", () -> receiveUnlessEnded(a));
          stage.play("sender b", () -> b.send("b"));
          var sender = stage.play("sender a", () -> a.send("a"));
          stage.await(List.of(select, sender));
          boolean fromA = "a".equals(select.result());
          if (fromA) {
            a.close();
            assertThat(b.receive()).isEqualTo("b");
          }
          stage.awaitAll();
          assertThat(plain.result()).isEqualTo(fromA ? null : "a");
        });
  }

  /// As above, with room.
  @Test
  void a_select_that_sent_elsewhere_passes_the_wake_up_for_room_on() throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<String> a = Channel.bounded(1);
          Channel<String> b = Channel.bounded(1);
          a.send("old a");
          b.send("old b");
          var select =
              stage.play(
                  "select",
                  () ->
                      Select.<String>inOrder()
                          .send(b, "select", () -> "b")
                          .send(a, "select", () -> "a")
                          .await());
          stage.play("plain", () -> a.send("plain"));
          stage.play("receiver b", () -> b.receive());
          var receiver = stage.play("receiver a", () -> a.receive());
          stage.await(List.of(select, receiver));
          if (select.result().equals("a")) {
            a.receive();
          }
          stage.awaitAll();
          assertThat(a.cancel().size() + b.cancel().size()).isBetween(1, 2);
        });
  }

  // One moment

  /// At each moment there is an item in one or the other.
  @Test
  void a_select_that_does_not_wait_never_overlooks_an_item_between_its_looks() throws Exception {
    Schedules.untimed()
        .play(stage -> {
          Channel<String> a = Channel.bounded(1);
          Channel<String> b = Channel.bounded(1);
          a.send("a");
          var select =
              stage.play(
                  "select",
                  () ->
                      Select.<String>fair()
                          .receive(a, item -> item)
                          .receive(b, item -> item)
                          .tryNow(() -> "none"));
          stage.play(
              "mover",
              () -> {
                b.send("b");
                a.tryReceive();
              });
          stage.awaitAll();
          assertThat(select.result()).isIn("a", "b");
        });
  }

  // Timeouts, interrupts, closes

  @ParameterizedTest
  @MethodSource(PAIRS)
  void a_select_that_runs_out_of_patience_or_is_interrupted_keeps_every_item(Pair pair)
      throws Exception {
    Schedules.timed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          var select =
              stage.play(
                  "select",
                  () -> {
                    try {
                      return Select.<String>fair()
                          .receive(a, item -> item)
                          .receive(b, item -> item)
                          .await(SHORT, () -> "late");
                    } catch (InterruptedException e) {
                      return "interrupted";
                    }
                  });
          var senderA = stage.play("sender a", () -> a.send("a", SHORT));
          var senderB = stage.play("sender b", () -> b.send("b", SHORT));
          stage.play("interrupter", select::interrupt);
          stage.awaitAll();
          var got = new ArrayList<String>();
          if (select.result().length() == 1) {
            got.add(select.result());
          }
          got.addAll(a.cancel());
          got.addAll(b.cancel());
          var sent = new ArrayList<String>();
          if (senderA.result()) {
            sent.add("a");
          }
          if (senderB.result()) {
            sent.add("b");
          }
          assertThat(got).containsExactlyInAnyOrderElementsOf(sent);
        });
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void an_item_goes_to_another_when_a_select_gives_up(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          var fickle =
              stage.play(
                  "fickle",
                  () -> {
                    try {
                      return either(a, b);
                    } catch (InterruptedException e) {
                      return null;
                    }
                  });
          var steady = stage.play("steady", () -> receiveUnlessEnded(a));
          stage.play("sender", () -> a.send("item"));
          stage.play("interrupter", fickle::interrupt);
          stage.await(List.of(fickle));
          if (fickle.result() != null) {
            a.close();
          }
          stage.awaitAll();
          assertThat(Arrays.asList(fickle.result(), steady.result()))
              .containsExactlyInAnyOrder("item", null);
        });
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void a_close_of_one_channel_leaves_the_select_to_the_other(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          var select = stage.play("select", () -> either(a, b));
          var closer =
              stage.play(
                  "closer",
                  () -> {
                    a.close();
                    b.send("b");
                  });
          stage.await(List.of(select, closer));
          assertThat(select.result()).isEqualTo("b");
        });
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void a_close_of_all_channels_ends_the_select(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          var select =
              stage.play(
                  "select",
                  () -> {
                    try {
                      return either(a, b);
                    } catch (ClosedException e) {
                      return "closed";
                    }
                  });
          stage.play("closer a", () -> a.close());
          stage.play("closer b", () -> b.close());
          stage.awaitAll();
          assertThat(select.result()).isEqualTo("closed");
        });
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void a_close_turns_a_sending_select_away(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          while (a.trySend("old")) {}
          while (b.trySend("old")) {}
          var select =
              stage.play(
                  "select",
                  () -> {
                    try {
                      return Select.<String>fair()
                          .send(a, "new", () -> "a")
                          .send(b, "new", () -> "b")
                          .await();
                    } catch (ClosedException e) {
                      return "closed";
                    }
                  });
          stage.play("closer", () -> b.close());
          stage.awaitAll();
          assertThat(select.result()).isEqualTo("closed");
          assertThat(a.cancel()).doesNotContain("new");
        });
  }

  // What is sent, once and in order

  @ParameterizedTest
  @MethodSource(PAIRS)
  void selects_in_a_loop_take_each_item_once(Pair pair) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var a = pair.openA();
          var b = pair.openB();
          stage.play("sender a", () -> sendTwo(a, "a"));
          stage.play("sender b", () -> sendTwo(b, "b"));
          var one = stage.play("one", () -> List.of(orNone(either(a, b)), orNone(either(a, b))));
          var other =
              stage.play("other", () -> List.of(orNone(either(b, a)), orNone(either(b, a))));
          stage.awaitAll();
          assertThat(Stream.concat(one.result().stream(), other.result().stream()))
              .containsExactlyInAnyOrder("a1", "a2", "b1", "b2");
        });
  }

  private static String orNone(@Nullable String item) {
    return item == null ? "none" : item;
  }

  private static void sendTwo(Channel<String> channel, String name) throws InterruptedException {
    channel.send(name + "1");
    channel.send(name + "2");
  }

  private static @Nullable String receiveUnlessEnded(Receiver<String> channel)
      throws InterruptedException {
    try {
      return channel.receive();
    } catch (ClosedException e) {
      return null;
    }
  }

  private static List<String> receiveToEnd(Receiver<String> channel) {
    var items = new ArrayList<String>();
    for (var item : channel) {
      items.add(item);
    }
    return items;
  }
}
