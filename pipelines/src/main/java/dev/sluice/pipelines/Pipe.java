package dev.sluice.pipelines;

import dev.sluice.channels.ChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A pipeline in the making: a source and the stages so far. Each method describes one more stage
/// and returns the longer pipe; nothing runs until [Pipeline#start]. A pipe never changes and may
/// be continued more than once.
///
/// Neighbouring stages run on one thread, one after the other for each item. A stage that needs
/// threads of its own says so; before it a bounded number of items wait ([#buffer]). Items keep
/// their order unless a stage says otherwise.
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

  Node end() {
    return end;
  }

  // One item after another

  /// Makes of each item another.
  public <R> Pipe<R> map(ThrowingFunction<? super T, ? extends R> function) {
    var erased = erased(function);
    return linear(
        "map",
        OnError.stop(),
        Node.Kind.of((stage, next) -> new MapStep(erased, stage.failures, next)));
  }

  /// Lets pass only what fulfils `condition`.
  @SuppressWarnings("unchecked") // what arrives there is a T, as this pipe's type says
  public Pipe<T> filter(ThrowingPredicate<? super T> condition) {
    var erased = (ThrowingPredicate<Object>) condition;
    return linear(
        "filter",
        OnError.stop(),
        Node.Kind.of((stage, next) -> new FilterStep(erased, stage.failures, next)));
  }

  /// Makes of each item any number of others, which go on in their order, each before the next is
  /// asked for: a large result need not be in memory at once. An item of which nothing comes is
  /// filtered; one of which several come is out when all are.
  ///
  /// Iterating that throws fails the item as `function` would, but is not tried again.
  @SuppressWarnings("unchecked") // what arrives there is a T, as this pipe's type says
  public <R> Pipe<R> flatMap(
      ThrowingFunction<? super T, ? extends Iterable<? extends R>> function) {
    var erased = (ThrowingFunction<Object, Iterable<?>>) (ThrowingFunction<?, ?>) function;
    return linear(
        "flatMap",
        OnError.stop(),
        Node.Kind.of(
            (stage, next) -> new FlatMapStep(stage.run, erased, stage.failures, next),
            Node.Trait.SPLITS));
  }

  /// Does something with each item on its way.
  public Pipe<T> peek(ThrowingConsumer<? super T> action) {
    return this.<T>map(
            item -> {
              action.accept(item);
              return item;
            })
        .named("peek");
  }

  /// Goes on with `stage`.
  public <R> Pipe<R> via(Stage<T, R> stage) {
    return stage.apply(this);
  }

  // Several at once

  /// Makes of each item another, several at once, on threads of its own.
  ///
  /// `function` is called by several threads. In order, an item is begun only while fewer than
  /// [Parallel#window] are begun and not passed on.
  public <R> Pipe<R> map(Parallel parallel, ThrowingFunction<? super T, ? extends R> function) {
    return new Pipe<>(new Node.ParallelMap(end, "map", OnError.stop(), parallel, erased(function)));
  }

  /// Gives each of several workers the same piece of pipeline, with threads of its own: an item
  /// goes through that of any worker that has nothing to do. What comes out goes on in any order.
  ///
  /// A worker takes several quick items at a time. When it stays at one of them for a millisecond,
  /// workers that have nothing to do take over the rest from it (as they do in a parallel map).
  ///
  /// @param parallel how many; must not be in order
  /// @param piece continues the pipe that it is given; what its functions share must be
  ///   thread-safe, since it is described once
  /// @throws IllegalArgumentException if `parallel` is in order, or the piece does not continue
  ///   what it is given
  public <R> Pipe<R> balance(Parallel parallel, Stage<T, R> piece) {
    if (parallel.inOrder()) {
      throw new IllegalArgumentException(
          "a balance keeps no order: say Parallel.unordered, or map in order");
    }
    var begin = new Node.Begin();
    return new Pipe<>(new Node.Balance(end, "balance", parallel, begin, multiplied(begin, piece)));
  }

  /// Divides the items among `lanes` by their key, each lane with a thread and the same piece of
  /// pipeline: items of one key stay in order, those of different keys overtake each other. Any
  /// number of keys share the lanes.
  ///
  /// Up to 64 items wait before each lane. One whose key is slow holds up only its lane, until so
  /// many wait there; then all wait, since the next item may be of that lane.
  ///
  /// @param key never null; one that throws is a failure of this stage
  /// @param piece as for [#balance]
  public <R> Pipe<R> partition(int lanes, ThrowingFunction<? super T, ?> key, Stage<T, R> piece) {
    requirePositive("lanes", lanes);
    var begin = new Node.Begin();
    return new Pipe<>(
        new Node.Partition(
            end, "partition", OnError.stop(), lanes, erased(key), begin, multiplied(begin, piece)));
  }

  /// Sends items back to where they came from: what comes out of `piece` goes on, and what `more`
  /// makes of it goes through `piece` again, as in a crawler. It ends by itself, when its input has
  /// ended and nothing goes round any more.
  ///
  /// What goes round takes precedence over new input. Waiting for room there could be waiting for
  /// itself, so an item that finds none fails, which this stage's [#onError] deals with. An item
  /// that went in is out when all that came of it is.
  ///
  /// @param most how many items may wait to go round again, at least 1
  /// @param piece as for [#balance]; a batch in it needs a linger, or the rest of the last one
  ///   would wait for ever
  @SuppressWarnings("unchecked") // what comes out of the piece is an R, as its type says
  public <R> Pipe<R> feedback(
      int most,
      Stage<T, R> piece,
      ThrowingFunction<? super R, ? extends Iterable<? extends T>> more) {
    requirePositive("most", most);
    var begin = new Node.Begin();
    return new Pipe<>(
        new Node.Feedback(
            end,
            "feedback",
            OnError.stop(),
            most,
            begin,
            continued(begin, piece),
            (ThrowingFunction<Object, Iterable<?>>) (ThrowingFunction<?, ?>) more));
  }

  private <R> Node continued(Node.Begin begin, Stage<T, R> piece) {
    var continued = piece.apply(new Pipe<>(begin)).end;
    if (continued.beginning() != begin) {
      throw new IllegalArgumentException("a piece must continue the pipe that it is given");
    }
    return continued;
  }

  private <R> Node multiplied(Node.Begin begin, Stage<T, R> piece) {
    var node = continued(begin, piece);
    if (node.hasSinks()) {
      throw new IllegalArgumentException(
          "a sink is written to by one thread: put alsoTo before or after the piece that several workers have");
    }
    return node;
  }

  // What waits

  /// Lets up to `capacity` items wait before the next stage, which runs on a thread of its own
  /// then.
  ///
  /// Before a stage that begins a thread anyway, and at the beginning of a branch, this sets how
  /// many may wait there; the default is 256.
  public Pipe<T> buffer(int capacity) {
    return buffer(capacity, Slow.WAIT);
  }

  /// The same, with another policy for an item that finds no room.
  public Pipe<T> buffer(int capacity, Slow slow) {
    requirePositive("capacity", capacity);
    return new Pipe<>(
        new Node.Buffer(
            end, "buffer", capacity, slow, slow == Slow.WAIT ? null : ChannelBuilder::bounded));
  }

  /// Keeps only the latest item while the next stage, which runs on a thread of its own, is busy
  /// with an earlier one. The others are dropped.
  public Pipe<T> latest() {
    return buffer(1, Slow.DROP_OLDEST).named("latest");
  }

  /// Lets up to `capacity` items wait before the next stage, which runs on a thread of its own and
  /// takes the first by `order`; among equals, the one that came first.
  @SuppressWarnings("unchecked") // what arrives there is a T, as this pipe's type says
  public Pipe<T> prioritise(int capacity, Comparator<? super T> order) {
    requirePositive("capacity", capacity);
    var byValue = (Comparator<Object>) order;
    return new Pipe<>(
        new Node.Buffer(
            end,
            "prioritise",
            capacity,
            Slow.WAIT,
            (settings, room) ->
                settings.priority(room, (a, b) -> byValue.compare(a.value(), b.value()))));
  }

  // Several become one

  /// Gathers items into lists of up to `size`: one is passed on when it is full, or when its first
  /// item has waited for `linger`, or at the end. Never an empty one. Whatever becomes of the list
  /// becomes of each item in it, unless a sink says otherwise ([Sink#batches]). Runs on a thread of
  /// its own.
  ///
  /// @param linger zero or less: what is there is passed on at once
  public Pipe<List<T>> batch(int size, Duration linger) {
    return batch(size, Long.MAX_VALUE, item -> 1, linger);
  }

  /// The same, with a bound on what the items of a list weigh together: one that would make it
  /// heavier goes into the next. A single item that is heavier is a list of its own.
  ///
  /// @param weight at least 1
  /// @param weigher what an item weighs; less than 0 counts as 0
  @SuppressWarnings("unchecked") // what arrives there is a T, as this pipe's type says
  public Pipe<List<T>> batch(
      int size, long weight, ToLongFunction<? super T> weigher, Duration linger) {
    requirePositive("size", size);
    if (weight < 1) {
      throw new IllegalArgumentException("weight must be at least 1, but was " + weight);
    }
    long nanos = Math.max(0, TimeUnit.NANOSECONDS.convert(linger));
    var erased = (ToLongFunction<Object>) weigher;
    return linear(
        "batch",
        OnError.stop(),
        Node.Kind.of(
            (stage, next) ->
                new BatchStep(stage.run, stage.failures, size, nanos, weight, erased, next),
            Node.Trait.TIMED,
            Node.Trait.GATHERS));
  }

  /// Takes turns with the items of `others`: fair, so that none is kept waiting by one that is
  /// never empty. Ends when all have. The next stage runs on a thread of its own.
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Pipe<T> merge(Pipe<? extends T>... others) {
    return merged("merge", List.of(others), false);
  }

  /// Takes an item of `others` only when this pipe has none waiting, and of the second of them only
  /// when the first has none either, and so on.
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Pipe<T> mergeFirst(Pipe<? extends T>... others) {
    return merged("mergeFirst", List.of(others), true);
  }

  private Pipe<T> merged(String name, List<Pipe<? extends T>> others, boolean firstFirst) {
    var pipes = new ArrayList<Node>();
    pipes.add(end);
    others.forEach(other -> pipes.add(other.end));
    return new Pipe<>(new Node.Merge(name, List.copyOf(pipes), firstFirst));
  }

  // Time

  /// Lets pass no more than `rate` says; what comes faster waits. The rate can be changed while it
  /// runs ([Running.Stage#rate(Rate)]).
  public Pipe<T> throttle(Rate rate) {
    return linear(
        "throttle",
        null,
        Node.Kind.of((stage, next) ->
            new ThrottleStep(stage.run, stage.number, stage.throttle(rate), next)));
  }

  /// Lets pass no more of the items of each key than `rate` says. An item that must wait stands
  /// aside, so that those of other keys pass it; those of one key stay in order. Runs on a thread
  /// of its own.
  ///
  /// @param key never null; one that throws is a failure of this stage
  /// @param most how many items may stand aside; when so many do, all wait
  public Pipe<T> throttle(ThrowingFunction<? super T, ?> key, Rate rate, int most) {
    requirePositive("most", most);
    var erased = erased(key);
    return linear(
        "throttle",
        OnError.stop(),
        Node.Kind.of(
            (stage, next) ->
                new KeyedThrottleStep(stage.run, erased, stage.failures, rate, most, next),
            Node.Trait.TIMED));
  }

  /// Passes on the latest item once in each `period`, and the last one at the end; the others are
  /// dropped. Runs on a thread of its own.
  public Pipe<T> sample(Duration period) {
    long nanos = nanos("period", period);
    return timed("sample", (stage, next) -> new SampleStep(stage.run, stage.number, nanos, next));
  }

  /// Passes on an item in each `period`, as a player does with frames: it keeps a store, which
  /// evens out how they come. It begins when `high` items are in the store, and goes on until no
  /// more than `low` are: that is an underflow ([Running.Stage#underflows]), and it fills the store
  /// again. When the store is full, what is before it waits. Runs on a thread of its own.
  ///
  /// @param high at least 1, more than `low`
  /// @param low 0 or more
  public Pipe<T> pace(Duration period, int high, int low) {
    long nanos = nanos("period", period);
    if (low < 0 || high <= low) {
      throw new IllegalArgumentException(
          "high must be above low, and low not negative, but they were %d and %d"
              .formatted(high, low));
    }
    return timed(
        "pace",
        (stage, next) ->
            new PaceStep(stage.run, stage.number, nanos, high, low, stage.underflows, next));
  }

  /// Gathers what comes in each `period`, counted from the start of the run, into a list. No list
  /// is empty; what is more than `most` goes into a further one. Runs on a thread of its own.
  public Pipe<List<T>> tumbling(Duration period, int most) {
    requirePositive("most", most);
    long nanos = nanos("period", period);
    return linear(
        "tumbling",
        null,
        Node.Kind.of(
            (stage, next) -> new TumblingStep(stage.run, stage.number, nanos, most, next),
            Node.Trait.TIMED,
            Node.Trait.GATHERS));
  }

  /// Makes, after every `step` items, a list of the last `size` ones: an item is in several of them
  /// if `step` is smaller, and some are in none if it is larger: these are filtered. What has been
  /// in none at the end makes a last, shorter one.
  public Pipe<List<T>> sliding(int size, int step) {
    requirePositive("size", size);
    requirePositive("step", step);
    return linear(
        "sliding",
        null,
        Node.Kind.of(
            (stage, next) -> new SlidingStep(stage.number, size, step, next),
            Node.Trait.SPLITS,
            Node.Trait.GATHERS));
  }

  private Pipe<T> timed(String name, Node.Maker maker) {
    return linear(name, null, Node.Kind.of(maker, Node.Trait.TIMED));
  }

  private static long nanos(String what, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(what + " must be more than 0, but was " + duration);
    }
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  // What is said of the last stage

  /// Says what becomes of an item that the last stage threw an exception for. Without it:
  /// [OnError#stop].
  ///
  /// @throws IllegalStateException if the last stage calls no function of yours
  public Pipe<T> onError(OnError policy) {
    var changed = end.failing(policy);
    if (changed == null) {
      throw new IllegalStateException(
          "onError must follow a stage that calls a function, but follows '%s', which cannot fail for an item"
              .formatted(end.name()));
    }
    return new Pipe<>(changed);
  }

  /// Names the last stage, for messages, metrics and [Running#stage].
  public Pipe<T> named(String name) {
    var named = end.named(name);
    if (named == null) {
      throw new IllegalStateException("name a stage of the branch, not its beginning");
    }
    return new Pipe<>(named);
  }

  // Ends

  /// Ends the pipe in `sink`.
  public Pipeline to(Sink<? super T> sink) {
    return to("sink", sink);
  }

  /// Ends the pipe in `sink`, which is called `name` in messages and reports.
  @SuppressWarnings("unchecked") // what arrives there is a T, as this pipe's type says
  public Pipeline to(String name, Sink<? super T> sink) {
    return new Pipeline(new Node.To(end, name, OnError.stop(), (Sink<Object>) sink));
  }

  /// Sends each item into `branch` too, which has a thread and a buffer of its own.
  ///
  /// @param branch continues the pipe that it is given to an end of its own
  public Pipe<T> alsoTo(Branch options, Function<Pipe<T>, Pipeline> branch) {
    return new Pipe<>(new Node.Also(end, "alsoTo", twig(options, branch)));
  }

  /// The same with a branch that counts, and that all wait for when it is slow.
  public Pipe<T> alsoTo(Function<Pipe<T>, Pipeline> branch) {
    return alsoTo(Branch.byDefault(), branch);
  }

  /// Ends the pipe in several branches, each of which gets every item. An item is out when all
  /// branches are done with it; where they fare differently, the worst counts.
  ///
  /// Each branch has a thread and a buffer of its own, so that one that is slow for a moment holds
  /// no other up; one that stays slow holds up all once its buffer is full, and one that fails for
  /// good stops the run. [#alsoTo] has other ways to deal with a slow branch.
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
    return new Pipeline(new Node.Branches(end, "broadcast", null, twigs(branches), null));
  }

  /// Ends the pipe in several branches, of which each item goes into one.
  ///
  /// @param choice the index of the branch that an item goes into, from 0; one that there is no
  ///   branch for is a failure of the item ([Pipeline#onError])
  /// @param branches each continues the pipe that it is given to an end of its own
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Pipeline route(
      ThrowingFunction<? super T, Integer> choice, Function<Pipe<T>, Pipeline>... branches) {
    return new Pipeline(
        new Node.Branches(end, "route", OnError.stop(), twigs(List.of(branches)), erased(choice)));
  }

  private List<Node.Twig> twigs(List<? extends Function<Pipe<T>, Pipeline>> branches) {
    if (branches.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one branch");
    }
    return branches.stream().map(branch -> twig(Branch.byDefault(), branch)).toList();
  }

  private Node.Twig twig(Branch options, Function<Pipe<T>, Pipeline> branch) {
    var begin = new Node.Begin();
    var pipeline = branch.apply(new Pipe<>(begin));
    if (pipeline.end().beginning() != begin) {
      throw new IllegalArgumentException(
          "a branch must continue the pipe that it is given, and end it");
    }
    return new Node.Twig(begin, pipeline.end(), options);
  }

  private <R> Pipe<R> linear(String name, @Nullable OnError onError, Node.Kind kind) {
    return new Pipe<>(new Node.Linear(end, name, onError, kind));
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
