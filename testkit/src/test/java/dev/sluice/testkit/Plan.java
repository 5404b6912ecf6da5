package dev.sluice.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A pipeline described as data, so that it can be made up, interpreted, built, shrunk and printed.
/// What its functions do to a value follows from the value and the id of the stage alone.
///
/// @param inputs what is read; several are merged as `joining` says
/// @param acknowledged whether the sources want to be told what became of each item
record Plan(
    List<Input> inputs, Joining joining, boolean acknowledged, List<Stage> stages, End end) {

  /// A value on its way.
  ///
  /// @param path where it came from, and what was done to it; no two values before a stage share it
  /// @param source which input it came from
  /// @param key what it is partitioned by, as all that came of the same item
  record Value(String path, int source, int key) {
    static Value item(int source, int index) {
      var path = "%d-%04d".formatted(source, index);
      return new Value(path, source, choice(path, 0, 5));
    }

    Value plus(String step) {
      return new Value(path + step, source, key);
    }
  }

  /// A number from 0 to `of - 1`, always the same for the same path and id.
  static int choice(String path, int id, int of) {
    long mixed = (path.hashCode() * 31L + id) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    return (int) ((mixed >>> 33) % of);
  }

  /// What is read.
  ///
  /// @param stages what its items go through before they are merged; none with [Joining#READERS]
  record Input(int items, List<Stage> stages) {}

  /// How several inputs become one.
  enum Joining {
    TURNS,
    FIRST_FIRST,
    READERS
  }

  /// What becomes of an item that fails for good.
  sealed interface Policy {
    record Stop() implements Policy {}

    record Skip(long limit) implements Policy {}

    record Letter() implements Policy {}
  }

  /// Which values a stage fails for, how often, and what follows.
  ///
  /// @param oneIn about one value in so many fails; 0: none
  /// @param attempts how often one is tried
  record Faults(int oneIn, int attempts, Policy policy) {
    static final Faults NONE = new Faults(0, 1, new Policy.Stop());

    /// How often the value fails before it succeeds, if it is tried so often.
    int failures(int id, String path) {
      if (oneIn == 0 || choice(path, id + 1_000, oneIn) != 0) {
        return 0;
      }
      int times = choice(path, id + 2_000, 3);
      return times == 2 ? 1_000 : times + 1;
    }

    boolean isFatal(int id, String path) {
      return failures(id, path) >= attempts;
    }

    /// How often the value is tried in all.
    int tries(int id, String path) {
      return Math.min(failures(id, path) + 1, attempts);
    }
  }

  sealed interface Stage {
    record Map(int id, Faults faults) implements Stage {}

    record ParallelMap(int id, boolean inOrder, int workers, Faults faults) implements Stage {}

    record Filter(int id, int oneIn, Faults faults) implements Stage {
      boolean passes(Value value) {
        return choice(value.path, id, oneIn) != 0;
      }
    }

    /// Makes up to three of one.
    record FlatMap(int id, Faults faults) implements Stage {
      List<Value> results(Value value) {
        return children(value, ".", choice(value.path, id, 4));
      }
    }

    /// Gathers values, and takes the lists apart again.
    record Batch(int id, int size) implements Stage {}

    record Buffer(int capacity) implements Stage {}

    record Partition(int id, int lanes, Faults faults, List<Stage> piece) implements Stage {}

    record Balance(int workers, List<Stage> piece) implements Stage {}

    /// Sends some of what came of an item round again.
    ///
    /// @param depth how often at most
    record Feedback(int id, int depth, Faults faults, List<Stage> piece) implements Stage {
      List<Value> more(Value value) {
        var mark = "^" + id + "_";
        int rounds = value.path.split("\\^" + id + "_", -1).length - 1;
        return rounds < depth ? children(value, mark, choice(value.path, id, 3)) : List.of();
      }
    }

    record AlsoTo(int capacity, boolean counts, List<Stage> branch, End end) implements Stage {}

    private static List<Value> children(Value value, String mark, int count) {
      return IntStream.range(0, count).mapToObj(i -> value.plus(mark + i)).toList();
    }
  }

  record Tail(List<Stage> stages, End end) {}

  sealed interface End {
    record To(int id, Faults faults) implements End {}

    record Broadcast(List<Tail> tails) implements End {}

    record Route(int id, Faults faults, List<Tail> tails) implements End {}
  }

  /// Whether all of it runs on one thread, item after item.
  boolean isSequential() {
    return inputs.size() == 1
        && joining != Joining.READERS
        && end instanceof End.To
        && inputs.getFirst().stages.stream().allMatch(Plan::isFused)
        && stages.stream().allMatch(Plan::isFused);
  }

  private static boolean isFused(Stage stage) {
    return stage instanceof Stage.Map
        || stage instanceof Stage.Filter
        || stage instanceof Stage.FlatMap;
  }

  /// The expression that makes it.
  String code() {
    return codeOf(this);
  }

  private static String codeOf(Object part) {
    return switch (part) {
      case List<?> list ->
          list.stream().map(Plan::codeOf).collect(Collectors.joining(", ", "List.of(", ")"));
      case Faults faults when faults.equals(Faults.NONE) -> "Faults.NONE";
      case Record made -> "new " + nameOf(made.getClass()) + argumentsOf(made);
      case Enum<?> constant -> nameOf(constant.getDeclaringClass()) + "." + constant.name();
      default -> part.toString();
    };
  }

  private static String nameOf(Class<?> type) {
    return type.getName().replaceFirst(".*\\.", "").replaceFirst("Plan\\$", "").replace('$', '.');
  }

  private static String argumentsOf(Record made) {
    return Arrays.stream(made.getClass().getRecordComponents())
        .map(component -> {
          try {
            return codeOf(component.getAccessor().invoke(made));
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        })
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
