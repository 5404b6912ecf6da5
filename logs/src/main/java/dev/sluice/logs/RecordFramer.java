package dev.sluice.logs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes blocks of records out of blocks of lines, as a [Grouping] has it: several lines may be one
/// record, some are headers. Used by one thread.
///
/// - A record is never in two blocks, and its place is that of its first line.
/// - Its lines end with `\n` here. Blank lines at its end are units of their own.
/// - It has at most [#MOST_LINES] lines and [#MOST_BYTES] bytes. What follows beyond that and still
///   belongs to it is one unit, rejected as `too-long`.
/// - Where a line was rejected, the record before it ends.
/// - The last record is held back until the line after it shows that it has ended, or the stream
///   does, or nothing has come for a while.
///
/// The sizes of all blocks add up to the bytes of the stream, and so do their physical lines. Where
/// a block ends nothing is pending, so that whoever begins to read there finds the same records.
final class RecordFramer {
  static final int MOST_LINES = 1_000;
  static final int MOST_BYTES = LineFramer.LONGEST_LINE;

  /// Where the lines come from; null at the end.
  @FunctionalInterface
  interface Lines {
    @Nullable Block next() throws IOException;
  }

  /*
   * stream   ... | finished units | open[0] ...            at
   *              ^                ^                        ^
   *           emitted        the next block ends here    fed up to here
   *
   * Lines of two interleaved streams may overtake each other: a unit of one is finished while a record of the other,
   * which began before it, is open. No block can end then, so the overtaken record is not waited for without bound.
   */
  private final String source;
  private final Lines lines;
  private final int maxLines;
  private final int maxBytes;
  private final Grouping grouping;
  private Dialect dialect;

  private final ArrayDeque<Block> ready = new ArrayDeque<>();
  private final @Nullable Open[] open = new @Nullable Open[2];
  private @Nullable Open spare;
  private final ArrayDeque<Line> again = new ArrayDeque<>();
  private boolean begun;
  private @Nullable IOException failure;
  private boolean ended;

  private byte[] units = new byte[64 * 1024];
  private int length;
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private long[] unitLines = new long[64];
  private long[] unitOffsets = new long[64];
  private int count;
  private List<Rejected> rejected = new ArrayList<>();
  private long skipped;

  private long emittedOffset;
  private long emittedLine = 1;
  private long atOffset;
  private long atLine = 1;

  /// A line that is looked at again.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Line(byte[] bytes, long line, long offset) {}

  /// A record that may go on.
  private static final class Open {
    long line;
    long offset;
    byte[] bytes = new byte[1024];
    int length;
    int lines;
    int[] lineStarts = new int[8];
    long[] offsets = new long[8];
    long[] numbers = new long[8];
    int solidLength;
    int solidLines;
    boolean overtaken;

    /// What was more than the record may have: its line, its offset, its beginning, its length.
    long restLine = -1;

    long restOffset;
    final ByteArrayOutputStream restKept = new ByteArrayOutputStream(0);
    long restLength;

    void begin(long atLine, long atOffset) {
      line = atLine;
      offset = atOffset;
      length = 0;
      lines = 0;
      solidLength = 0;
      solidLines = 0;
      overtaken = false;
      restLine = -1;
      restKept.reset();
      restLength = 0;
    }

    void add(byte[] b, int from, int to, long number, long at, boolean blank) {
      int size = to - from;
      if (length + size + 1 > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(length + size + 1, 2 * bytes.length));
      }
      if (lines == lineStarts.length) {
        lineStarts = Arrays.copyOf(lineStarts, 2 * lines);
        offsets = Arrays.copyOf(offsets, 2 * lines);
        numbers = Arrays.copyOf(numbers, 2 * lines);
      }
      if (lines > 0) {
        bytes[length++] = '\n';
      }
      lineStarts[lines] = length;
      numbers[lines] = number;
      offsets[lines++] = at;
      System.arraycopy(b, from, bytes, length, size);
      length += size;
      if (!blank) {
        solidLength = length;
        solidLines = lines;
      }
    }

    int lineEnd(int i) {
      return i + 1 < lines ? lineStarts[i + 1] - 1 : length;
    }

