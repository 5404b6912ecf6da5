package dev.sluice.logs;

import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Counts what a person wants to know of a log at first sight, in bounded memory; shown by
/// [#render].
final class SummaryTarget implements Target {
  private final Digests digests;
  private final Map<String, Rejects> rejects = new LinkedHashMap<>();
  private final Map<String, Source> sources = new LinkedHashMap<>();
  private long bytesRead;
  private long filtered;

  /// How many lines were rejected for one reason, and where the first of them is.
  static final class Rejects {
    long count;
    final String example;

    Rejects(String example) {
      this.example = example;
    }
  }

  /// What came of one file. There are as many as the user named.
  static final class Source {
    long records;
    long rejected;
  }

  /// @param parsers how many threads parse
  SummaryTarget(int parsers) {
    digests =
        new Digests(
            EnumSet.of(Role.STATUS, Role.BYTES, Role.PATH, Role.LEVEL, Role.MESSAGE), parsers);
  }

  @Override
  public String name() {
    return "summary";
  }

  @Override
  public List<Aggregate> aggregates() {
    return List.of(digests);
  }

  @Override
  public void open(List<LogFormat> formats) {}

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    for (var block : blocks) {
      bytesRead += block.block().size();
      filtered += block.filtered();
      var source = sources.computeIfAbsent(block.block().source(), _ -> new Source());
      source.records += block.passed();
      source.rejected += block.rejected().size();
      block.give(digests);
      block.rejected().forEach(this::count);
    }
  }

  private void count(Rejected rejected) {
    rejects.computeIfAbsent(
            rejected.reason(),
            _ ->
                new Rejects(rejected.source() + (rejected.line() > 0 ? ":" + rejected.line() : "")))
        .count++;
  }

  @Override
  public void close() {}

  /// The summary as lines for a terminal.
  ///
  /// @param width how many columns it has; fewer than 40 count as 40
  /// @param colour whether it understands ANSI colours
  List<String> render(int width, boolean colour) {
    return new SummaryText(Math.max(40, width), colour)
        .render(digests.whole(), rejects, sources, bytesRead, filtered);
  }
}
