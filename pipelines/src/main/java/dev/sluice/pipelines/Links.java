package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Finds which stages items go between, in a description whose stages have their names and have
/// been wired. A buffer that is a part of the stage after it is passed over.
final class Links {
  private final Function<Node, StageRun> stages;
  private final Map<String, Set<String>> found = new LinkedHashMap<>();

  /// What enters a pipe within another.
  private final IdentityHashMap<Node.Begin, List<String>> entering = new IdentityHashMap<>();

  private Links(Function<Node, StageRun> stages) {
    this.stages = stages;
  }

  static List<Link> of(Node end, Function<Node, StageRun> stages) {
    var links = new Links(stages);
    end.link(links);
    var all = new ArrayList<Link>();
    links.found.forEach((from, to) -> to.forEach(one -> all.add(new Link(from, one))));
    return List.copyOf(all);
  }

  List<String> from(Node.From node) {
    return List.of(name(node));
  }

  List<String> entering(Node.Begin begin) {
    return entering.getOrDefault(begin, List.of());
  }

  /// Whether a buffer has an edge of its own.
  boolean isApart(Node.Buffer buffer) {
    return !stages.apply(buffer).edges.isEmpty();
  }

  /// These, and `node`.
  List<String> and(List<String> before, Node node) {
    var all = new ArrayList<>(before);
    all.add(name(node));
    return all;
  }

  /// Finds the links within a stage or a branch, which `before` lead into.
  ///
  /// @return the stages at its end
  List<String> within(Node.Begin begin, List<String> before, Node end) {
    entering.put(begin, before);
    return end.link(this);
  }

  /// Links `before` to `to`.
  ///
  /// @return what is linked to the next one: `to`
  List<String> link(List<String> before, Node to) {
    for (var one : before) {
      found.computeIfAbsent(one, it -> new LinkedHashSet<>()).add(name(to));
    }
    return List.of(name(to));
  }

  private String name(Node node) {
    return stages.apply(node).name();
  }
}
