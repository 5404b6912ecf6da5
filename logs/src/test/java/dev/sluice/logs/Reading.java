package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of a whole log, read as a run reads it: framed, recognised or named, parsed.
record Reading(
    Detection detection,
    List<LogRecord> records,
    List<Rejected> rejected,
    long filtered,
    long units,
    long size,
    long lines,
    long skipped) {

  /// @param named what the user says it is; null to recognise it
  static Reading of(InputStream in, @Nullable String named, int blockLines, int blockBytes)
      throws IOException {
    return of(new LineFramer("app.log", in, blockLines, blockBytes), named);
  }

  /// The same with blocks that are not cut where a parser finds the lines by itself.
  static Reading uncut(InputStream in, @Nullable String named, int blockLines, int blockBytes)
      throws IOException {
    var framer = new LineFramer("app.log", in, blockLines, blockBytes);
    framer.mayBeUncut();
    return of(framer, named);
  }

  private static Reading of(LineFramer framer, @Nullable String named) throws IOException {
    byte[] head = framer.head();
    var detection =
        named == null
            ? FormatDetector.detect(head, framer.headIsAll(), Lines.UTC)
            : FormatDetector.given(Dialect.named(named), head, framer.headIsAll(), Lines.UTC);
    var records = new ArrayList<LogRecord>();
    var rejected = new ArrayList<Rejected>();
    long filtered = 0;
    long units = 0;
    long size = 0;
    long lines = 0;
    long skipped = 0;
    var dialect = detection.dialect();
    if (dialect != null) {
      framer.dialect(dialect);
      var parser = new BlockParser(Lines.UTC, _ -> true);
      for (var block = framer.next(); block != null; block = framer.next()) {
        assertThat(block.offset() + block.bytes().length)
            .as("the end of a block")
            .isGreaterThanOrEqualTo(size);
        var parsed = parser.parse(block);
        records.addAll(parsed.records());
        rejected.addAll(parsed.rejected());
        filtered += parsed.filtered();
        units += block.count() + block.rejected().size();
        size += block.size();
        lines += block.physicalLines();
        skipped += block.skipped();
      }
    }
    return new Reading(detection, records, rejected, filtered, units, size, lines, skipped);
  }

  /// All of it in words, to compare.
  List<String> inWords() {
    var words = new ArrayList<String>();
    for (var it : records) {
      words.add(
          "%d %s %s %s"
              .formatted(it.line(), it.time(), it.shape().columns(), Arrays.toString(it.values())));
    }
    for (var it : rejected) {
      words.add(
          "%d@%d %s: %s %d %s"
              .formatted(
                  it.line(),
                  it.offset(),
                  it.reason(),
                  it.detail(),
                  it.length(),
                  Arrays.toString(it.bytes())));
    }
    words.add("%d %d %d %d %d".formatted(filtered, units, size, lines, skipped));
    return words;
  }

  /// What must hold whatever was read.
  void check(byte[] log) {
    if (detection.binary()) {
      return;
    }
    assertThat(records.size() + rejected.size() + filtered).as("the account").isEqualTo(units);
    assertThat(size).as("bytes").isEqualTo(log.length);
    long physical = 0;
    for (byte b : log) {
      physical += b == '\n' ? 1 : 0;
    }
    int end = log.length;
    while (detection.format() != LogFormat.JOURNAL && end > 0 && log[end - 1] == 0) {
      end--; // NULs at the end are no line, but a value may have some
    }
    boolean unfinished = end > 0 && log[end - 1] != '\n';
    assertThat(lines).as("lines").isBetween(physical, physical + (unfinished ? 1 : 0));
  }
}
