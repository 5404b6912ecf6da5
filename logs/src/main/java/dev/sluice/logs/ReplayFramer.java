package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Cuts a file of rejected lines into blocks of the lines that were rejected, each with the source,
/// number and offset that it had.
///
/// What was kept only in part stays rejected, with its reason: read again it would be a record of
/// half a line. What is no entry of such a file is rejected with its place in the file itself.
final class ReplayFramer implements Framer {
  private static final int MOST_GAP = 2; // "\r\n"

  private final String name;
  private final LineFramer lines;
  private final LongAdder partial;
  private final LineParser parser =
      Dialect.of(LogFormat.JSON).newParser(new Assumptions(ZoneOffset.UTC, Instant.EPOCH));
  private final Deque<Block> ready = new ArrayDeque<>();
  private Dialect dialect = Dialect.of(LogFormat.PLAIN);

  /// What became of lines that stand one after another, and not yet a block.
  private final List<Entry> run = new ArrayList<>();

  private final List<Rejected> rejected = new ArrayList<>();

  /// A line that was rejected once.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(String source, long line, long offset, byte[] text) {
    boolean isFollowedBy(Entry next) {
      long gap = next.offset - offset - text.length;
      return source.equals(next.source) && next.line == line + 1 && gap >= 1 && gap <= MOST_GAP;
    }
  }

  /// @param name what the user calls the file
  /// @param partial counts what was kept only in part
  ReplayFramer(String name, LineFramer lines, LongAdder partial) {
    this.name = name;
    this.lines = lines;
    this.partial = partial;
    lines.format(LogFormat.JSON);
  }

  @Override
  public void dialect(Dialect known) {
    dialect = known;
  }

  @Override
  public byte[] head() {
    return lines.head();
  }

  @Override
  public boolean headIsAll() {
    return lines.headIsAll();
  }

  @Override
  public @Nullable Block next() throws IOException {
    while (ready.isEmpty()) {
      var block = lines.next();
      if (block == null) {
        return null;
      }
      read(block);
    }
    return ready.removeFirst();
  }

  private void read(Block block) {
    rejected.addAll(block.rejected());
    for (int i = 0; i < block.count(); i++) {
      read(block, block.firstLine() + i, block.starts()[i], block.ends()[i]);
    }
    endRun();
    endRejected();
    account(block);
  }

  private void read(Block block, long line, int from, int to) {
    byte[] bytes = block.bytes();
    if (Bytes.isBlank(bytes, from, to)) {
      add(new Entry(name, line, block.offset() + from, new byte[0]));
      return;
    }
    switch (parser.parse(name, line, bytes, from, to)) {
      case LogRecord entry -> read(entry, block, from, to);
      case Malformed malformed ->
          reject(block, line, from, to, malformed.reason(), malformed.detail());
    }
  }

  private void read(LogRecord entry, Block block, int from, int to) {
    if (value(entry, "source") instanceof String source
        && value(entry, "line") instanceof Long line
        && value(entry, "offset") instanceof Long offset
        && value(entry, "reason") instanceof String reason
        && value(entry, "text") instanceof String text
        && value(entry, "truncated") instanceof Boolean truncated) {
      byte[] exact = exact(text, value(entry, "bytes"));
      if (exact != null) {
        var unit = new Rejected(source, line, offset, reason, detail(entry), exact, exact.length);
        if (truncated || unit.isPartial()) {
          partial.increment();
          reject(truncated ? withLength(unit, exact.length + 1L) : unit);
        } else {
          add(new Entry(source, line, offset, exact));
        }
        return;
      }
    }
    reject(
        block,
        entry.line(),
        from,
        to,
        "no-reject",
        "not a rejected line of sluice (expected source, line, offset, reason, text and truncated)");
  }

  private static String detail(LogRecord entry) {
    return value(entry, "detail") instanceof String detail ? detail : "";
  }

  private static Rejected withLength(Rejected unit, long length) {
    return new Rejected(
        unit.source(),
        unit.line(),
        unit.offset(),
        unit.reason(),
        unit.detail(),
        unit.bytes(),
        length);
  }

  private static byte @Nullable [] exact(String text, @Nullable Object base64) {
    if (base64 == null) {
      return text.getBytes(UTF_8);
    }
    try {
      return Base64.getDecoder().decode(base64.toString());
    } catch (IllegalArgumentException e) {
      return null; // told as no entry
    }
  }

  private static @Nullable Object value(LogRecord entry, String key) {
    var columns = entry.shape().columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(key)) {
        return entry.values()[i];
      }
    }
    return null;
  }

  private void reject(Block block, long line, int from, int to, String reason, String detail) {
    reject(
        new Rejected(
            name,
            line,
            block.offset() + from,
            reason,
            detail,
            Bytes.kept(block.bytes(), from, to),
            to - from));
  }

  private void reject(Rejected unit) {
    endRun();
    if (!rejected.isEmpty() && !rejected.getLast().source().equals(unit.source())) {
      endRejected();
    }
    rejected.add(unit);
  }

  private void add(Entry entry) {
    endRejected();
    if (!run.isEmpty() && !run.getLast().isFollowedBy(entry)) {
      endRun();
    }
    run.add(entry);
  }

  private void endRun() {
    if (run.isEmpty()) {
      return;
    }
    var first = run.getFirst();
    var bytes = new ByteArrayOutputStream();
    var starts = new int[run.size()];
    var ends = new int[run.size()];
    for (int i = 0; i < starts.length; i++) {
      var entry = run.get(i);
      while (first.offset + bytes.size() < entry.offset) {
        bytes.write('\n');
      }
      starts[i] = bytes.size();
      bytes.writeBytes(entry.text);
      ends[i] = bytes.size();
    }
    ready.add(
        new Block(
            first.source,
            dialect.format(),
            bytes.toByteArray(),
            starts,
            ends,
            starts.length,
            first.line,
            first.offset,
            List.of(),
            0,
            0,
            0,
            dialect,
            null));
    run.clear();
  }

  private void endRejected() {
    if (rejected.isEmpty()) {
      return;
    }
    var first = rejected.getFirst();
    ready.add(
        new Block(
            first.source(),
            dialect.format(),
            new byte[0],
            new int[0],
            new int[0],
            0,
            first.line(),
            first.offset(),
            List.copyOf(rejected),
            0,
            0,
            0));
    rejected.clear();
  }

  /// Lets the last of the blocks account for the bytes and lines of the file that they are from.
  private void account(Block from) {
    var last =
        ready.isEmpty()
            ? new Block(
                name,
                dialect.format(),
                new byte[0],
                new int[0],
                new int[0],
                0,
                1,
                0,
                List.of(),
                0,
                0,
                0)
            : ready.removeLast();
    ready.add(
        new Block(
            last.source(),
            last.format(),
            last.bytes(),
            Arrays.copyOf(last.starts(), last.count()),
            Arrays.copyOf(last.ends(), last.count()),
            last.count(),
            last.firstLine(),
            last.offset(),
            last.rejected(),
            from.size(),
            from.physicalLines(),
            from.skipped(),
            last.dialect(),
            last.places()));
  }
}
