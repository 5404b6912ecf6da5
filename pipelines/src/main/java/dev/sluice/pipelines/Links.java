package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Finds which stages items go between, in a description whose stages have their names and have
/// been wired. A buffer that is a part of the stage after it is passed over.
final class Links {
  private final Function<Node, StageRun> stages;
  private final Set<Link> found = new LinkedHashSet<>();

  /// What enters a pipe within another.
  private final IdentityHashMap<Node.Begin, List<String>> entering = new IdentityHashMap<>();

  private Links(Function<Node, StageRun> stages) {
    this.stages = stages;
  }

  static List<Link> of(Node end, Function<Node, StageRun> stages) {
    var links = new Links(stages);
    links.from(end);
    return List.copyOf(links.found);
  }

  /// Finds all links up to `node`.
  ///
  /// @return the stages that what comes out of it comes from
  private List<String> from(Node node) {
    return switch (node) {
      case Node.From n -> List.of(name(n));
      case Node.Begin n -> entering.getOrDefault(n, List.of());
      case Node.Merge n -> link(n.pipes().stream().flatMap(it -> from(it).stream()).toList(), n);
      case Node.Linear n -> link(from(n.before()), n);
      case Node.ParallelMap n -> link(from(n.before()), n);
      case Node.Buffer n ->
          stages.apply(n).edges.isEmpty() ? from(n.before()) : link(from(n.before()), n);
      case Node.Balance n -> within(n.begin(), link(from(n.before()), n), n.end());
      case Node.Partition n -> within(n.begin(), link(from(n.before()), n), n.end());
      case Node.Feedback n -> {
        var again = new ArrayList<>(from(n.before()));
        again.add(name(n));
        yield link(within(n.begin(), again, n.end()), n);
      }
      case Node.Also n -> {
        var through = link(from(n.before()), n);
        within(n.twig().begin(), through, n.twig().end());
        yield through;
      }
      case Node.To n -> link(from(n.before()), n);
      case Node.Branches n -> {
        var through = link(from(n.before()), n);
        n.twigs().forEach(twig -> within(twig.begin(), through, twig.end()));
        yield through;
      }
    };
  }

  private List<String> within(Node.Begin begin, List<String> before, Node end) {
    entering.put(begin, before);
    return from(end);
  }

  private List<String> link(List<String> before, Node to) {
    before.forEach(one -> found.add(new Link(one, name(to))));
    return List.of(name(to));
  }

  private String name(Node node) {
    return stages.apply(node).name();
  }
}
