package dev.sluice.pipelines;

import dev.sluice.channels.ChannelBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes of a description the steps, edges and workers of one run, from the end back to the source.
///
/// A description is a tree whose root is its end: each [Node] knows what comes before it. So each
/// step is made knowing the one after it.
final class Topology {
  private final Run run;
  private final IdentityHashMap<Node, StageRun> stages = new IdentityHashMap<>();

  /// What feeds the pipes within others, once they are wired.
  private final IdentityHashMap<Node.Begin, Step> entries = new IdentityHashMap<>();

  /// Which of these begin with an edge that is still to be made, and what the worker counts that
  /// feeds it.
  private final IdentityHashMap<Node.Begin, Feed> feeds = new IdentityHashMap<>();

  private record Feed(Branch options, Tally tally) {}

  Topology(Run run) {
    this.run = run;
  }

  /// Wires the pipeline that ends in `end`.
  void wireAll(Node end) {
    var names = new Names();
    number(end, names);
    wireEnd(end);
    run.links(Links.of(end, this::stage));
  }

  // Names

  private static final class Names {
    private final Map<String, Integer> count = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    String unique(String name) {
      var unique = name;
      while (!taken.add(unique)) {
        unique = name + "-" + (count.merge(name, 1, Integer::sum) + 1);
      }
      return unique;
    }
  }

  /// Gives each stage its name and number, in the order in which items meet them.
  private void number(Node node, Names names) {
    switch (node) {
      case Node.From from -> add(from, null, names);
      case Node.Begin begin -> {
        // Its number is that of what it is a part of.
      }
      case Node.Merge merge -> {
        merge.pipes().forEach(pipe -> number(pipe, names));
        add(merge, null, names);
      }
      case Node.Linear n -> {
        number(n.before(), names);
        add(n, n.onError(), names);
      }
      case Node.ParallelMap n -> {
        number(n.before(), names);
        add(n, n.onError(), names);
      }
      case Node.Buffer n -> {
        number(n.before(), names);
        add(n, null, names);
      }
      case Node.Balance n -> {
        number(n.before(), names);
        add(n, null, names);
        number(n.end(), names);
      }
      case Node.Partition n -> {
        number(n.before(), names);
        add(n, n.onError(), names);
        number(n.end(), names);
      }
      case Node.Feedback n -> {
        number(n.before(), names);
        number(n.end(), names);
        add(n, n.onError(), names);
      }
      case Node.Also n -> {
        number(n.before(), names);
        add(n, null, names);
        number(n.twig().end(), names);
      }
      case Node.To n -> {
        number(n.before(), names);
        add(n, n.onError(), names);
      }
      case Node.Branches n -> {
        number(n.before(), names);
        add(n, n.onError(), names);
        n.twigs().forEach(twig -> number(twig.end(), names));
      }
    }
  }

  private void add(Node node, @Nullable OnError onError, Names names) {
    if (!stages.containsKey(node)) { // a pipe may be continued more than once
      stages.put(node, run.stage(names.unique(node.name()), onError));
    }
  }

  private StageRun stage(Node node) {
    return Objects.requireNonNull(stages.get(node));
  }

  // Wiring

  /// Wires everything up to and including an end.
  private void wireEnd(Node end) {
    switch (end) {
      case Node.To to -> {
        var failures = stage(to).failures;
        wire(
            to.before(),
            (Sink<?>) to.sink() instanceof BatchSink<?> batches
                ? new BatchSinkStep(batches.erased(), failures, run.tally())
                : new SinkStep(to.sink(), failures, run.tally()));
      }
      case Node.Branches n -> {
        var tally = run.tally();
        var branches = n.twigs().stream().map(twig -> branch(twig, tally)).toList();
        wire(
            n.before(),
            n.route() == null
                ? new BranchesStep(stage(n).number, branches, tally)
                : new RouteStep(n.route(), stage(n).failures, branches, tally));
      }
      default -> throw new AssertionError(end);
    }
  }

