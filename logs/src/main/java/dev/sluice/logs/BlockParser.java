package dev.sluice.logs;

import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Predicate;

/// Parses blocks and keeps the records that pass a filter. Any number of threads may parse at the
/// same time, if the filter allows it.
final class BlockParser {
  private final Assumptions assumptions;
  private final Predicate<LogRecord> filter;

  /// Parsers at rest: never more than there were threads in [#parse] at a time.
  private final Map<LogFormat, ConcurrentLinkedDeque<LineParser>> idle = new ConcurrentHashMap<>();

  BlockParser(Assumptions assumptions, Predicate<LogRecord> filter) {
    this.assumptions = assumptions;
    this.filter = filter;
  }

  /// Parses the lines of `block`, in order. A blank line, of nothing but spaces and tabs, counts as
  /// filtered.
  ParsedBlock parse(Block block) {
    var parsers = idle.computeIfAbsent(block.format(), _ -> new ConcurrentLinkedDeque<>());
    var parser = parsers.pollFirst();
    if (parser == null) {
      parser = block.format().newParser(assumptions);
    }
    var parsed = parse(block, parser);
    parsers.addFirst(parser); // one that threw is not used again
    return parsed;
  }

  private ParsedBlock parse(Block block, LineParser parser) {
    var records = new ArrayList<LogRecord>(block.count());
    var rejected = new ArrayList<>(block.rejected());
    long filtered = 0;
    byte[] bytes = block.bytes();
    for (int i = 0; i < block.count(); i++) {
      int from = block.starts()[i];
      int to = block.ends()[i];
      if (Bytes.isBlank(bytes, from, to)) {
        filtered++;
        continue;
      }
      long line = block.firstLine() + i;
      switch (parser.parse(block.source(), line, bytes, from, to)) {
        case LogRecord record when filter.test(record) -> records.add(record);
        case LogRecord _ -> filtered++;
        case Malformed(var reason, var detail) ->
            rejected.add(
                new Rejected(
                    block.source(),
                    line,
                    block.offset() + from,
                    reason,
                    detail,
                    Bytes.kept(bytes, from, to),
                    to - from));
      }
    }
    return new ParsedBlock(block, records, rejected, filtered);
  }
}
