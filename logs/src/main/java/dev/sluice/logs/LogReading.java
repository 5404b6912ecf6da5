package dev.sluice.logs;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Source;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The inputs of a [LogJob], item by item, for a pipeline that is no [LogRun].
///
/// A block of lines is settled with its input when all its items are, with the worst of their
/// outcomes: what a queue gave is acknowledged then, and given back if the run was stopped before.
public final class LogReading implements AutoCloseable {
  private final List<RunSource> sources;
  private final BlockParser parser;

  private LogReading(List<RunSource> sources, Assumptions assumptions) {
    this.sources = sources;
    parser =
        new BlockParser(
            assumptions, new BlockParser.Task(null, Wanted.NOTHING, Wanted.ALL, true, null));
  }

  /// Finds the inputs, and looks at the beginning of each. Waits for the beginning of a pipe.
  ///
  /// @param job of which only what concerns reading counts
  /// @param targets where the records will go: none of them may overwrite an input
  /// @param told told, in sentences and by any thread, what a user should know
  /// @throws UsageException if it cannot be read as asked
  public static LogReading open(LogJob job, List<LogWriting> targets, Consumer<String> told)
      throws IOException {
    return new LogReading(
        LogRun.sources(job, LogWriting.targets(targets), told, null), job.assumptions());
  }

  /// How an input is called where others may read it: without a password.
  ///
  /// @throws UsageException if there can be no such input
  public static String shown(String input) {
    var end = Ends.of(input);
    return end == null ? Targets.redacted(input) : end.place(Ends.rest(input));
  }

  /// One for each input that can be read; those that never end come first.
  public List<Source<LogItem>> sources() {
    return readable().<Source<LogItem>>map(Items::new).toList();
  }

  /// How many of [#sources] are read by a thread each, since they never end.
  public int endless() {
    return (int) readable().filter(RunSource::isEndless).count();
  }

  private Stream<RunSource> readable() {
    return sources.stream()
        .filter(RunSource::isReadable)
        .sorted(Comparator.comparing(source -> !source.isEndless()));
  }

  /// The formats that were recognised.
  public Set<LogFormat> formats() {
    var formats = new TreeSet<LogFormat>();
    sources.forEach(source -> formats.addAll(source.formats()));
    return formats;
  }

  /// What was recognised, in words.
  public List<String> detections() {
    return sources.stream().flatMap(source -> source.detections().stream()).toList();
  }

  /// What can be relied on while reading, in sentences.
  public List<String> guarantees() {
    return sources.stream().flatMap(source -> source.guarantees().stream()).distinct().toList();
  }

  /// Which inputs could not be read to their ends, and why.
  public List<String> errors() {
    var errors = new ArrayList<String>();
    for (var source : sources) {
      for (var account : source.accounts()) {
        if (account.error() != null) {
          errors.add(account.source() + ": " + account.error());
        }
      }
    }
    return errors;
  }

  /// Lets go of what was opened and not read.
  @Override
  public void close() throws IOException {
    for (var source : sources) {
      if (source instanceof Closeable opened) {
        opened.close();
      }
    }
  }

  /// What the items of a block have in common: the last one to be settled settles the block.
  static final class Share {
    private final Work work;
    private final AtomicInteger open;
    private final AtomicReference<Outcome> worst = new AtomicReference<>(Outcome.OUT);

    private Share(Work work, int items) {
      this.work = work;
      open = new AtomicInteger(items);
    }

    /// @return the block's outcome, if this was the last of its items
    private @Nullable Outcome settled(Outcome outcome) {
      worst.accumulateAndGet(outcome, (a, b) -> a.compareTo(b) >= 0 ? a : b);
      return open.decrementAndGet() == 0 ? worst.get() : null;
    }
  }

  private final class Items implements Source<LogItem> {
    private final RunSource source;

    Items(RunSource source) {
      this.source = source;
    }

    @Override
    public Cursor<LogItem> open() throws Exception {
      var blocks = source.open();
      return new Cursor<>() {
        private Iterator<LogItem> pending = List.<LogItem>of().iterator();

        @Override
        public @Nullable LogItem next() throws Exception {
          while (!pending.hasNext()) {
            var work = blocks.next();
            if (work == null) {
              return null;
            }
            var items = items(work);
            if (items.isEmpty()) { // nothing but a header
              blocks.settled(work, Outcome.OUT);
            }
            pending = items.iterator();
          }
          return pending.next();
        }

        @Override
        public void settled(LogItem item, Outcome outcome) throws Exception {
          var share = item.share();
          var whole = share == null ? null : share.settled(outcome);
          if (share != null && whole != null) {
            blocks.settled(share.work, whole);
          }
        }

        @Override
        public void close() throws Exception {
          blocks.close();
        }
      };
    }

    /// What is in a block, in the order of its lines; blank ones come last, since nobody asks where
    /// they were.
    private List<LogItem> items(Work work) {
      var parsed = work.parse(parser);
      int count =
          parsed.records().size() + parsed.rejected().size() + Math.toIntExact(parsed.filtered());
      var share = new Share(work, count);
      var items = new ArrayList<LogItem>(count);
      parsed.records().forEach(one -> items.add(LogItem.of(one, share)));
      parsed.rejected().forEach(one -> items.add(LogItem.of(one, share)));
      items.sort(Comparator.comparingLong(LogItem::line));
      for (long i = 0; i < parsed.filtered(); i++) {
        items.add(LogItem.blank(share));
      }
      return items;
    }
  }
}
