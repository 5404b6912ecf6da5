package dev.sluice.logs;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a [Checkpoint] keeps for one target. A target in a database keeps its positions there,
/// within its transactions, and takes only the names from here; a file cannot, so its length is
/// kept here together with the positions.
final class Bookmark {
  private final Checkpoint checkpoint;
  private final String target;

  Bookmark(Checkpoint checkpoint, String target) {
    this.checkpoint = checkpoint;
    this.target = target;
  }

  /// What this bookmark is called in a database: which checkpoint it is of, and which target.
  String checkpoint() {
    return checkpoint.id();
  }

  String target() {
    return target;
  }

  long number(String source) {
    return checkpoint.number(source);
  }

  Map<Long, String> sources() {
    return checkpoint.names();
  }

  /// All sources whose positions this run or a later one may ask for.
  Set<Long> numbers() throws IOException {
    return checkpoint.numbers();
  }

  /// Where the target is in each source of this run that it has something of.
  Map<String, Position> positions() throws IOException {
    return checkpoint.positions(target);
  }

  /// How much of its file is right; null if nothing has been recorded.
  Output.@Nullable State output() throws IOException {
    return checkpoint.output(target);
  }

  @Nullable String format() throws IOException {
    return checkpoint.format(target);
  }

  List<String> columns() throws IOException {
    return checkpoint.columns(target);
  }

  void describe(@Nullable String format, List<String> columns) throws IOException {
    checkpoint.describe(target, format, columns);
  }

  /// Keeps that the file is right up to `output`, and holds all before `positions`.
  void record(Output.@Nullable State output, Map<String, Position> positions) throws IOException {
    checkpoint.record(target, output, positions);
  }
}
