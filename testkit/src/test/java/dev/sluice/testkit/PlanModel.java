package dev.sluice.testkit;

import dev.sluice.pipelines.Outcome;
import dev.sluice.testkit.Plan.End;
import dev.sluice.testkit.Plan.Faults;
import dev.sluice.testkit.Plan.Policy;
import dev.sluice.testkit.Plan.Stage;
import dev.sluice.testkit.Plan.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Does what a [Plan] says, stage after stage, on one thread, as if no failure stopped it.
///
/// What came of what is a graph: a node for each value and each batch, which has what it settled
/// with, and edges to what came of it. An item's outcome is the worst that can be reached from it.
/// Which values made a batch may depend on the order in which threads got on, so that is looked up
/// in what the real run did; whether it was allowed to is checked.
final class PlanModel {

  /// A stage, or a sink, with one of its values.
  record At(int id, String path) {}

  /// What a dead letter tells.
  record Letter(int id, String path, int attempts) {}

  /// What order is kept: among what values. None if `kept` is false.
  record Order(boolean kept, boolean bySource, boolean byKey) {
    static final Order NONE = new Order(false, false, false);

    boolean isTotal() {
      return kept && !bySource && !byKey;
    }

    /// Values of the same group keep their order.
    Object group(Value value) {
      return List.of(bySource ? value.source() : 0, byKey ? value.key() : 0);
    }
  }

  private record Part(Value value, int node) {}

  private record Flow(List<Part> parts, Order order) {}

  private record BatchOf(int id, int number) {}

  private static final int DETACHED = -1;

  /// What went into each sink, in the order of the items.
  final Map<Integer, List<Value>> written = new TreeMap<>();

  final Map<Integer, Order> orders = new HashMap<>();

  /// By the path of the item.
  final Map<String, Outcome> outcomes = new HashMap<>();

  /// Which failures stop the run if nothing does before.
  final Set<At> stoppers = new HashSet<>();

  /// Of those the first if the plan is sequential: by its path.
  final Map<String, At> firstStoppers = new TreeMap<>();

  final Set<Letter> letters = new HashSet<>();

  /// How often each value that fails at first is tried.
  final Map<At, Integer> tries = new HashMap<>();

  /// What came to a stage that gathers, and was in no list of it.
  final Set<At> ungathered = new HashSet<>();

  /// The lists that must have been gathered, where that is certain.
  final Map<Integer, List<List<Value>>> batches = new HashMap<>();

  private final @Nullable Map<Integer, Map<String, Integer>> gathered;
  private final Map<BatchOf, Integer> batchNodes = new HashMap<>();
  private final Map<Integer, List<String>> failed = new HashMap<>();
  private final Map<Integer, Policy> policies = new HashMap<>();
  private final List<List<Integer>> edges = new ArrayList<>();
  private final List<Outcome> settled = new ArrayList<>();

  /// What the plan makes of all its items, with lists of one.
  static PlanModel ofAll(Plan plan) {
    return new PlanModel(plan, plan.inputs().stream().map(Plan.Input::items).toList(), null);
  }

  /// @param delivered how many items each input delivered
  /// @param gathered for each stage that gathers, in which of its lists each value was; null if
  ///   each was in one of its own
  PlanModel(
      Plan plan, List<Integer> delivered, @Nullable Map<Integer, Map<String, Integer>> gathered) {
    this.gathered = gathered;
    var items = new ArrayList<Part>();
    var merged = new ArrayList<Part>();
    var order = new Order(true, plan.inputs().size() > 1, false);
    for (int source = 0; source < delivered.size(); source++) {
      var parts = new ArrayList<Part>();
      for (int i = 0; i < delivered.get(source); i++) {
        parts.add(new Part(Value.item(source, i), node()));
      }
      items.addAll(parts);
      var before =
          through(
              plan.inputs().get(source).stages(), new Flow(parts, new Order(true, false, false)));
      merged.addAll(before.parts);
      order = both(order, before.order);
    }
    end(plan.end(), through(plan.stages(), new Flow(merged, order)));
    items.forEach(item -> outcomes.put(item.value.path(), worstFrom(item.node)));
    findStoppers();
  }

  private static Order both(Order a, Order b) {
    return new Order(a.kept && b.kept, a.bySource || b.bySource, a.byKey || b.byKey);
  }

  /// How many values and batches there were.
  int size() {
    return edges.size();
  }

  // The stages

  private Flow through(List<Stage> stages, Flow flow) {
    var at = flow;
    for (var stage : stages) {
      at = through(stage, at);
    }
    return at;
  }

  private Flow through(Stage stage, Flow in) {
    var out = new ArrayList<Part>();
    switch (stage) {
      case Stage.Map(int id, var faults) -> map(id, faults, in, out);
      case Stage.ParallelMap(int id, var inOrder, var workers, var faults) -> {
        map(id, faults, in, out);
        return new Flow(out, inOrder ? in.order : Order.NONE);
      }
      case Stage.Filter filter -> {
        for (var part : in.parts) {
          if (!fails(filter.id(), filter.faults(), part)) {
            if (filter.passes(part.value)) {
              out.add(part);
            } else {
              settle(part, Outcome.FILTERED);
            }
          }
        }
      }
      case Stage.FlatMap flat -> {
        for (var part : in.parts) {
          if (!fails(flat.id(), flat.faults(), part)) {
            var results = flat.results(part.value);
            if (results.isEmpty()) {
              settle(part, Outcome.FILTERED);
            }
            results.forEach(result -> out.add(from(part.node, result)));
          }
        }
      }
      case Stage.Batch(int id, int size) -> {
        batch(id, in, out);
        if (in.order.isTotal()) {
          batches.put(id, chunks(in.parts, size));
        }
      }
      case Stage.Buffer buffer -> {
        return in;
      }
      case Stage.Partition(int id, var lanes, var faults, var piece) -> {
        var let = in.parts.stream().filter(part -> !fails(id, faults, part)).toList();
        var order = new Order(in.order.kept, in.order.bySource, true);
        return through(piece, new Flow(let, order));
      }
      case Stage.Balance(var workers, var piece) -> {
        return through(piece, new Flow(in.parts, Order.NONE));
      }
      case Stage.Feedback feedback -> {
        var round = in.parts;
        while (!round.isEmpty()) {
          var next = new ArrayList<Part>();
          for (var part : through(feedback.piece(), new Flow(round, Order.NONE)).parts) {
            if (!fails(feedback.id(), feedback.faults(), part)) {
              out.add(part);
              feedback.more(part.value).forEach(value -> next.add(from(part.node, value)));
            }
          }
          round = next;
        }
        return new Flow(out, Order.NONE);
      }
      case Stage.AlsoTo(var capacity, var counts, var branch, var end) -> {
        end(end, through(branch, copied(in, counts)));
        return in;
      }
    }
    return new Flow(out, in.order);
  }