  private BranchesStep.To branch(Node.Twig twig, Tally tally) {
    feeds.put(twig.begin(), new Feed(twig.options(), tally));
    wireEnd(twig.end());
    return new BranchesStep.To(
        Objects.requireNonNull(entries.remove(twig.begin())), twig.options().counts());
  }

  /// Wires `node` and all before it, so that what comes out of it goes into `next`.
  private void wire(Node node, Step next) {
    switch (node) {
      case Node.Linear n -> {
        var step = n.kind().maker().make(stage(n), next);
        if (n.kind().is(Node.Trait.TIMED)) {
          run.add(new RelayWorker(run, stage(n).number, true, edgeBefore(n, n.before()), step));
        } else {
          wire(n.before(), step);
        }
      }
      case Node.ParallelMap n when n.parallel().inOrder() -> wireOrdered(n, next);
      case Node.ParallelMap n ->
          wireBalanced(
              n,
              n.before(),
              n.parallel(),
              next,
              exit -> new MapStep(n.function(), stage(n).failures, exit));
      case Node.Balance n ->
          wireBalanced(
              n,
              n.before(),
              n.parallel(),
              next,
              exit -> {
                wire(n.end(), exit);
                return Objects.requireNonNull(entries.remove(n.begin()));
              });
      case Node.Partition n -> wirePartition(n, next);
      case Node.Feedback n -> wireFeedback(n, next);
      case Node.Also n ->
          wire(n.before(), new AlsoStep(stage(n).number, branch(n.twig(), next.tally), next));
      case Node.From n when n.readers() == 1 -> wireReaders(n, () -> next);
      case Node.Begin begin when !feeds.containsKey(begin) -> entries.put(begin, next);
      case Node.Begin begin -> {
        var edge = edgeFrom(begin);
        if (next.stage != Step.NO_STAGE) {
          run.stage(next.stage).edges.add(edge);
        }
        run.add(new RelayWorker(run, firstStage(next), false, edge, next));
      }
      case Node.From n -> run.add(new RelayWorker(run, stage(n).number, false, edgeFrom(n), next));
      case Node.Merge n ->
          run.add(new RelayWorker(run, stage(n).number, true, edgeBefore(n, n), next));
      case Node.Buffer n ->
          run.add(new RelayWorker(run, stage(n).number, true, edgeBefore(n, n), next));
      case Node.To n -> throw new AssertionError(n);
      case Node.Branches n -> throw new AssertionError(n);
    }
  }

  private void wireOrdered(Node.ParallelMap node, Step next) {
    var stage = stage(node);
    var parallel = node.parallel();
    var window = run.window(parallel.window());
    var edge = edgeBefore(node, node.before());
    run.add(new EmitWorker(run, stage.number, window, next));
    var crew = crew(stage, parallel, window::end);
    for (int i = 0; i < parallel.most(); i++) {
      crew.add(new MapWorker(run, crew, edge, window, node.function(), stage.failures));
    }
  }

  private interface Chain {
    /// Makes the steps of one worker, the last of which hands to `exit`.
    Step make(Step exit);
  }

  private void wireBalanced(Node node, Node before, Parallel parallel, Step next, Chain chain) {
    var stage = stage(node);
    var exit = run.laneEdge(Edge.DEFAULT_CAPACITY, false);
    run.add(new RelayWorker(run, stage.number, false, exit, next));
    var edge = edgeBefore(node, before);
    var crew = crew(stage, parallel, () -> {});
    for (int i = 0; i < parallel.most(); i++) {
      crew.add(
          new BalanceWorker(run, stage.number, crew, edge, chain.make(exit.entry(run.tally()))));
    }
  }

  private Crew crew(StageRun stage, Parallel parallel, Runnable atEnd) {
    var crew = new Crew(run, parallel, atEnd);
    stage.crew = crew;
    return crew;
  }

