package dev.sluice.races.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.races.Kind;
import dev.sluice.races.Schedules;
import dev.sluice.races.Stage;
import dev.sluice.races.schedules.Histories.Call;
import dev.sluice.races.schedules.Histories.Effect;
import dev.sluice.races.schedules.Histories.State;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What never waits is linearizable: no call returns what it could not have returned if each had
/// taken place at one moment. So no channel is ever full without being full, or empty without being
/// empty, and what is drained was there at once. A drain may leave out what is behind an item whose
/// send has not returned yet.
class LinearizabilityTest {

  @ParameterizedTest
  @MethodSource("dev.sluice.races.schedules.Opening#bounded")
  void calls_that_never_wait_are_linearizable(Opening opening) throws Exception {
    Schedules.untimed().play(stage -> play(stage, opening, 2, 4));
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.races.schedules.Opening#bounded")
  void so_are_those_of_three_threads(Opening opening) throws Exception {
    Schedules.untimed().play(stage -> play(stage, opening, 3, 3));
  }

  /// Large enough that a sender looks at more places than its own, for those who come after it, and
  /// so nearly full that there are none.
  @Test
  void so_are_those_of_senders_that_look_ahead() throws Exception {
    var opening = new Opening(Kind.BOUNDED, 40);
    Schedules.untimed()
        .play(stage -> {
          Channel<Integer> channel = opening.open();
          for (int i = stage.random().nextInt(100); i > 0; i--) { // wherever in the ring
            channel.trySend(i);
            channel.tryReceive();
          }
          play(stage, channel, opening, opening.capacity() - stage.random().nextInt(4), 3, 3);
        });
  }

  private static void play(Stage stage, Opening opening, int threads, int count) {
    int there = stage.random().nextInt(opening.capacity() + 1);
    play(stage, opening.open(), opening, there, threads, count);
  }

  private static void play(
      Stage stage, Channel<Integer> channel, Opening opening, int there, int threads, int count) {
    var state = State.EMPTY;
    for (int i = there; i > 0; i--) {
      channel.trySend(i);
      state = state.plus(i);
    }
    var history = new ArrayList<Call>();
    for (int thread = 1; thread <= threads; thread++) {
      int first = 10 * thread;
      var random = stage.random().split();
      stage.play(
          "caller " + thread,
          () -> {
            for (int i = 0; i < count; i++) {
              int from = stage.step();
              var call = call(channel, opening.capacity(), first + i, random);
              history.add(new Call(call.text, from, stage.step(), call.effect));
            }
          });
    }
    stage.awaitAll();
    assertThat(Histories.isLinearizable(history, state))
        .as("order of calls on %s that began with %s: %s", opening, state, history)
        .isTrue();
  }

  private record Done(String text, Effect effect) {}

  private static Done call(
      Channel<Integer> channel, int capacity, int item, SplittableRandom random) {
    return switch (random.nextInt(16)) {
      case 0 -> {
        int size = channel.size();
        yield new Done("size = " + size, state -> state.items().size() == size ? state : null);
      }
      case 1 -> {
        var items = new ArrayList<Integer>();
        int max = 1 + random.nextInt(3);
        channel.drainTo(items, max);
        yield new Done(
            "drain " + max + " = " + items,
            state -> {
              int there = Math.min(max, state.items().size());
              int taken = items.size(); // fewer if there are some behind an unfinished send
              return taken <= there
                      && (taken > 0 || there == 0)
                      && state.items().subList(0, taken).equals(items)
                  ? state.without(taken)
                  : null;
            });
      }
      case 2 -> {
        if (random.nextInt(3) > 0) {
          boolean ended = channel.isEnded();
          yield new Done(
              "isEnded = " + ended,
              state -> ended == (state.closed() && state.items().isEmpty()) ? state : null);
        }
        channel.close();
        yield new Done("close", state -> new State(state.items(), true));
      }
      case 3, 4, 5, 6, 7, 8, 9 -> {
        var got = channel.tryReceive();
        yield new Done(
            "tryReceive = " + got,
            state -> {
              if (got == null) {
                return state.items().isEmpty() ? state : null;
              }
              return !state.items().isEmpty() && state.items().getFirst().equals(got)
                  ? state.without(1)
                  : null;
            });
      }
      default -> {
        try {
          boolean accepted = channel.trySend(item);
          yield new Done(
              "trySend " + item + " = " + accepted,
              state -> {
                if (state.closed() || accepted != (state.items().size() < capacity)) {
                  return null;
                }
                return accepted ? state.plus(item) : state;
              });
        } catch (ClosedException e) {
          yield new Done("trySend " + item + " throws", state -> state.closed() ? state : null);
        }
      }
    };
  }

  @Test
  void a_history_that_no_order_explains_is_told_from_one_that_some_order_does() {
    Effect puts = state -> state.plus(1);
    Effect findsNone = state -> state.items().isEmpty() ? state : null;

    assertThat(
            Histories.isLinearizable(
                List.of(new Call("put", 1, 2, puts), new Call("none", 3, 4, findsNone)),
                State.EMPTY))
        .isFalse();
    assertThat(
            Histories.isLinearizable(
                List.of(new Call("put", 1, 3, puts), new Call("none", 2, 4, findsNone)),
                State.EMPTY))
        .isTrue();
  }
}
