package dev.sluice.logs;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads files, and goes on reading what is added to them: until the run ends.
///
/// ```text
///   Scout: looks at names ----starts, steers----> Tail for each file ---> channel ---> cursor
///            |                                      |    TailStream          of Work
///            '--> FollowedFiles <--asks, tells------'    LineFramer
/// ```
///
/// - A renamed file is read on until nobody has written to it for a while; the one that was created
///   in its place begins when the old one has been read to its end. Files that came and went
///   between two looks are found by the names that rotation gives them.
/// - A truncated file begins anew. What had not been read of it is read from the copy that was made
///   before; if there is none, a gap is told, and is in the account.
/// - What directories and globs gain is read from its beginning, also what is compressed, unless it
///   is a copy of a file that was read.
final class Follower implements RunSource {
  private static final int WAITING = 16;

  /// A source's share of the account costs memory for as long as the run lasts.
  private static final int MOST_NAMES = 10_000;

  private static final String OTHERS = "(others)";

  /// How to follow.
  ///
  /// @param arguments what the user named: paths, directories and globs
  /// @param excluded tells files to leave out: what this run writes
  /// @param fromEnd whether to leave out what is there already
  /// @param patience how long a file that nothing leads to must be quiet to be done with
  record Plan(
      List<String> arguments,
      Predicate<Path> excluded,
      boolean fromEnd,
      Duration patience,
      int blockLines,
      @Nullable Dialect given,
      @Nullable Charset encoding,
      Assumptions assumptions) {}

  private final Plan plan;
  private final Consumer<String> tell;
  private final FollowedFiles files = new FollowedFiles();
  private final LongAdder read = new LongAdder();
  private final Map<String, SourceCounts> counts = new LinkedHashMap<>();
  private final List<String> detections = new ArrayList<>();

  /// @param found the files that are there at the start, with their formats; each is read by this
  ///   from now on, and not by its own cursor
  /// @param tell takes what a person must know, from any thread
  Follower(Plan plan, List<LogSource> found, Consumer<String> tell) {
    this.plan = plan;
    this.tell = tell;
    for (var source : found) {
      var its = countsOf(source.name());
      its.detection(source.format() == null ? null : source.detection());
      detections.addAll(source.detections());
      if (plan.fromEnd()) {
        leaveOut(source);
      }
    }
    var paths = new ArrayList<Path>();
    for (var source : found) {
      if (source.path() != null) {
        paths.add(source.path());
      }
    }
    files.ignoreOthers(plan.arguments().stream().map(Path::of).toList(), paths);
  }

  private void leaveOut(LogSource source) {
    var path = source.path();
    if (path != null) {
      try {
        files.remember(Followed.atEnd(source.name(), path));
      } catch (IOException e) {
        countsOf(source.name()).error(Inputs.reason(e)); // and it is tried again
      }
    }
  }

  /// The share that a name has in the account.
  private synchronized SourceCounts countsOf(String name) {
    var known = counts.get(name);
    if (known != null) {
      return known;
    }
    return counts.size() < MOST_NAMES
        ? counts.computeIfAbsent(name, SourceCounts::new)
        : counts.computeIfAbsent(OTHERS, SourceCounts::new);
  }

  private synchronized List<SourceCounts> all() {
    return List.copyOf(counts.values());
  }

  @Override
  public boolean isReadable() {
    return true;
  }

  @Override
  public boolean isEndless() {
    return true;
  }

  @Override
  public Set<LogFormat> formats() {
    var formats = EnumSet.noneOf(LogFormat.class);
    for (var one : all()) {
      var format = one.format();
      if (format != null) {
        formats.add(format);
      }
    }
    return formats;
  }

  @Override
  public List<String> detections() {
    return detections;
  }

  @Override
  public List<LogAccount.SourceAccount> accounts() {
    return all().stream().map(SourceCounts::account).toList();
  }

  @Override
  public long position() {
    return read.sum();
  }

  @Override
  public long size() {
    return -1;
  }

  @Override
  public long lines() {
    return all().stream().mapToLong(SourceCounts::lines).sum();
  }

  @Override
  public long rejected() {
    return all().stream().mapToLong(SourceCounts::rejected).sum();
  }

  @Override
  public List<String> guarantees() {
    return List.of(
        String.join(", ", plan.arguments())
            + (plan.arguments().size() == 1 ? " is" : " are")
            + " followed until a signal: each line once when files are renamed, deleted and created",
        "a file that is truncated (copytruncate): each line once if it had been read, or if the copy lies beside it;"
            + " otherwise the lost bytes are named, here and as 'gaps' in the account");
  }

  @Override
  public Cursor<Work> open() {
    var channel = Channel.<Work>bounded(WAITING);
    var shop =
        new Tail.Shop(
            channel,
            files,
            plan.blockLines(),
            plan.given(),
            plan.encoding(),
            plan.assumptions(),
            plan.patience(),
            read,
            tell);
    var scout = new Scout(plan, shop, this::countsOf);
    scout.start();
    return new Following(channel, scout);
  }

  /// Takes what the tails send. Counted is what is taken: what waits when the run ends has not been
  /// read as far as the account is concerned.
  private static final class Following implements Cursor<Work> {
    private final Channel<Work> channel;
    private final Scout scout;

    Following(Channel<Work> channel, Scout scout) {
      this.channel = channel;
      this.scout = scout;
    }

    @Override
    public Work next() throws Exception {
      try {
        var work = channel.receive();
        work.counts().delivered(work);
        return work;
      } catch (ClosedException e) {
        switch (e.getCause()) {
          case Exception cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw e;
        }
      }
    }

    @Override
    public void settled(Work work, Outcome outcome) {
      work.counts().settled(work, outcome);
    }

    @Override
    public void close() throws InterruptedException {
      scout.stop();
    }
  }
}
