package dev.sluice.testkit;

import dev.sluice.pipelines.Branch;
import dev.sluice.pipelines.ContextCarrier;
import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import dev.sluice.testkit.Plan.End;
import dev.sluice.testkit.Plan.Faults;
import dev.sluice.testkit.Plan.Joining;
import dev.sluice.testkit.Plan.Policy;
import dev.sluice.testkit.Plan.Stage;
import dev.sluice.testkit.Plan.Tail;
import dev.sluice.testkit.Plan.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Builds the pipeline that a [Plan] describes, and notes what it does. For one run.
final class PlanRun {

  /// What a stage throws for a value.
  static final class Fault extends Exception {
    private static final long serialVersionUID = 1;
    final transient PlanModel.At at;

    Fault(PlanModel.At at) {
      super(at.toString());
      this.at = at;
    }
  }

  /// When the run is told to end.
  ///
  /// @param outputs after so many, or when all has been delivered
  /// @param more how many items each input may deliver from then on
  record Moment(int outputs, int more) {}

  /// What was delivered by one input, and what it was told. The list is the reader's until the run
  /// has ended.
  static final class Input {
    final List<Value> delivered = new ArrayList<>();
    final Map<Long, Queue<Outcome>> told = new ConcurrentHashMap<>();
    final Queue<String> lies = new ConcurrentLinkedQueue<>();
  }

  private static final Duration NEVER_ALONE = Duration.ofHours(1);

  /// More than ever go round.
  private static final int ROOM = 4_096;

  final List<Input> inputs = new ArrayList<>();

  /// Plain lists: a sink is written to by one thread, and seen by who waited for the end.
  final Map<Integer, List<Value>> written = new HashMap<>();

  final Map<Integer, AtomicInteger> finished = new HashMap<>();
  final Map<Integer, Queue<List<Value>>> batches = new ConcurrentHashMap<>();
  final Queue<DeadLetter> letters = new ConcurrentLinkedQueue<>();
  final Map<PlanModel.At, AtomicInteger> tries = new ConcurrentHashMap<>();
  final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  final AtomicInteger entries = new AtomicInteger();
  final AtomicInteger exits = new AtomicInteger();
  final CountDownLatch moment = new CountDownLatch(1);

