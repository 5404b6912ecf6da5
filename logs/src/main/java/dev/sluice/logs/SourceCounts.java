package dev.sluice.logs;

import dev.sluice.pipelines.Outcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The part that one source has in the account. Any thread may count.
///
/// Files that followed one another under a name have one between them.
final class SourceCounts {
  /// Whoever truncates a file for ever must not fill the memory.
  private static final int MOST_GAPS = 100;

  private final String name;
  private volatile @Nullable Detection detection;
  private Position from = Position.START;
  private volatile @Nullable String error;
  private final List<LogAccount.Gap> gaps = new CopyOnWriteArrayList<>();
  private final LongAdder lines = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final LongAdder read = new LongAdder();
  private final LongAdder written = new LongAdder();
  private final LongAdder filtered = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder abandoned = new LongAdder();

  SourceCounts(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /// Says what it was taken to be.
  void detection(@Nullable Detection found) {
    detection = found;
  }

  @Nullable Detection detection() {
    return detection;
  }

  /// The format of its lines; null if there are none.
  @Nullable LogFormat format() {
    var known = detection;
    return known == null || known.sampled() == 0 ? null : known.format();
  }

  /// Says why it could not be read to its end; null if it can after all.
  void error(@Nullable String reason) {
    error = reason;
  }

  @Nullable String error() {
    return error;
  }

  void gap(LogAccount.Gap gap) {
    if (gaps.size() < MOST_GAPS) {
      gaps.add(gap);
    }
  }

  long lines() {
    return lines.sum();
  }

  long rejected() {
    return rejected.sum();
  }

  /// Counts what goes on its way now.
  void delivered(Work work) {
    var block = work.block();
    lines.add(block.physicalLines());
    bytes.add(block.size());
    skipped.add(block.skipped());
    read.add(work.units());
  }

  /// Counts what was there and had to be thrown away before it could go on its way.
  void dropped(long units, long size) {
    read.add(units);
    lines.add(units);
    bytes.add(size);
    dropped.add(units);
  }

  /// Counts what became of what was delivered.
  void settled(Work work, Outcome outcome) {
    var parsed = work.parsed();
    if (outcome == Outcome.OUT && parsed != null) {
      written.add(parsed.passed());
      filtered.add(parsed.filtered());
      rejected.add(parsed.rejected().size());
    } else {
      abandoned.add(work.units());
    }
  }

  /// The account so far. What is in the hands of a worker that would not end is abandoned. Says
  /// where reading begins, if an earlier run has read what is before.
  void continuedAt(Position position) {
    from = position;
  }

  LogAccount.SourceAccount account() {
    long settled =
        written.sum() + filtered.sum() + rejected.sum() + dropped.sum() + abandoned.sum();
    long all = read.sum();
    var known = format();
    return new LogAccount.SourceAccount(
        name,
        known == null ? null : known.id(),
        all,
        written.sum(),
        filtered.sum(),
        rejected.sum(),
        dropped.sum(),
        abandoned.sum() + (all - settled),
        lines.sum(),
        bytes.sum(),
        skipped.sum(),
        from.offset(),
        from.offset() == 0 ? 0 : from.line(),
        error,
        List.copyOf(gaps));
  }
}
