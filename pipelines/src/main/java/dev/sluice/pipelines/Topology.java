package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Makes of a description the steps, edges and workers of one run, from the end back to the source.
final class Topology {
  private final Run run;

  /// The entries of the branches that have been wired and whose broadcast has not.
  private final Map<Node.Branch, Step> entries = new HashMap<>();

  Topology(Run run) {
    this.run = run;
  }

  /// Wires everything up to and including `end`, which is a [Node.To] or a [Node.Broadcast].
  void wire(Node end) {
    switch (end) {
      case Node.To(var before, var name, var onError, var sink) ->
          wire(before, new SinkStep(sink, new Failures(run, name, onError)));
      case Node.Broadcast(var before, var name, var twigs) -> {
        var branches = new ArrayList<Step>();
        for (var twig : twigs) {
          wire(twig.end());
          branches.add(Objects.requireNonNull(entries.remove(twig.begin())));
        }
        wire(before, new BroadcastStep(branches));
      }
      default -> throw new AssertionError(end);
    }
  }

  /// Wires `node` and all before it, so that what comes out of it goes into `next`.
  private void wire(Node node, Step next) {
    switch (node) {
      case Node.Map(var before, var name, var onError, var function) ->
          wire(before, new MapStep(function, new Failures(run, name, onError), next));
      case Node.Filter(var before, var name, var onError, var condition) ->
          wire(before, new FilterStep(condition, new Failures(run, name, onError), next));
      case Node.ParallelMap map -> wireParallel(map, next);
      case Node.Batch(var before, var name, int size, var linger) ->
          run.add(new BatchWorker(run, name, edgeFrom(before), size, linger, next));
      case Node.From from when from.readers() == 1 -> wireReaders(from, () -> next);
      default -> run.add(new RelayWorker(run, node.name(), edgeFrom(node), next));
    }
  }

  private void wireParallel(Node.ParallelMap map, Step next) {
    int workers = map.parallel().workers();
    var window = run.window(map.parallel().window(), workers);
    var failures = new Failures(run, map.name(), map.onError());
    var turn = new ReentrantLock();
    run.add(new EmitWorker(run, map.name(), window, next));
    var edge = edgeFrom(map.before());
    for (int i = 0; i < workers; i++) {
      run.add(new MapWorker(run, map.name(), edge, turn, window, map.function(), failures));
    }
  }

  /// Wires `node` and all before it, so that what comes out of it goes into a new edge.
  private Edge edgeFrom(Node node) {
    if (node instanceof Node.Buffer(var before, var name, int capacity)) {
      return edgeFrom(before, run.edge(capacity));
    }
    return edgeFrom(node, run.edge(Edge.DEFAULT_CAPACITY));
  }

  private Edge edgeFrom(Node node, Edge edge) {
    switch (node) {
      case Node.From from -> wireReaders(from, edge::entry);
      case Node.Branch branch -> entries.put(branch, edge.entry());
      default -> wire(node, edge.entry());
    }
    return edge;
  }

  private void wireReaders(Node.From from, Supplier<Step> entry) {
    var sources = new ConcurrentLinkedQueue<>(from.sources());
    for (int i = 0; i < from.readers(); i++) {
      run.add(new ReadWorker(run, from.name(), sources, entry.get()));
    }
  }

  /// Where the pipe that ends in `node` begins.
  static Node beginOf(Node node) {
    return switch (node) {
      case Node.From from -> from;
      case Node.Branch branch -> branch;
      case Node.Map n -> beginOf(n.before());
      case Node.ParallelMap n -> beginOf(n.before());
      case Node.Filter n -> beginOf(n.before());
      case Node.Buffer n -> beginOf(n.before());
      case Node.Batch n -> beginOf(n.before());
      case Node.To n -> beginOf(n.before());
      case Node.Broadcast n -> beginOf(n.before());
    };
  }
}
