package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A piece of a pipeline's description, with what comes before it. Values here have lost their
/// types; [Pipe] has seen to it that they fit.
sealed interface Node {

  /// What it is called in messages and reports.
  String name();

  /// Where a pipe begins: several readers share the sources.
  record From(String name, List<Source<Object>> sources, int readers) implements Node {}

  /// Where a pipe begins that is part of a larger one: a branch, or a lane.
  ///
  /// Compared by identity: two branches with the same name are not the same.
  final class Begin implements Node {
    @Override
    public String name() {
      return "branch";
    }
  }

  /// Several pipes become one.
  ///
  /// @param firstFirst whether an item of a pipe is taken only when those before it have none
  record Merge(String name, List<Node> pipes, boolean firstFirst) implements Node {}

  /// A stage of one worker, which it shares with its neighbours unless it needs its own.
  ///
  /// @param onError null if it calls no function that may throw
  record Linear(Node before, String name, @Nullable OnError onError, Kind kind) implements Node {}

  /// What a [Linear] stage does.
  ///
  /// @param maker makes its step for a worker
  record Kind(Maker maker, Set<Trait> traits) {
    static Kind of(Maker maker, Trait... traits) {
      return new Kind(maker, Set.of(traits));
    }

    boolean is(Trait trait) {
      return traits.contains(trait);
    }
  }

  /// What must be known of a stage before there is a step.
  enum Trait {
    /// Must be told when a time has come, and so needs a worker of its own.
    TIMED,
    /// Makes several of one, or delays what it will have counted.
    SPLITS,
    /// Makes one of several.
    GATHERS
  }

  /// Makes a step of a stage for one worker.
  @FunctionalInterface
  interface Maker {
    Step make(StageRun stage, Step next);
  }

  /// A function applied by several workers.
  record ParallelMap(
      Node before,
      String name,
      OnError onError,
      Parallel parallel,
      ThrowingFunction<Object, Object> function)
      implements Node {}

  /// A pipe that several workers are with, each with its own steps.
  record Balance(Node before, String name, Parallel parallel, Begin begin, Node end)
      implements Node {}

  /// As many pipes as there are lanes: a value goes into that of its key.
  record Partition(
      Node before,
      String name,
      OnError onError,
      int lanes,
      ThrowingFunction<Object, Object> key,
      Begin begin,
      Node end)
      implements Node {}

  /// A pipe whose values may come back to its beginning.
  record Feedback(
      Node before,
      String name,
      OnError onError,
      int most,
      Begin begin,
      Node end,
      ThrowingFunction<Object, ? extends Iterable<?>> more)
      implements Node {}

  /// What waits before the next stage.
  ///
  /// @param storage null for the fast one
  record Buffer(Node before, String name, int capacity, Slow slow, @Nullable Storage storage)
      implements Node {}

  /// Makes the channel that a [Buffer] keeps its values in.
  @FunctionalInterface
  interface Storage {
    Channel<ChannelEdge.Item> make(ChannelBuilder<ChannelEdge.Item> settings, int capacity);
  }

  /// Goes on, and into a branch.
  record Also(Node before, String name, Twig twig) implements Node {}

  /// An end of a pipeline.
  record To(Node before, String name, OnError onError, Sink<Object> sink) implements Node {}

  /// An end that goes on in several branches, each with ends of its own.
  ///
  /// @param route which branch a value goes to; null: to each
  record Branches(
      Node before,
      String name,
      @Nullable OnError onError,
      List<Twig> twigs,
      @Nullable ThrowingFunction<Object, Object> route)
      implements Node {}

  /// A branch from where it begins to its end.
  record Twig(Begin begin, Node end, Branch options) {}
}