  private void wirePartition(Node.Partition node, Step next) {
    var stage = stage(node);
    var exit = run.laneEdge(Edge.DEFAULT_CAPACITY, false);
    run.add(new RelayWorker(run, stage.number, false, exit, next));
    var tally = run.tally();
    var lanes = new ArrayList<Step>();
    for (int i = 0; i < node.lanes(); i++) {
      wire(node.end(), exit.entry(run.tally()));
      var first = Objects.requireNonNull(entries.remove(node.begin()));
      var edge = run.laneEdge(Edge.DEFAULT_CAPACITY / 4, false);
      stage.edges.add(edge);
      lanes.add(edge.entry(tally));
      run.add(new RelayWorker(run, firstStage(first), false, edge, first));
    }
    wire(node.before(), new PartitionStep(node.key(), stage.failures, lanes, tally));
  }

  private void wireFeedback(Node.Feedback node, Step next) {
    var stage = stage(node);
    var edge = run.laneEdge(Edge.DEFAULT_CAPACITY, true);
    stage.edges.add(edge);
    var back = edge.back(node.most());
    var loop = new Loop(back::end);
    wire(node.end(), new FeedbackStep(loop, back, node.more(), stage.failures, next));
    var first = Objects.requireNonNull(entries.remove(node.begin()));
    run.add(new RelayWorker(run, firstStage(first), false, edge, first));
    wire(node.before(), new FeedbackStep.Entry(loop, edge.entry(run.tally())));
  }

  /// The stage that a worker is at when it begins with `first`.
  private static int firstStage(Step first) {
    return Math.max(0, first.stage);
  }

  /// Wires `before` and all before it, so that what comes out of it goes into a new edge, before
  /// the stage `node`.
  private Edge edgeBefore(Node node, Node before) {
    var edge = edgeFrom(before);
    stage(node).edges.add(edge);
    return edge;
  }

  @SuppressWarnings("BadInstanceof") // it names what may be null
  private Edge edgeFrom(Node node) {
    return switch (node) {
      // Right at its beginning a buffer says how much waits before the branch: one edge will do.
      case Node.Buffer(Node.Begin begin, var name, int capacity, var slow, var storage)
          when storage == null && isFedWithoutDrops(begin) ->
          edgeOf(begin, capacity);
      case Node.Buffer(var before, var name, int capacity, var slow, var storage) -> {
        var edge =
            storage == null
                ? run.laneEdge(capacity, false)
                : run.channelEdge(storage, capacity, slow);
        wireInto(before, edge);
        yield edge;
      }
      case Node.Begin begin when feeds.containsKey(begin) ->
          edgeOf(begin, feed(begin).options.capacity());
      case Node.Merge merge -> {
        var edge = run.laneEdge(Edge.DEFAULT_CAPACITY, merge.firstFirst());
        merge.pipes().forEach(pipe -> wireInto(pipe, edge));
        yield edge;
      }
      default -> {
        var edge = run.laneEdge(Edge.DEFAULT_CAPACITY, false);
        wireInto(node, edge);
        yield edge;
      }
    };
  }

  private Feed feed(Node.Begin begin) {
    return Objects.requireNonNull(feeds.get(begin));
  }

  private boolean isFedWithoutDrops(Node.Begin begin) {
    return feeds.containsKey(begin) && feed(begin).options.slow() == Slow.WAIT;
  }

  /// The edge that a branch begins with.
  private Edge edgeOf(Node.Begin begin, int capacity) {
    var feed = feed(begin);
    feeds.remove(begin);
    var slow = feed.options.slow();
    var edge =
        slow == Slow.WAIT
            ? run.laneEdge(capacity, false)
            : run.channelEdge(ChannelBuilder::bounded, capacity, slow);
    entries.put(begin, edge.entry(feed.tally));
    return edge;
  }

  private void wireInto(Node node, Edge edge) {
    if (node instanceof Node.From from) {
      wireReaders(from, () -> edge.entry(run.tally()));
    } else {
      wire(node, edge.entry(run.tally()));
    }
  }