    void addRest(byte[] b, int from, int to, long at, long number) {
      if (restLine < 0) {
        restLine = number;
        restOffset = at;
        restLength = -1; // no line end before the first
      } else if (restKept.size() < Rejected.KEPT_BYTES) {
        restKept.write('\n');
      }
      restKept.write(b, from, Math.min(to - from, Rejected.KEPT_BYTES - restKept.size()));
      restLength += to - from + 1;
    }
  }

  RecordFramer(
      String source, Lines lines, Dialect dialect, Grouping grouping, int maxLines, int maxBytes) {
    this.source = source;
    this.lines = lines;
    this.dialect = dialect;
    this.grouping = grouping;
    this.maxLines = maxLines;
    this.maxBytes = maxBytes;
  }

  /// Returns the next block, or null at the end. Fails as its lines do, after all blocks before.
  @Nullable Block next() throws IOException {
    while (ready.isEmpty()) {
      if (ended) {
        var cause = failure;
        failure = null;
        if (cause != null) {
          throw cause;
        }
        return null;
      }
      read();
    }
    return ready.poll();
  }

  private void read() {
    Block block;
    try {
      block = lines.next();
    } catch (IOException e) {
      failure = e; // told after the blocks before it
      block = null;
    }
    if (block == null) {
      ended = true;
      finishAll();
      emit(true);
      return;
    }
    if (!begun) {
      begin(block);
    }
    if (block.size() == 0 && block.rejected().isEmpty()) {
      finishAll(); // nothing has come for a while
      emit(false);
      return;
    }
    skipped += block.skipped();
    if (!block.rejected().isEmpty()) {
      finishAll();
      rejected.addAll(block.rejected());
    }
    for (int i = 0; i < block.count(); i++) {
      feed(block.bytes(), block.starts()[i], block.ends()[i], block.line(i), block.offset(i));
      feedAgain();
    }
    atOffset = block.offset() + block.bytes().length;
    atLine = block.firstLine() + block.count();
    if (length > MOST_BYTES || count > MOST_LINES + maxLines) {
      finishOvertaken();
    }
    emit(false);
  }

  /// The lines need not begin at the beginning of their file.
  private void begin(Block first) {
    begun = true;
    emittedOffset = first.offset() + first.bytes().length - first.size();
    emittedLine = first.firstLine() + first.count() - first.physicalLines();
    atOffset = emittedOffset;
    atLine = emittedLine;
  }

  private void feedAgain() {
    for (var line = again.poll(); line != null; line = again.poll()) {
      feed(line.bytes, 0, line.bytes.length, line.line, line.offset);
    }
  }

  private void feed(byte[] b, int from, int to, long line, long offset) {
    atOffset = offset;
    atLine = line;
    if (Bytes.isBlank(b, from, to)) {
      var current = open[grouping.lane()];
      if (current == null) {
        unit(b, from, from, line, offset);
      } else {
        add(current, b, from, to, line, offset, true);
      }
      return;
    }
    var part = grouping.part(b, from, to);
    int lane = grouping.lane();
    int other = 1 - lane;
    if (open[other] != null && !grouping.waits(other)) {
      finish(other, true);
    }
    if (part == Grouping.Part.HEADER) {
      finish(lane, true);
      skipped++;
      var changed = grouping.changed();
      if (changed != null) {
        emit(false);
        dialect = changed;
      }
      return;
    }
    if (part == Grouping.Part.FIRST) {
      finish(lane, true);
    }
    var current = open[lane];
    if (current == null) {
      current = spare == null ? new Open() : spare;
      spare = null;
      current.begin(line, offset);
      open[lane] = current;
    }
    add(current, b, from, to, line, offset, false);
    if (grouping.whole()) {
      finish(lane, true);
    }
  }

  private void add(
      Open current, byte[] b, int from, int to, long line, long offset, boolean blank) {
    boolean fits =
        current.restLine < 0
            && current.lines < MOST_LINES
            && (current.lines == 0 || current.length + 1 + to - from <= MOST_BYTES);
    if (fits) {
      current.add(b, from, to, line, offset, blank);
    } else if (grouping.cut() == Grouping.Cut.RETRY) {
      again.addFirst(new Line(Arrays.copyOfRange(b, from, to), line, offset));
      finish(grouping.lane(), false);
      grouping.ended(grouping.lane());
    } else {
      current.addRest(b, from, to, offset, line);
    }
  }

  private void finishAll() {
    long offset = atOffset;
    long line = atLine;
    while (open[0] != null || open[1] != null) {
      for (int lane = 0; lane < open.length; lane++) {
        finish(lane, false);
        grouping.ended(lane);
      }
      feedAgain();
    }
    atOffset = offset;
    atLine = line;
  }

  private void finishOvertaken() {
    for (int lane = 0; lane < open.length; lane++) {
      var one = open[lane];
      if (one != null && one.overtaken) {
        finish(lane, false);
        grouping.ended(lane);
      }
    }
  }

  /// @param whole whether nothing of the record is missing
  private void finish(int lane, boolean whole) {
    var record = open[lane];
    if (record == null) {
      return;
    }
    open[lane] = null;
    boolean broken = !whole || grouping.waits(lane);
    if (broken && grouping.cut() == Grouping.Cut.RETRY && record.lines > 1) {
      retry(record);
    } else {
      finish(record);
    }
    if (record.bytes.length <= maxBytes) {
      spare = record;
    }
  }

  private void finish(Open record) {
    if (record.restLine >= 0 && grouping.cut() == Grouping.Cut.REJECT) {
      rejected.add(
          new Rejected(
              source,
              record.line,
              record.offset,
              "too-long",
              "the record has more than %,d lines or %,d bytes".formatted(MOST_LINES, MOST_BYTES),
              Bytes.kept(record.bytes, 0, record.length),
              record.length + 1 + record.restLength));
      return;
    }
    unit(record.bytes, 0, record.solidLength, record.line, record.offset);
    for (int i = record.solidLines; i < record.lines; i++) {
      unit(record.bytes, 0, 0, record.numbers[i], record.offsets[i]);
    }
    if (record.restLine >= 0) {
      rejected.add(
          new Rejected(
              source,
              record.restLine,
              record.restOffset,
              "too-long",
              "the rest of the record of line %d, which has more than %,d lines or %,d bytes"
                  .formatted(record.line, MOST_LINES, MOST_BYTES),
              record.restKept.toByteArray(),
              record.restLength));
    }
  }

  /// Makes the first line of a record one of its own. Those after it come before what is already
  /// waiting to be looked at again.
  private void retry(Open record) {
    for (int i = record.lines - 1; i > 0; i--) {
      var line = Arrays.copyOfRange(record.bytes, record.lineStarts[i], record.lineEnd(i));
      again.addFirst(new Line(line, record.numbers[i], record.offsets[i]));
    }
    unit(record.bytes, 0, record.lineEnd(0), record.line, record.offset);
  }

  private void unit(byte[] b, int from, int to, long line, long offset) {
    int size = to - from;
    if (length + size + 1 > units.length) {
      units = Arrays.copyOf(units, Math.max(length + size + 1, 2 * units.length));
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      unitLines = Arrays.copyOf(unitLines, 2 * count);
      unitOffsets = Arrays.copyOf(unitOffsets, 2 * count);
    }
    System.arraycopy(b, from, units, length, size);
    starts[count] = length;
    length += size;
    ends[count] = length;
    unitLines[count] = line;
    unitOffsets[count++] = offset;
    for (var record : open) {
      if (record != null) {
        record.overtaken = true;
      }
    }
  }

  /// Makes a block of what is finished, if anything is, or if the stream has ended and something is
  /// left to account for.
  private void emit(boolean all) {
    long toOffset = atOffset;
    long toLine = atLine;
    for (var record : open) {
      if (record == null) {
        continue;
      }
      if (record.overtaken) {
        return;
      }
      if (record.offset < toOffset) {
        toOffset = record.offset;
        toLine = record.line;
      }
    }
    boolean something =
        count > 0 || !rejected.isEmpty() || (all && (toOffset > emittedOffset || skipped > 0));
    if (!something) {
      return;
    }
    ready.add(
        new Block(
            source,
            dialect.format(),
            Arrays.copyOf(units, length),
            Arrays.copyOf(starts, count),
            Arrays.copyOf(ends, count),
            count,
            count > 0 ? unitLines[0] : toLine,
            toOffset - length,
            rejected,
            toOffset - emittedOffset,
            toLine - emittedLine,
            skipped,
            dialect,
            new Block.Places(Arrays.copyOf(unitLines, count), Arrays.copyOf(unitOffsets, count))));
    emittedOffset = toOffset;
    emittedLine = toLine;
    length = 0;
    count = 0;
    rejected = new ArrayList<>();
    skipped = 0;
    if (units.length > 4 * maxBytes) {
      units = new byte[64 * 1024]; // a giant has gone by
    }
  }
}
