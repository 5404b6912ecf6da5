package dev.sluice.logs;

import dev.sluice.pipelines.Sink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A target of `sluice logs`, for a pipeline that is no [LogRun]: `csv:FILE`, `sqlite:FILE`, ...
/// Used by one thread at a time.
public final class LogWriting implements Sink<List<LogItem>>, AutoCloseable {
  private final Target target;

  private LogWriting(Target target) {
    this.target = target;
  }

  /// Makes the target that `spec` names; touches nothing yet.
  ///
  /// @throws UsageException if there is no such target
  public static LogWriting to(String spec) {
    return new LogWriting(Targets.parse(spec));
  }

  /// Looks at the files that are to be written.
  ///
  /// @throws UsageException if two of `targets` would write the same file
  public static void refuseSameFile(List<LogWriting> targets) {
    LogRun.refuseSameFile(targets(targets));
  }

  static List<Target> targets(List<LogWriting> writings) {
    return writings.stream().map(writing -> writing.target).toList();
  }

  /// How the user knows it.
  public String name() {
    return target.name();
  }

  /// Makes ready to write.
  ///
  /// @param formats the formats that the records may have; none if they may have any fields
  /// @throws UsageException if this target cannot hold such records
  /// @throws IOException with a message that a user can act on
  public void open(Collection<LogFormat> formats) throws IOException {
    target.open(formats.isEmpty() ? List.of(LogFormat.JSON) : List.copyOf(formats));
  }

  /// Writes all of `items` or, if it throws, none. After it returns they stay written.
  ///
  /// @throws ClosedPipeException if whoever read this process's output has left
  @Override
  public void write(List<LogItem> items) throws IOException {
    var records = new ArrayList<LogRecord>(items.size());
    items.forEach(item -> records.add(item.get()));
    if (!records.isEmpty()) {
      var first = records.getFirst();
      target.write(List.of(new ParsedBlock(block(first), records, List.of(), 0)));
    }
  }

  /// A block without lines: the records are what counts.
  private static Block block(LogRecord first) {
    return new Block(
        first.source(),
        first.shape().format(),
        new byte[0],
        new int[0],
        new int[0],
        0,
        first.line(),
        0,
        List.of(),
        0,
        0,
        0);
  }

  /// Ends the writing, and keeps what was written.
  @Override
  public void close() throws IOException {
    target.close();
  }
}
