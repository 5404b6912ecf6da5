package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records and blocks made by hand.
final class TargetFixtures {
  static final Shape COMBINED = new Shape(LogFormat.COMBINED, LogFormat.COMBINED.columns());

  private TargetFixtures() {}

  /// A record of JSON from keys and values in turn.
  static LogRecord json(long line, @Nullable Object... keysAndValues) {
    return logRecord(LogFormat.JSON, "app.jsonl", line, keysAndValues);
  }

  static LogRecord logRecord(
      LogFormat format, String source, long line, @Nullable Object... keysAndValues) {
    var columns = new ArrayList<Column>();
    var values = new ArrayList<@Nullable Object>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      columns.add(new Column(String.valueOf(keysAndValues[i]), Column.Type.TEXT));
      values.add(keysAndValues[i + 1]);
    }
    return new LogRecord(
        source, line, "2026-11-21T10:00:00Z", new Shape(format, columns), values.toArray());
  }

  static LogRecord access(
      String source, long line, String path, long status, @Nullable Long bytes) {
    return new LogRecord(
        source,
        line,
        "2026-11-21T10:00:%02dZ".formatted(line % 60),
        COMBINED,
        new @Nullable Object[] {
          "10.0.0.1", null, null, "GET", path, "HTTP/1.1", status, bytes, null, "curl/8", null
        });
  }

  static List<ParsedBlock> blocks(LogRecord... records) {
    return List.of(block("test.log", Arrays.asList(records), List.of()));
  }

  static List<ParsedBlock> rejects(Rejected... rejected) {
    return List.of(block("test.log", List.of(), Arrays.asList(rejected)));
  }

  static ParsedBlock block(String source, List<LogRecord> records, List<Rejected> rejected) {
    var block =
        new Block(
            source,
            LogFormat.JSON,
            new byte[0],
            new int[0],
            new int[0],
            0,
            1,
            0,
            List.of(),
            1_000,
            10,
            0);
    return new ParsedBlock(block, records, rejected, 0);
  }

  /// `blocks` as they come to a target: with what their records add up to for it.
  static List<ParsedBlock> added(Target target, List<ParsedBlock> blocks) {
    return blocks.stream().map(block -> block.with(Sums.begin(target.aggregates()))).toList();
  }

  static Rejected rejected(String source, long line, String reason, String text) {
    return new Rejected(
        source, line, 0, reason, "a detail", text.getBytes(UTF_8), text.getBytes(UTF_8).length);
  }

  /// As many records as asked for, each with its number as the value of `n`.
  static List<ParsedBlock> numbered(int from, int count) {
    var shape = new Shape(LogFormat.JSON, List.of(new Column("n", Column.Type.INTEGER)));
    var records = new ArrayList<LogRecord>();
    for (int i = from; i < from + count; i++) {
      records.add(new LogRecord("n.jsonl", i, null, shape, new Object[] {(long) i}));
    }
    return Collections.nCopies(1, block("n.jsonl", records, List.of()));
  }
}