  private void map(int id, Faults faults, Flow in, List<Part> out) {
    for (var part : in.parts) {
      if (!fails(id, faults, part)) {
        out.add(new Part(part.value.plus("m"), part.node));
      }
    }
  }

  private void batch(int id, Flow in, List<Part> out) {
    if (gathered == null) {
      out.addAll(in.parts);
      return;
    }
    for (var part : in.parts) {
      var number = gathered.getOrDefault(id, Map.of()).get(part.value.path());
      if (number == null) {
        ungathered.add(new At(id, part.value.path()));
        settle(part, Outcome.ABANDONED);
      } else if (part.node == DETACHED) {
        out.add(part);
      } else {
        int node = batchNodes.computeIfAbsent(new BatchOf(id, number), key -> node());
        edges.get(part.node).add(node);
        out.add(from(node, part.value));
      }
    }
  }

  private static List<List<Value>> chunks(List<Part> parts, int size) {
    var chunks = new ArrayList<List<Value>>();
    for (int i = 0; i < parts.size(); i += size) {
      chunks.add(
          parts.subList(i, Math.min(i + size, parts.size())).stream().map(Part::value).toList());
    }
    return chunks;
  }

  private void end(End end, Flow in) {
    switch (end) {
      case End.To(int id, var faults) -> {
        orders.put(id, in.order);
        written.put(
            id,
            in.parts.stream().filter(part -> !fails(id, faults, part)).map(Part::value).toList());
      }
      case End.Broadcast(var tails) ->
          tails.forEach(tail -> end(tail.end(), through(tail.stages(), copied(in, true))));
      case End.Route(int id, var faults, var tails) -> {
        var let = in.parts.stream().filter(part -> !fails(id, faults, part)).toList();
        for (int i = 0; i < tails.size(); i++) {
          int index = i;
          var chosen =
              let.stream()
                  .filter(part -> Plan.choice(part.value.path(), id, tails.size()) == index)
                  .toList();
          end(tails.get(i).end(), through(tails.get(i).stages(), new Flow(chosen, in.order)));
        }
      }
    }
  }

  private Flow copied(Flow in, boolean counts) {
    return new Flow(
        in.parts.stream()
            .map(part -> counts ? from(part.node, part.value) : new Part(part.value, DETACHED))
            .toList(),
        in.order);
  }

  // The graph

  private int node() {
    edges.add(new ArrayList<>());
    settled.add(Outcome.OUT);
    return edges.size() - 1;
  }

  private Part from(int node, Value value) {
    if (node == DETACHED) {
      return new Part(value, DETACHED);
    }
    int made = node();
    edges.get(node).add(made);
    return new Part(value, made);
  }

  private void settle(Part part, Outcome outcome) {
    if (part.node != DETACHED && outcome.compareTo(settled.get(part.node)) > 0) {
      settled.set(part.node, outcome);
    }
  }

  private Outcome worstFrom(int first) {
    var worst = Outcome.OUT;
    var seen = new BitSet();
    var open = new ArrayList<>(List.of(first));
    while (!open.isEmpty()) {
      int node = open.removeLast();
      if (!seen.get(node)) {
        seen.set(node);
        var here = settled.get(node);
        worst = here.compareTo(worst) > 0 ? here : worst;
        open.addAll(edges.get(node));
      }
    }
    return worst;
  }

  // Failures

  private boolean fails(int id, Faults faults, Part part) {
    var path = part.value.path();
    if (faults.failures(id, path) == 0) {
      return false;
    }
    tries.put(new At(id, path), faults.tries(id, path));
    if (!faults.isFatal(id, path)) {
      return false;
    }
    failed.computeIfAbsent(id, key -> new ArrayList<>()).add(path);
    policies.put(id, faults.policy());
    switch (faults.policy()) {
      case Policy.Stop() -> settle(part, Outcome.ABANDONED);
      case Policy.Skip(long limit) -> settle(part, Outcome.DROPPED);
      case Policy.Letter() -> {
        letters.add(new Letter(id, path, faults.tries(id, path)));
        settle(part, Outcome.DEAD_LETTERED);
      }
    }
    return true;
  }

  private void findStoppers() {
    failed.forEach((id, paths) -> {
      long allowed =
          switch (policies.get(id)) {
            case Policy.Skip(long limit) -> limit;
            case Policy.Letter() -> Long.MAX_VALUE;
            case null, default -> 0;
          };
      if (paths.size() > allowed) {
        paths.forEach(path -> stoppers.add(new At(id, path)));
        var first = paths.get((int) allowed);
        firstStoppers.put(first, new At(id, first));
      }
    });
  }
}
