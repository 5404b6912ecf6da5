package dev.sluice.races.schedules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether what concurrent calls returned could have been returned by the same calls one after the
/// other: the search of Wing and Gong (1993).
final class Histories {

  /// What a channel holds, in the order in which it will leave.
  record State(List<Integer> items, boolean closed) {
    static final State EMPTY = new State(List.of(), false);

    State plus(Integer item) {
      var more = new ArrayList<>(items);
      more.add(item);
      return new State(List.copyOf(more), closed);
    }

    State without(int count) {
      return new State(items.subList(count, items.size()), closed);
    }
  }

  /// What one call does to a channel that nobody else uses.
  @FunctionalInterface
  interface Effect {
    /// Returns the state after it, or null if in this state it would have returned something else
    @Nullable State on(State state);
  }

  /// A call that took place between two steps of a schedule.
  record Call(String text, int from, int to, Effect effect) {

    @Override
    public String toString() {
      return "[" + from + ".." + to + "] " + text;
    }
  }

  private Histories() {}

  /// Whether there is an order of `calls` in which each returns what it did, and those that did not
  /// overlap keep theirs.
  static boolean isLinearizable(List<Call> calls, State state) {
    if (calls.isEmpty()) {
      return true;
    }
    int firstEnd = calls.stream().mapToInt(Call::to).min().orElseThrow();
    for (var call : calls) {
      if (call.from <= firstEnd) {
        var after = call.effect.on(state);
        var others = new ArrayList<>(calls);
        others.remove(call);
        if (after != null && isLinearizable(others, after)) {
          return true;
        }
      }
    }
    return false;
  }
}
