package dev.sluice.pipelines;

import java.time.Duration;
import java.util.List;

/// A piece of a pipeline's description, with what comes before it. Values here have lost their
/// types; [Pipe] has seen to it that they fit.
sealed interface Node {

  /// Where a pipe begins: several readers share the sources.
  record From(String name, List<Source<Object>> sources, int readers) implements Node {}

  /// Where a branch begins: what was broadcast.
  final class Branch implements Node {
    @Override
    public String name() {
      return "branch";
    }
  }

  record Map(Node before, String name, OnError onError, ThrowingFunction<Object, Object> function)
      implements Node {}

  record ParallelMap(
      Node before,
      String name,
      OnError onError,
      Parallel parallel,
      ThrowingFunction<Object, Object> function)
      implements Node {}

  record Filter(Node before, String name, OnError onError, ThrowingPredicate<Object> condition)
      implements Node {}

  record Buffer(Node before, String name, int capacity) implements Node {}

  record Batch(Node before, String name, int size, Duration linger) implements Node {}

  /// An end of a pipeline.
  record To(Node before, String name, OnError onError, Sink<Object> sink) implements Node {}

  /// An end that goes on in several branches, each with ends of its own.
  record Broadcast(Node before, String name, List<Twig> twigs) implements Node {}

  /// A branch from where it begins to its end.
  record Twig(Branch begin, Node end) {}

  /// What it is called in messages and reports.
  String name();
}
