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
  void wireAll(Node.End end) {
    var names = new Names();
    end.show(node -> add(node, names));
    end.wire(this);
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

  private void add(Node node, Names names) {
    if (!stages.containsKey(node)) { // a pipe may be continued more than once
      stages.put(node, run.stage(names.unique(node.name()), node.onError()));
    }
  }

  private StageRun stage(Node node) {
    return Objects.requireNonNull(stages.get(node));
  }

  // Wiring

  void wireTo(Node.To end) {
    var failures = stage(end).failures;
    var step =
        (Sink<?>) end.sink() instanceof BatchSink<?> batches
            ? new BatchSinkStep(batches.erased(), failures, run.tally())
            : new SinkStep(end.sink(), failures, run.tally());
    end.before().wire(this, step);
  }

  void wireBranches(Node.Branches end) {
    var tally = run.tally();
    var branches = end.twigs().stream().map(twig -> branch(twig, tally)).toList();
    var step =
        end.route() == null
            ? new BranchesStep(stage(end).number, branches, tally)
            : new RouteStep(end.route(), stage(end).failures, branches, tally);
    end.before().wire(this, step);
  }

  private BranchesStep.To branch(Node.Twig twig, Tally tally) {
    feeds.put(twig.begin(), new Feed(twig.options(), tally));
    twig.end().wire(this);
    return new BranchesStep.To(
        Objects.requireNonNull(entries.remove(twig.begin())), twig.options().counts());
  }

  void wireFrom(Node.From node, Step next) {
    if (node.readers() == 1) {
      wireReaders(node, () -> next);
    } else {
      run.add(new RelayWorker(run, stage(node).number, false, edgeFrom(node), next));
    }
  }

  void wireBegin(Node.Begin node, Step next) {
    if (!feeds.containsKey(node)) {
      entries.put(node, next);
      return;
    }
    var edge = edgeFrom(node);
    if (next.stage != Step.NO_STAGE) {
      run.stage(next.stage).edges.add(edge);
    }
    run.add(new RelayWorker(run, firstStage(next), false, edge, next));
  }

  void wireLinear(Node.Linear node, Step next) {
    var step = node.kind().maker().make(stage(node), next);
    if (node.kind().is(Node.Trait.TIMED)) {
      run.add(
          new RelayWorker(run, stage(node).number, true, edgeBefore(node, node.before()), step));
    } else {
      node.before().wire(this, step);
    }
  }

  /// Wires a merge or a buffer, which are no more than an edge and who takes from it.
  void wireRelay(Node node, Step next) {
    run.add(new RelayWorker(run, stage(node).number, true, edgeBefore(node, node), next));
  }

  void wireAlso(Node.Also node, Step next) {
    var twig = branch(node.twig(), next.tally);
    node.before().wire(this, new AlsoStep(stage(node).number, twig, next));
  }

  void wireParallel(Node.ParallelMap node, Step next) {
    if (node.parallel().inOrder()) {
      wireOrdered(node, next);
    } else {
      wireBalanced(
          node,
          node.before(),
          node.parallel(),
          next,
          exit -> new MapStep(node.function(), stage(node).failures, exit));
    }
  }

  void wireBalance(Node.Balance node, Step next) {
    wireBalanced(
        node,
        node.before(),
        node.parallel(),
        next,
        exit -> {
          node.end().wire(this, exit);
          return Objects.requireNonNull(entries.remove(node.begin()));
        });
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

  void wirePartition(Node.Partition node, Step next) {
    var stage = stage(node);
    var exit = run.laneEdge(Edge.DEFAULT_CAPACITY, false);
    run.add(new RelayWorker(run, stage.number, false, exit, next));
    var tally = run.tally();
    var lanes = new ArrayList<Step>();
    for (int i = 0; i < node.lanes(); i++) {
      node.end().wire(this, exit.entry(run.tally()));
      var first = Objects.requireNonNull(entries.remove(node.begin()));
      var edge = run.laneEdge(Edge.DEFAULT_CAPACITY / 4, false);
      stage.edges.add(edge);
      lanes.add(edge.entry(tally));
      run.add(new RelayWorker(run, firstStage(first), false, edge, first));
    }
    node.before().wire(this, new PartitionStep(node.key(), stage.failures, lanes, tally));
  }

  void wireFeedback(Node.Feedback node, Step next) {
    var stage = stage(node);
    var edge = run.laneEdge(Edge.DEFAULT_CAPACITY, true);
    stage.edges.add(edge);
    var back = edge.back(node.most());
    var loop = new Loop(back::end);
    node.end().wire(this, new FeedbackStep(loop, back, node.more(), stage.failures, next));
    var first = Objects.requireNonNull(entries.remove(node.begin()));
    run.add(new RelayWorker(run, firstStage(first), false, edge, first));
    node.before().wire(this, new FeedbackStep.Entry(loop, edge.entry(run.tally())));
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

  private Edge edgeFrom(Node node) {
    if (node instanceof Node.Buffer buffer) {
      return edgeFrom(buffer);
    }
    if (node instanceof Node.Begin begin && feeds.containsKey(begin)) {
      return edgeOf(begin, feed(begin).options.capacity());
    }
    if (node instanceof Node.Merge merge) {
      var edge = run.laneEdge(Edge.DEFAULT_CAPACITY, merge.firstFirst());
      merge.pipes().forEach(pipe -> wireInto(pipe, edge));
      return edge;
    }
    var edge = run.laneEdge(Edge.DEFAULT_CAPACITY, false);
    wireInto(node, edge);
    return edge;
  }

  private Edge edgeFrom(Node.Buffer buffer) {
    // Right at its beginning a buffer says how much waits before the branch: one edge will do.
    if (buffer.storage() == null
        && buffer.before() instanceof Node.Begin begin
        && isFedWithoutDrops(begin)) {
      return edgeOf(begin, buffer.capacity());
    }
    var edge =
        buffer.storage() == null
            ? run.laneEdge(buffer.capacity(), false)
            : run.channelEdge(buffer.storage(), buffer.capacity(), buffer.slow());
    wireInto(buffer.before(), edge);
    return edge;
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
      node.wire(this, edge.entry(run.tally()));
    }
  }

  private void wireReaders(Node.From from, Supplier<Step> entry) {
    var sources = new ConcurrentLinkedQueue<>(from.sources());
    for (int i = 0; i < from.readers(); i++) {
      run.add(new ReadWorker(run, stage(from).number, sources, entry.get()));
    }
  }
}
