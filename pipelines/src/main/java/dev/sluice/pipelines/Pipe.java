package dev.sluice.pipelines;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A pipeline in the making: a source and the stages so far. Each method describes one more stage
/// and returns the longer pipe; nothing runs until [Pipeline#start]. A pipe never changes and may
/// be continued more than once.
///
/// Neighbouring stages run on one thread, one after the other for each item. [#map(Parallel,
/// ThrowingFunction)], [#buffer], [#batch] and [#broadcast] begin new threads, with a bounded
/// channel before them. Items keep their order.
///
/// A stage's function that throws is dealt with by the stage's policy, which follows it:
/// [#onError]. A stage must not return null.
///
/// @param <T> what comes out of it
public final class Pipe<T> {
  private final Node end;

  Pipe(Node end) {
    this.end = end;
  }

  /// Makes of each item another.
  public <R> Pipe<R> map(ThrowingFunction<? super T, ? extends R> function) {
    return new Pipe<>(new Node.Map(end, "map", OnError.stop(), erased(function)));
  }

  /// Makes of each item another, several at once, and passes them on in the order of the inputs.
  ///
  /// `function` is called by several threads. An item is begun only while fewer than
  /// [Parallel#window] are begun and not passed on.
  public <R> Pipe<R> map(Parallel parallel, ThrowingFunction<? super T, ? extends R> function) {
    return new Pipe<>(new Node.ParallelMap(end, "map", OnError.stop(), parallel, erased(function)));
  }

  /// Lets pass only what fulfils `condition`.
  @SuppressWarnings("unchecked") // what arrives there is a T, as this pipe's type says
  public Pipe<T> filter(ThrowingPredicate<? super T> condition) {
    return new Pipe<>(
        new Node.Filter(end, "filter", OnError.stop(), (ThrowingPredicate<Object>) condition));
  }

  /// Gathers items into lists of up to `size`: one is passed on when it is full, or when its first
  /// item has waited for `linger`, or at the end. Never an empty one. Whatever becomes of the list
  /// becomes of each item in it.
  ///
  /// @param linger zero or less: what is there is passed on at once
  public Pipe<List<T>> batch(int size, Duration linger) {
    requirePositive("size", size);
    return new Pipe<>(new Node.Batch(end, "batch", size, linger));
  }

  /// Lets up to `capacity` items wait before the next stage, which runs on a thread of its own
  /// then.
  ///
  /// Before a stage that begins a thread anyway this sets how many may wait there; the default is
  /// 64.
  public Pipe<T> buffer(int capacity) {
    requirePositive("capacity", capacity);
    return new Pipe<>(new Node.Buffer(end, "buffer", capacity));
  }

  /// Says what becomes of an item that the last stage threw an exception for. Without it:
  /// [OnError#stop].
  ///
  /// @throws IllegalStateException if the last stage calls no function of yours
  public Pipe<T> onError(OnError policy) {
    return new Pipe<>(
        switch (end) {
          case Node.Map s -> new Node.Map(s.before(), s.name(), policy, s.function());
          case Node.ParallelMap s ->
              new Node.ParallelMap(s.before(), s.name(), policy, s.parallel(), s.function());
          case Node.Filter s -> new Node.Filter(s.before(), s.name(), policy, s.condition());
          default ->
              throw new IllegalStateException(
                  "onError must follow a map or a filter, but follows '%s', which cannot fail for an item"
                      .formatted(end.name()));
        });
  }

  /// Names the last stage, for messages and reports.
  public Pipe<T> named(String name) {
    return new Pipe<>(
        switch (end) {
          case Node.From s -> new Node.From(name, s.sources(), s.readers());
          case Node.Map s -> new Node.Map(s.before(), name, s.onError(), s.function());
          case Node.ParallelMap s ->
              new Node.ParallelMap(s.before(), name, s.onError(), s.parallel(), s.function());
          case Node.Filter s -> new Node.Filter(s.before(), name, s.onError(), s.condition());
          case Node.Buffer s -> new Node.Buffer(s.before(), name, s.capacity());
          case Node.Batch s -> new Node.Batch(s.before(), name, s.size(), s.linger());
          default ->
              throw new IllegalStateException("name a stage of the branch, not its beginning");
        });
  }

  /// Ends the pipe in `sink`.
  public Pipeline to(Sink<? super T> sink) {
    return to("sink", sink);
  }

  /// Ends the pipe in `sink`, which is called `name` in messages and reports.
  @SuppressWarnings("unchecked") // what arrives there is a T, as this pipe's type says
  public Pipeline to(String name, Sink<? super T> sink) {
    return new Pipeline(new Node.To(end, name, OnError.stop(), (Sink<Object>) sink));
  }

  /// Ends the pipe in several branches, each of which gets every item. An item is out when all
  /// branches are done with it; where they fare differently, the worst counts.
  ///
  /// Each branch has a thread and a buffer of its own, so that one that is slow for a moment holds
  /// no other up; one that stays slow holds up all once its buffer is full, and one that fails for
  /// good stops the run.
  ///
  /// @param branches each continues the pipe that it is given to an end of its own
  /// @throws IllegalArgumentException if there is none, or one ends a pipe other than the one it
  ///   was given
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Pipeline broadcast(Function<Pipe<T>, Pipeline>... branches) {
    return broadcast(List.of(branches));
  }

  /// The same for a list of branches.
  public Pipeline broadcast(List<? extends Function<Pipe<T>, Pipeline>> branches) {
    if (branches.isEmpty()) {
      throw new IllegalArgumentException("broadcast needs at least one branch");
    }
    var twigs = new ArrayList<Node.Twig>();
    for (var branch : branches) {
      var begin = new Node.Branch();
      var pipeline = branch.apply(new Pipe<>(begin));
      if (Topology.beginOf(pipeline.end()) != begin) {
        throw new IllegalArgumentException(
            "a branch must continue the pipe that it is given, and end it");
      }
      twigs.add(new Node.Twig(begin, pipeline.end()));
    }
    return new Pipeline(new Node.Broadcast(end, "broadcast", List.copyOf(twigs)));
  }

  @SuppressWarnings("unchecked") // what arrives there is of the type that the pipe before says
  private static ThrowingFunction<Object, Object> erased(ThrowingFunction<?, ?> function) {
    return (ThrowingFunction<Object, Object>) function;
  }

  private static void requirePositive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1, but was " + value);
    }
  }
}