  private final @Nullable Moment when;
  private final AtomicInteger outputs = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);
  private final Pipeline pipeline;

  /// @param when null if it is to run to its end
  PlanRun(Plan plan, @Nullable Moment when) {
    this.when = when;
    var sources = new ArrayList<Source<Value>>();
    for (int i = 0; i < plan.inputs().size(); i++) {
      sources.add(source(i, plan.inputs().get(i).items(), plan.acknowledged()));
    }
    pipeline =
        end(through(joined(plan, sources), plan.stages(), false), plan.end())
            .carrying(this::carried);
  }

  Pipeline pipeline() {
    return pipeline;
  }

  private ContextCarrier.Carried carried() {
    return work -> {
      threads.add(Thread.currentThread());
      entries.incrementAndGet();
      try {
        work.run();
      } finally {
        exits.incrementAndGet();
      }
    };
  }

  // Inputs

  private Source<Value> source(int number, int items, boolean acknowledged) {
    var input = new Input();
    inputs.add(input);
    return new Source<>() {
      @Override
      public boolean isAcknowledged() {
        return acknowledged;
      }

      @Override
      public Cursor<Value> open() {
        return new Cursor<>() {
          private int left = Integer.MAX_VALUE;

          @Override
          public @Nullable Value next() throws InterruptedException {
            int index = input.delivered.size();
            if (when != null && left == Integer.MAX_VALUE && moment.getCount() == 0) {
              left = when.more();
            }
            if (index == items || left == 0) {
              moment.countDown();
              if (when != null && when.more() > 0) {
                never.await(); // until it is interrupted by the end of the run
              }
              return null;
            }
            left -= left == Integer.MAX_VALUE ? 0 : 1;
            var item = Value.item(number, index);
            input.delivered.add(item);
            return item;
          }

          @Override
          public void settled(long index, Value item, Outcome outcome) {
            if (!item.equals(Value.item(number, (int) index))) {
              input.lies.add("item %d is not %s".formatted(index, item));
            }
            input.told.computeIfAbsent(index, i -> new ConcurrentLinkedQueue<>()).add(outcome);
          }
        };
      }
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of pipes
  private Pipe<Value> joined(Plan plan, List<Source<Value>> sources) {
    if (plan.joining() == Joining.READERS) {
      return Pipeline.merge(Math.max(1, sources.size() - 1), sources);
    }
    var pipes = new ArrayList<Pipe<Value>>();
    for (int i = 0; i < sources.size(); i++) {
      pipes.add(through(Pipeline.from(sources.get(i)), plan.inputs().get(i).stages(), false));
    }
    if (pipes.size() == 1) {
      return pipes.getFirst();
    }
    Pipe<Value>[] others = pipes.subList(1, pipes.size()).toArray(new Pipe[0]);
    return plan.joining() == Joining.TURNS
        ? pipes.getFirst().merge(others)
        : pipes.getFirst().mergeFirst(others);
  }

  // Stages

  private Pipe<Value> through(Pipe<Value> pipe, List<Stage> stages, boolean inLoop) {
    var at = pipe;
    for (var stage : stages) {
      at = through(at, stage, inLoop);
    }
    return at;
  }

  private Pipe<Value> through(Pipe<Value> pipe, Stage stage, boolean inLoop) {
    return switch (stage) {
      case Stage.Map(int id, var faults) ->
          failing(pipe.map(value -> tried(id, faults, value).plus("m")), id, faults);
      case Stage.ParallelMap(int id, boolean inOrder, int workers, var faults) ->
          failing(
              pipe.map(
                  inOrder ? Parallel.ordered(workers) : Parallel.unordered(workers),
                  value -> tried(id, faults, value).plus("m")),
              id,
              faults);
      case Stage.Filter filter ->
          failing(
              pipe.filter(value -> filter.passes(tried(filter.id(), filter.faults(), value))),
              filter.id(),
              filter.faults());
      case Stage.FlatMap flat ->
          failing(
              pipe.flatMap(value -> flat.results(tried(flat.id(), flat.faults(), value))),
              flat.id(),
              flat.faults());
      case Stage.Batch(int id, int size) ->
          pipe.batch(size, inLoop ? Duration.ZERO : NEVER_ALONE)
              .flatMap(batch -> {
                batches.computeIfAbsent(id, i -> new ConcurrentLinkedQueue<>()).add(batch);
                return batch;
              });
      case Stage.Buffer(int capacity) -> pipe.buffer(capacity);
      case Stage.Partition(int id, int lanes, var faults, var piece) ->
          failing(
              pipe.partition(
                  lanes,
                  value -> tried(id, faults, value).key(),
                  begin -> through(begin, piece, inLoop)),
              id,
              faults);
      case Stage.Balance(int workers, var piece) ->
          pipe.balance(Parallel.unordered(workers), begin -> through(begin, piece, inLoop));
      case Stage.Feedback feedback ->
          failing(
              pipe.feedback(
                  ROOM,
                  begin -> through(begin, feedback.piece(), true),
                  value -> feedback.more(tried(feedback.id(), feedback.faults(), value))),
              feedback.id(),
              feedback.faults());
      case Stage.AlsoTo(int capacity, boolean counts, var branch, var end) -> {
        var options = Branch.buffer(capacity);
        yield pipe.alsoTo(
            counts ? options : options.bestEffort(),
            begin -> end(through(begin, branch, inLoop), end));
      }
    };
  }

  private <T> Pipe<T> failing(Pipe<T> pipe, int id, Faults faults) {
    return pipe.named("s" + id).onError(policy(faults));
  }

  private OnError policy(Faults faults) {
    var policy =
        switch (faults.policy()) {
          case Policy.Stop() -> OnError.stop();
          case Policy.Skip(long limit) ->
              limit == Long.MAX_VALUE ? OnError.skip() : OnError.skip(limit);
          case Policy.Letter() -> OnError.deadLetter(letters::add);
        };
    return faults.attempts() == 1
        ? policy
        : policy.after(Retry.attempts(faults.attempts()).delay(Duration.ZERO));
  }

  private Value tried(int id, Faults faults, Value value) throws Fault {
    int failures = faults.failures(id, value.path());
    if (failures > 0) {
      var at = new PlanModel.At(id, value.path());
      if (tries.computeIfAbsent(at, key -> new AtomicInteger()).incrementAndGet() <= failures) {
        throw new Fault(at);
      }
    }
    return value;
  }

  // Ends

  private Pipeline end(Pipe<Value> pipe, End end) {
    return switch (end) {
      case End.To(int id, var faults) ->
          pipe.to("s" + id, sink(id, faults)).onError(policy(faults));
      case End.Broadcast(var tails) -> pipe.broadcast(branches(tails));
      case End.Route(int id, var faults, var tails) -> {
        var branches = branches(tails);
        yield route(
                pipe,
                value -> Plan.choice(tried(id, faults, value).path(), id, tails.size()),
                branches)
            .onError(policy(faults));
      }
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of functions
  private static Pipeline route(
      Pipe<Value> pipe,
      ThrowingFunction<Value, Integer> choice,
      List<Function<Pipe<Value>, Pipeline>> branches) {
    return pipe.route(choice, branches.toArray(new Function[0]));
  }

  private List<Function<Pipe<Value>, Pipeline>> branches(List<Tail> tails) {
    var branches = new ArrayList<Function<Pipe<Value>, Pipeline>>();
    for (var tail : tails) {
      branches.add(begin -> end(through(begin, tail.stages(), false), tail.end()));
    }
    return branches;
  }

  private Sink<Value> sink(int id, Faults faults) {
    var list = new ArrayList<Value>();
    var ends = new AtomicInteger();
    written.put(id, list);
    finished.put(id, ends);
    return new Sink<>() {
      @Override
      public void write(Value value) throws Fault {
        list.add(tried(id, faults, value));
        if (when != null && outputs.incrementAndGet() == when.outputs()) {
          moment.countDown();
        }
      }

      @Override
      public void finish() {
        ends.incrementAndGet();
      }
    };
  }
}
