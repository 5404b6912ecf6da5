package dev.sluice.logs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tables that a user asked for. It takes no records: the parsers have added them up for each
/// block, and this adds up the blocks.
final class AggregateTarget implements Target {
  private static final int MOST_NAMES = 50;

  private final List<Tabulation> aggregates;

  private AggregateTarget(List<Tabulation> aggregates) {
    this.aggregates = List.copyOf(aggregates);
  }

  /// Makes the target for what a user asks; null if that is nothing.
  static @Nullable AggregateTarget of(Aggregation asked) {
    if (asked.isNone()) {
      return null;
    }
    var aggregates = new ArrayList<Tabulation>();
    if (!asked.countBy().isEmpty() || asked.minutes() > 0) {
      aggregates.add(
          new Counts(
              asked.countBy().isEmpty() ? "per" : "count-by",
              asked.countBy(),
              asked.minutes(),
              Integer.MAX_VALUE,
              asked.approximate() ? Counts.Bound.about(Aggregation.KEPT) : Counts.Bound.EXACT));
    }
    for (var top : asked.tops()) {
      var bound = Counts.Bound.about(Math.max(10_000, 10 * top.shown()));
      aggregates.add(new Counts("top", List.of(top.field()), 0, top.shown(), bound));
    }
    if (!asked.percentiles().isEmpty()) {
      aggregates.add(new Percentiles(asked.percentiles()));
    }
    return new AggregateTarget(aggregates);
  }

  /// Refuses fields that no record of a run can have.
  ///
  /// @param formats the formats of its inputs, with their columns
  static void check(Aggregation asked, Map<LogFormat, List<Column>> formats) {
    if (formats.keySet().stream().anyMatch(LogFormat::dynamic)) {
      return;
    }
    Set<String> known = new LinkedHashSet<>(ColumnNames.FIRST);
    for (var columns : formats.values()) {
      columns.forEach(column -> known.add(column.name()));
    }
    asked.countBy().forEach(name -> check("--count-by", name, known));
    asked.tops().forEach(top -> check("--top", top.field(), known));
    asked.percentiles().forEach(name -> check("--percentiles", name, known));
  }

  private static void check(String option, String name, Collection<String> known) {
    var path = KnownFields.path(name);
    for (int length = path.size(); length > 0; length--) {
      if (known.contains(String.join(".", path.subList(0, length)))) {
        return;
      }
    }
    throw new UsageException(
        "%s: unknown field '%s'%s (known fields: %s)"
            .formatted(
                option,
                name,
                DidYouMean.hint(name, known),
                String.join(", ", known.stream().limit(MOST_NAMES).toList())));
  }

  @Override
  public String name() {
    return "aggregates";
  }

  @Override
  public List<Aggregate> aggregates() {
    return List.copyOf(aggregates);
  }

  @Override
  public void open(List<LogFormat> formats) {}

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    for (var block : blocks) {
      for (var aggregate : aggregates) {
        block.give(aggregate);
      }
    }
  }

  void results(Results out) throws IOException {
    for (var aggregate : aggregates) {
      aggregate.results(out);
    }
  }

  @Override
  public void close() {}
}
