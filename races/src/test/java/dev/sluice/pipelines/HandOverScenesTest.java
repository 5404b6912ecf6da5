package dev.sluice.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Clock;
import dev.sluice.races.Part;
import dev.sluice.races.Schedules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How the workers of a run hand over, in scenes of a few threads, each under many schedules. That
/// nobody waits for ever is part of every scene.
///
/// In the package of what it tests, none of which is public.
class HandOverScenesTest {
  private static final int LAST = 6;

  // Lanes

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "4, 2", "2, 2", "6, 3"})
  void what_several_put_is_taken_once_and_in_order(int capacity, int putters) throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var run = run();
          var edge = run.laneEdge(capacity, false);
          for (int i = 0; i < putters; i++) {
            var entry = edge.entry(run.tally());
            int first = 100 * i;
            stage.play("putter " + i, () -> put(stage, entry, first));
          }
          edge.open();
          var taker = stage.play("taker", () -> takeAll(stage, edge, run.tally()));
          stage.awaitAll();
          assertThat(taker.result()).hasSize(LAST * putters);
          for (int i = 0; i < putters; i++) {
            int first = 100 * i;
            assertThat(taker.result())
                .filteredOn(number -> number / 100 == first / 100)
                .containsExactlyElementsOf(numbers(first, first + LAST));
          }
          assertThat(edge.size()).isZero();
        });
  }

  @Test
  void what_was_put_is_taken_though_the_putter_does_something_else_for_ever() throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var run = run();
          var edge = run.laneEdge(64, false);
          var entry = edge.entry(run.tally());
          edge.open();
          var taken = new ArrayList<Object>();
          stage.play(
              "putter",
              () -> {
                for (int i = 0; i < 3; i++) {
                  entry.accept(i, Untracked.LINEAGE);
                }
                stage.await(() -> taken.size() == 3);
                entry.complete();
              });
          stage.play(
              "taker",
              () -> {
                var tally = run.tally();
                for (var value = edge.take(Step.NEVER, tally);
                    value != null;
                    value = edge.take(Step.NEVER, tally)) {
                  taken.add(value);
                }
              });
          stage.awaitAll();
          assertThat(taken).containsExactly(0, 1, 2);
        });
  }

  // Windows

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void what_workers_fill_in_any_order_comes_out_in_the_order_of_their_claims(int capacity)
      throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var run = run();
          var window = run.window(capacity);
          var source = new Turns(stage, run, window);
          var workers = new ArrayList<Part<@Nullable Void>>();
          for (int i = 0; i < 2; i++) {
            workers.add(stage.play("worker " + i, source::work));
          }
          var emitter =
              stage.play(
                  "emitter",
                  () -> {
                    var tally = run.tally();
                    var out = new ArrayList<Object>();
                    for (var value = window.take(tally);
                        value != null;
                        value = window.take(tally)) {
                      dawdle(stage);
                      out.add(value);
                    }
                    return out;
                  });
          stage.await(workers);
          window.end();
          stage.awaitAll();
          assertThat(emitter.result()).isEqualTo(numbers(0, LAST));
          assertThat(window.size()).isZero();
        });
  }

  /// Numbers that workers take in turn, one at a time.
  private static final class Turns {
    private final ReentrantLock turn = new ReentrantLock();
    private final dev.sluice.races.Stage stage;
    private final Run run;
    private final Window window;
    private int next;

    Turns(dev.sluice.races.Stage stage, Run run, Window window) {
      this.stage = stage;
      this.run = run;
      this.window = window;
    }

    void work() throws InterruptedException {
      var tally = run.tally();
      while (true) {
        long place;
        int number;
        turn.lock();
        try {
          if (next == LAST) {
            return;
          }
          while (window.room() == 0) {
            window.awaitRoom(Step.NEVER, tally);
          }
          place = window.claim(1);
          number = next++;
        } finally {
          turn.unlock();
        }
        dawdle(stage);
        window.fill(place, number, Untracked.LINEAGE);
      }
    }
  }

  // Hands

  @Test
  void what_a_hand_holds_is_begun_once_by_its_owner_or_by_a_thief() throws Exception {
    Schedules.untimed()
        .play(stage -> {
          var hand = new Hand();
          var owner =
              stage.play(
                  "owner",
                  () -> {
                    var begun = new ArrayList<Object>();
                    for (int round = 0; round < 4; round++) {
                      hand.add(2 * round, Untracked.LINEAGE);
                      hand.add(2 * round + 1, Untracked.LINEAGE);
                      hand.open(2L * round);
                      begun.addAll(beginAll(hand));
                    }
                    return begun;
                  });
          var thieves = new ArrayList<Part<List<Object>>>();
          for (int i = 0; i < 2; i++) {
            thieves.add(
                stage.play(
                    "thief " + i,
                    () -> {
                      var mine = new Hand();
                      var begun = new ArrayList<Object>();
                      for (int tries = 0; tries < 3; tries++) {
                        long seen = hand.look();
                        if (seen != Hand.NOTHING && mine.takeOver(hand, seen)) {
                          begun.addAll(beginAll(mine));
                        }
                      }
                      return begun;
                    }));
          }
          stage.awaitAll();
          var all = new ArrayList<>(owner.result());
          thieves.stream().map(Part::result).forEach(all::addAll);
          assertThat(all).containsExactlyInAnyOrderElementsOf(List.copyOf(numbers(0, 8)));
        });
  }

  /// @return what was begun, each of which is also the number of its place
  private static List<Object> beginAll(Hand hand) {
    var begun = new ArrayList<Object>();
    while (hand.begin()) {
      assertThat(hand.value()).isEqualTo((int) hand.place());
      begun.add(hand.value());
    }
    return begun;
  }

  private static Run run() {
    return new Run(
        "scene", false, false, Clock.system(), Thread.ofVirtual().factory(), /* carrier= */ null);
  }

  /// Lets the others go on, now and then for so long that they have parked.
  private static void dawdle(dev.sluice.races.Stage stage) {
    int most = stage.random().nextInt(4) == 0 ? 150 : 1;
    for (int i = stage.random().nextInt(most); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  private static void put(dev.sluice.races.Stage stage, Step entry, int first) throws Exception {
    for (int i = 0; i < LAST; i++) {
      dawdle(stage);
      entry.accept(first + i, Untracked.LINEAGE);
    }
    dawdle(stage);
    entry.complete();
  }

  private static List<Integer> takeAll(dev.sluice.races.Stage stage, Edge edge, Tally tally)
      throws InterruptedException {
    var all = new ArrayList<Integer>();
    for (var value = edge.take(Step.NEVER, tally);
        value != null;
        value = edge.take(Step.NEVER, tally)) {
      dawdle(stage);
      all.add((Integer) value);
    }
    return all;
  }

  private static Collection<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
