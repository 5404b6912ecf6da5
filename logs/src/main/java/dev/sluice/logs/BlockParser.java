package dev.sluice.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Parses blocks, does to each record what is to be done on the way, and adds those up that are
/// kept. Any number of threads may parse at the same time, if that step allows it.
///
/// It makes no more of a record than somebody will look at. Where the targets take all of it and
/// the step looks at little, each line is parsed for the step first, and a second time if it
/// passes; as long as most pass, only once.
final class BlockParser {
  private final Assumptions assumptions;
  private final Task task;

  /// How many dialects have parsers at rest: inputs may bring ever new ones.
  private static final int MOST_IDLE = 64;

  /// Parsers at rest: of each dialect never more than there were threads in [#parse] at a time.
  private final Map<Dialect, ConcurrentLinkedDeque<Parsers>> idle = new ConcurrentHashMap<>();

  /// What is to be done with the records.
  ///
  /// @param step what is done to each; null for nothing
  /// @param looksAt what of a record the step looks at; if that is not all of it, it only filters
  /// @param wanted what those look at who get the records that pass, or what they add up to
  /// @param kept whether somebody takes the records themselves
  /// @param sums where to add up those of a block; null if nobody asked
  record Task(
      @Nullable RecordStep step,
      Wanted looksAt,
      Wanted wanted,
      boolean kept,
      @Nullable Supplier<Sums> sums) {}

  /// For one thread at a time.
  private static final class Parsers {
    final LineParser whole;
    final @Nullable LineParser first;
    boolean mostPass;

    /// @param whole makes all that anybody looks at
    /// @param first makes only what the step looks at; null if that is no less
    Parsers(LineParser whole, @Nullable LineParser first) {
      this.whole = whole;
      this.first = first;
    }
  }

  BlockParser(Assumptions assumptions, Task task) {
    this.assumptions = assumptions;
    this.task = task;
  }

  /// Keeps the records that pass `filter`.
  BlockParser(Assumptions assumptions, Predicate<LogRecord> filter) {
    this(assumptions, new Task(RecordStep.filter(filter), Wanted.ALL, Wanted.ALL, true, null));
  }

  /// Parses the lines of `block`, in order. A blank line, of nothing but spaces and tabs, counts as
  /// filtered.
  ParsedBlock parse(Block block) {
    if (idle.size() > MOST_IDLE) {
      idle.clear();
    }
    var atRest = idle.computeIfAbsent(block.dialect(), _ -> new ConcurrentLinkedDeque<>());
    var parsers = atRest.pollFirst();
    if (parsers == null) {
      parsers = parsers(block.dialect());
    }
    var parsed = parse(block, parsers);
    atRest.addFirst(parsers); // those that threw are not used again
    return parsed;
  }

  private Parsers parsers(Dialect dialect) {
    var whole = dialect.newParser(assumptions);
    var wanted = task.step() == null ? task.wanted() : task.wanted().and(task.looksAt());
    whole.want(task.kept() ? wanted : wanted.inPassing());
    if (task.step() == null || !task.wanted().all() || task.looksAt().all()) {
      return new Parsers(whole, null);
    }
    var first = dialect.newParser(assumptions);
    first.want(task.looksAt().inPassing());
    return new Parsers(whole, first);
  }

  private ParsedBlock parse(Block block, Parsers parsers) {
    List<LogRecord> records = task.kept() ? new ArrayList<>() : List.of();
    var rejected = new ArrayList<Rejected>(block.rejected().size());
    block.rejected().forEach(one -> rejected.add(turnedAway(one)));
    var sums = task.sums() == null ? null : task.sums().get();
    var first = parsers.mostPass ? null : parsers.first;
    long passed = 0;
    long filtered = 0;
    byte[] bytes = block.bytes();
    var parser = first == null ? parsers.whole : first;
    boolean cut = block.isCut();
    int next = 0;
    for (int i = 0; i < block.count(); i++) {
      long line = block.line(i);
      int from = cut ? block.starts()[i] : next;
      int to = cut ? block.ends()[i] : from;
      Parsed parsed =
          cut ? null : parser.parseToItsEnd(block.source(), line, bytes, from, bytes.length);
      if (parsed != null) {
        next = parser.nextLine();
      } else {
        if (!cut) {
          to = Bytes.indexOf(bytes, from, bytes.length, '\n');
          next = to + 1;
          to -= to > from && bytes[to - 1] == '\r' ? 1 : 0;
        }
        if (Bytes.isBlank(bytes, from, to)) {
          filtered++;
          continue;
        }
        parsed = parser.parse(block.source(), line, bytes, from, to);
      }
      if (parsed instanceof LogRecord logRecord) {
        var kept = task.step() == null ? logRecord : task.step().keep(logRecord);
        if (kept == null) {
          filtered++;
          continue;
        }
        parsed = first == null ? kept : parsers.whole.parse(block.source(), line, bytes, from, to);
      }
      if (parsed instanceof Malformed malformed) {
        long offset = cut ? block.offset(i) : block.offset() + from;
        rejected.add(turnedAway(rejected(block, line, offset, malformed, from, to)));
      } else {
        passed++;
        if (sums != null) {
          sums.add((LogRecord) parsed);
        }
        if (task.kept()) {
          records.add((LogRecord) parsed);
        }
      }
    }
    if (sums != null) {
      sums.end();
    }
    parsers.mostPass = passed > block.count() / 2;
    return new ParsedBlock(block, records, passed, rejected, filtered, sums);
  }

  private static Rejected rejected(
      Block block, long line, long offset, Malformed malformed, int from, int to) {
    return new Rejected(
        block.source(),
        line,
        offset,
        malformed.reason(),
        malformed.detail(),
        Bytes.kept(block.bytes(), from, to),
        to - from);
  }

  private Rejected turnedAway(Rejected rejected) {
    return task.step() == null ? rejected : task.step().reject(rejected);
  }
}