  private void wireReaders(Node.From from, Supplier<Step> entry) {
    var sources = new ConcurrentLinkedQueue<>(from.sources());
    for (int i = 0; i < from.readers(); i++) {
      run.add(new ReadWorker(run, stage(from).number, sources, entry.get()));
    }
  }

  // Lineages

  /// Whether the items of the pipeline that ends in `node` must carry what they came of: because a
  /// source wants to be told what became of each, because one may become several, or because a dead
  /// letter must tell what the source had delivered.
  static boolean mustTrack(Node node) {
    return switch (node) {
      case Node.From from -> from.sources().stream().anyMatch(Source::isAcknowledged);
      case Node.Begin begin -> false;
      case Node.Merge n -> n.pipes().stream().anyMatch(Topology::mustTrack);
      case Node.Linear n ->
          n.kind().is(Node.Trait.SPLITS) || tells(n.onError()) || mustTrack(n.before());
      case Node.ParallelMap n -> tells(n.onError()) || mustTrack(n.before());
      case Node.Buffer n -> mustTrack(n.before());
      case Node.Balance n -> mustTrack(n.end()) || mustTrack(n.before());
      case Node.Partition n -> tells(n.onError()) || mustTrack(n.end()) || mustTrack(n.before());
      case Node.Feedback n -> true;
      case Node.Also n -> true;
      case Node.To n -> tells(n.onError()) || mustTrack(n.before());
      case Node.Branches n -> true;
    };
  }

  private static boolean tells(@Nullable OnError policy) {
    return switch (policy) {
      case OnError.ToDeadLetters p -> true;
      case OnError.KeyToDeadLetters p -> true;
      case OnError.Retried p -> tells(p.then());
      case null, default -> false;
    };
  }

  /// Whether a value of the pipeline that ends in `node` may come of several deliveries.
  static boolean gathers(Node node) {
    return switch (node) {
      case Node.From n -> false;
      case Node.Begin n -> false; // asked of what it is a part of
      case Node.Merge n -> n.pipes().stream().anyMatch(Topology::gathers);
      case Node.Linear n -> n.kind().is(Node.Trait.GATHERS) || gathers(n.before());
      case Node.ParallelMap n -> gathers(n.before());
      case Node.Buffer n -> gathers(n.before());
      case Node.Balance n -> gathers(n.end()) || gathers(n.before());
      case Node.Partition n -> gathers(n.end()) || gathers(n.before());
      case Node.Feedback n -> true;
      case Node.Also n -> gathers(n.before());
      case Node.To n -> gathers(n.before());
      case Node.Branches n -> gathers(n.before());
    };
  }

  /// Whether the pipe that ends in `node` writes to a sink before it ends.
  static boolean hasSinks(Node node) {
    return switch (node) {
      case Node.From n -> false;
      case Node.Begin n -> false;
      case Node.Merge n -> n.pipes().stream().anyMatch(Topology::hasSinks);
      case Node.Linear n -> hasSinks(n.before());
      case Node.ParallelMap n -> hasSinks(n.before());
      case Node.Buffer n -> hasSinks(n.before());
      case Node.Balance n -> hasSinks(n.before());
      case Node.Partition n -> hasSinks(n.before());
      case Node.Feedback n -> hasSinks(n.end()) || hasSinks(n.before());
      case Node.Also n -> true;
      case Node.To n -> true;
      case Node.Branches n -> true;
    };
  }

  /// Where the pipe that ends in `node` begins.
  static Node beginOf(Node node) {
    return switch (node) {
      case Node.From n -> n;
      case Node.Begin n -> n;
      case Node.Merge n -> n;
      case Node.Linear n -> beginOf(n.before());
      case Node.ParallelMap n -> beginOf(n.before());
      case Node.Buffer n -> beginOf(n.before());
      case Node.Balance n -> beginOf(n.before());
      case Node.Partition n -> beginOf(n.before());
      case Node.Feedback n -> beginOf(n.before());
      case Node.Also n -> beginOf(n.before());
      case Node.To n -> beginOf(n.before());
      case Node.Branches n -> beginOf(n.before());
    };
  }
}
