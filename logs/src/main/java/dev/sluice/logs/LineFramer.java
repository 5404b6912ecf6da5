package dev.sluice.logs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Cuts a stream of bytes into blocks of lines. Used by one thread; does not close its stream.
///
/// - A line ends with `\n` or `\r\n`, the last one also with the stream.
/// - A byte order mark of UTF-8 at the start, and a run of NUL bytes at the start of a line, are
///   skipped.
/// - A line of more than 1 MiB is rejected as `too-long`, with its beginning.
/// - Where a compressed stream breaks ([ZipException], [EOFException]), the stream ends with one
///   unit rejected as `undecodable`, which has the bytes of the line that was cut off.
///
/// [#next] never waits for more while it has a complete line. Whatever the stream holds, this holds
/// little more than one line and one block. The sizes of all blocks add up to the bytes of the
/// stream, and so do their physical lines.
///
/// If the thread is interrupted while it reads, and the stream notices, the complete lines are the
/// last block; a line that was not yet complete is not accounted for.
final class LineFramer implements Framer {
  static final int BLOCK_LINES = 1_024;
  static final int BLOCK_BYTES = 256 * 1_024;

  /// The longest line that is not rejected, without its line end.
  static final int LONGEST_LINE = 1 << 20;

  /// How much [#head] shows.
  static final int HEAD_BYTES = 64 * 1_024;

  /// How many times as many lines as usual a block may have that is not cut.
  private static final int MOST_UNCUT = 4;

  private static final int[] NO_PLACES = {};

  /// A line of fewer bytes, as that of an opening brace, tells too little.
  private static final int LEAST_HEAD = 4;

  /*
   * The window: bytes [start, limit) of `buffer` are read but not yet given away, `start` begins a line, and there is
   * no line end in [start, scanned). Its first byte is at `offset` of the stream.
   *
   * What was passed over since the last block (NULs, a mark, a rejected line) waits in `passed...` and goes with the
   * next block, so that the sums are exact.
   */
  private final String source;
  private final InputStream in;
  private final int maxLines;
  private final int maxBytes;
  private @Nullable Dialect dialect;
  private @Nullable RecordFramer records;
  private @Nullable JournalFramer journal;

  private byte[] buffer;
  private int start;
  private int scanned;
  private int limit;
  private long offset;
  private long line = 1;

  /// The lines that [#cut] found, from the window's start, and where in `buffer` what follows them
  /// begins.
  private final int[] starts;

  private final int[] ends;
  private int cutEnd;

  /// Whether blocks may be left uncut, and whether the one in the making is.
  private boolean mayBeUncut;

  private boolean uncut;

  private long passedBytes;
  private long passedLines;
  private long passedRuns;
  private List<Rejected> passed = List.of();

  /// Bytes of blocks that are done with: never more than there were on their way at a time.
  private final Queue<byte[]> used = new ConcurrentLinkedQueue<>();

  private boolean begun;
  private boolean continued;
  private long told = -1;
  private boolean inNuls;

  /// Whether nothing has come for a while: only of a stream that goes on, as that of a followed
  /// file.
  private boolean quiet;

  private boolean ended;
  private @Nullable IOException failure;
  private @Nullable Unfinished unfinished;

  /// A line that was passed over, or as much of it as there is.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Unfinished(long offset, byte[] kept, long length) {}

  /// @param source what the user calls the stream
  /// @param in read only as far as [#next] needs
  /// @param maxBlockLines the most lines of a block
  /// @param maxBlockBytes the most bytes of a block, unless its only line has more
  LineFramer(String source, InputStream in, int maxBlockLines, int maxBlockBytes) {
    if (maxBlockLines < 1 || maxBlockBytes < 1) {
      throw new IllegalArgumentException(
          "a block must have room for at least 1 line and 1 byte, but was given %d and %d"
              .formatted(maxBlockLines, maxBlockBytes));
    }
    this.source = source;
    this.in = in;
    maxLines = maxBlockLines;
    maxBytes = maxBlockBytes;
    buffer = new byte[Math.max(HEAD_BYTES, 2 * Math.min(maxBlockBytes, LONGEST_LINE / 2))];
    starts = new int[maxBlockLines];
    ends = new int[maxBlockLines];
  }

  LineFramer(String source, InputStream in) {
    this(source, in, BLOCK_LINES, BLOCK_BYTES);
  }

  /// Says what format the lines have; before the first [#next].
  void format(LogFormat known) {
    dialect(Dialect.of(known));
  }

  /// Says what format the lines have; before the first [#next]. If several of them may be one
  /// record, the blocks are of records from now on.
  @Override
  public void dialect(Dialect known) {
    dialect = known;
    if (known.format() == LogFormat.JOURNAL) {
      begin();
      journal =
          new JournalFramer(
              source, new Rest(), known, offset, line, passedBytes, passedRuns, maxLines, maxBytes);
      return;
    }
    var grouping = known.newGrouping(line == 1);
    if (grouping != null) {
      records = new RecordFramer(source, this::lines, known, grouping, maxLines, maxBytes);
    }
  }

  /// Says that blocks may be left uncut if the parser of their format finds the lines by itself;
  /// before anything else.
  void mayBeUncut() {
    mayBeUncut = true;
  }

  /// Says that the stream begins in the middle of a file; before anything else.
  ///
  /// @param fileOffset where
  /// @param firstLine the number of the line that begins there
  void from(long fileOffset, long firstLine) {
    offset = fileOffset;
    line = firstLine;
  }

  /// The number of the line that the next block begins with.
  long line() {
    return line;
  }

  /// Whether the window holds the beginning of a line whose end has not been read.
  boolean isAmidLine() {
    return limit > start || passedBytes > 0;
  }

  /// Says that the stream begins in the middle of its source; before anything else.
  ///
  /// @param from where it begins; if it is `ended`, a damage found right there has been told
  /// @param withinLine whether the line before was told without its end. What is left of it is
  ///   rejected as `continued`, unless only the line end is
  void startAt(Position from, boolean withinLine) {
    offset = from.offset();
    line = from.line();
    begun = true; // a byte order mark stands only at the very start
    continued = withinLine;
    told = from.ended() ? from.offset() : -1;
  }

  /// Shows up to [#HEAD_BYTES] of what comes next, after NULs and a mark, without taking it. Waits
  /// until it has a complete line, or so many bytes, or the end; shows more if more is there.
  @Override
  public byte[] head() {
    begin();
    while (!ended
        && limit - start < HEAD_BYTES
        && (!hasLine() || limit - start < LEAST_HEAD || isMoreThere())) {
      fill();
      if (quiet && hasLine()) {
        break;
      }
    }
    return Arrays.copyOfRange(buffer, start, Math.min(limit, start + HEAD_BYTES));
  }

  private boolean isMoreThere() {
    try {
      return in.available() > 0;
    } catch (IOException e) {
      return false; // a pipe cannot tell; what is wrong otherwise, the next read will say
    }
  }

  /// Whether [#head] shows all that is left of the stream.
  @Override
  public boolean headIsAll() {
    return ended && limit - start <= HEAD_BYTES;
  }

  private boolean hasLine() {
    int newline = Bytes.indexOf(buffer, scanned, limit, '\n');
    scanned = newline < 0 ? limit : newline;
    return newline >= 0;
  }

  /// Returns the next block, or null at the end.
  ///
  /// @throws IOException if the stream fails in another way than those above; all complete lines
  ///   before it were returned
  @Override
  public @Nullable Block next() throws IOException {
    if (journal != null) {
      return journal.next();
    }
    return records == null ? lines() : records.next();
  }

  private @Nullable Block lines() throws IOException {
    begin();
    if (continued) {
      continued = false;
      passContinued();
    }
    while (true) {
      passNuls();
      int count = parserFindsLines() ? count() : cut();
      if (count > 0 || !passed.isEmpty()) {
        return block(count);
      }
      if (isTooLong()) {
        passTooLong();
      } else if (!ended) {
        fill();
        if (quiet && records != null) {
          cutEnd = start; // the window has moved since the cut
          return block(0); // more of its lines may never come
        }
      } else {
        return last();
      }
    }
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    while (offset == 0 && !ended && limit < 3 && startsLikeMark()) {
      fill();
    }
    if (offset == 0 && limit >= 3 && startsLikeMark()) {
      pass(3);
    }
    passNuls();
    while (start == limit && !ended) {
      fill();
      passNuls();
    }
  }

  private boolean startsLikeMark() {
    return (limit < 1 || buffer[0] == (byte) 0xef)
        && (limit < 2 || buffer[1] == (byte) 0xbb)
        && (limit < 3 || buffer[2] == (byte) 0xbf);
  }

  /// Passes over the NUL bytes at the start of the window.
  private void passNuls() {
    int end = Bytes.skipNuls(buffer, start, limit);
    if (end > start && !inNuls) {
      passedRuns++;
      inNuls = true;
    }
    pass(end - start);
    if (start < limit) {
      inNuls = false;
    }
  }

  private void pass(int bytes) {
    start += bytes;
    scanned = Math.max(scanned, start);
    offset += bytes;
    passedBytes += bytes;
  }

  private boolean parserFindsLines() {
    return mayBeUncut && records == null && dialect != null && dialect.format() == LogFormat.JSON;
  }

  /// Finds where the next block ends, and returns how many lines it has: all that fit.
  private int count() {
    int end = Math.min(limit, start + maxBytes);
    while (end > scanned && buffer[end - 1] != '\n') {
      end--;
    }
    int count = end > scanned ? Bytes.lineEnds(buffer, start, end) : 0;
    if (count <= 0 || count > MOST_UNCUT * maxLines) {
      return cut(); // there are NULs, or the lines are very short or very long
    }
    uncut = true;
    cutEnd = end;
    return count;
  }

  /// Finds the lines of the next block and returns how many.
  private int cut() {
    uncut = false;
    int count = 0;
    int at = start;
    while (count < maxLines) {
      int from = Bytes.skipNuls(buffer, at, limit);
      if (from == limit) {
        break;
      }
      int newline = Bytes.indexOf(buffer, Math.max(from, scanned), limit, '\n');
      boolean complete = newline >= 0 || (ended && failure == null);
      int end = newline < 0 ? limit : newline;
      int after = newline < 0 ? limit : newline + 1;
      int to = newline > from && buffer[newline - 1] == '\r' ? newline - 1 : end;
      if (!complete || to - from > LONGEST_LINE || (count > 0 && after - start > maxBytes)) {
        scanned = end; // the caller moves the window to this line
        break;
      }
      passedRuns += from > at ? 1 : 0;
      starts[count] = from - start;
      ends[count] = to - start;
      count++;
      at = after;
    }
    cutEnd = at;
    return count;
  }

  private Block block(int count) {
    if (dialect == null) {
      throw new IllegalStateException("the format of %s is not set".formatted(source));
    }
    int size = cutEnd - start;
    var block =
        new Block(
            source,
            dialect.format(),
            copy(size),
            uncut ? NO_PLACES : Arrays.copyOf(starts, count),
            uncut ? NO_PLACES : Arrays.copyOf(ends, count),
            count,
            line,
            offset,
            passed,
            passedBytes + size,
            passedLines + count,
            passedRuns,
            dialect,
            null);
    start = cutEnd;
    scanned = Math.max(scanned, start);
    offset += size;
    line += count;
    passedBytes = 0;
    passedLines = 0;
    passedRuns = 0;
    passed = List.of();
    return block;
  }

  /// A copy of what the next block has. Memory that was used lately is still in the processor's
  /// caches: taking new one for each block costs as much as finding its lines.
  private byte[] copy(int size) {
    if (records != null) {
      return Arrays.copyOfRange(buffer, start, start + size); // it keeps them, and says when not
    }
    byte[] copy = size > maxBytes || size < maxBytes / 2 ? new byte[size] : used.poll();
    if (copy == null) {
      copy = new byte[maxBytes];
    }
    System.arraycopy(buffer, start, copy, 0, size);
    return copy;
  }

  /// Takes back the bytes of a block that nobody looks at any more. Any thread may call this.
  @Override
  public void recycle(Block block) {
    if (records == null && journal == null && block.bytes().length == maxBytes) {
      used.add(block.bytes());
    }
  }

  /// Whether the line at the start of the window, which [#cut] did not take, is too long: then even
  /// without the `\r` that may be its last byte here.
  private boolean isTooLong() {
    int length = limit - start;
    return length > LONGEST_LINE + 1 || (length > LONGEST_LINE && ended && failure == null);
  }

  private void passTooLong() {
    var whole = passLine();
    if (whole == null) {
      return;
    }
    passed =
        List.of(
            new Rejected(
                source,
                line,
                whole.offset(),
                "too-long",
                "the line has %d bytes (expected at most %d)"
                    .formatted(whole.length(), LONGEST_LINE),
                whole.kept(),
                whole.length()));
    passedLines++;
    line++;
  }

  /// Passes over the rest of a line whose beginning an earlier run took for all of it.
  private void passContinued() {
    while (!ended && limit - start < HEAD_BYTES && !hasLine()) {
      fill();
    }
    var rest = limit > start ? passLine() : null;
    if (rest == null || rest.length() == 0) {
      return;
    }
    passed =
        List.of(
            new Rejected(
                source,
                line - 1,
                rest.offset(),
                Rejected.CONTINUED,
                "the line was read before it was complete; this is the rest of it",
                rest.kept(),
                rest.length()));
  }

  /// Passes over the line at the start of the window, and returns what was kept of it; null if a
  /// failure cut it off, which [#last] tells.
  private @Nullable Unfinished passLine() {
    long first = offset;
    int complete = Bytes.indexOf(buffer, scanned, limit, '\n');
    byte[] kept = Bytes.kept(buffer, start, complete < 0 ? limit : complete);
    long length = 0;
    boolean carriageReturn = false;
    while (true) {
      int newline = Bytes.indexOf(buffer, scanned, limit, '\n');
      int end = newline < 0 ? limit : newline;
      if (end > start) {
        carriageReturn = buffer[end - 1] == '\r';
      }
      length += end - start;
      pass(end - start);
      if (newline >= 0) {
        pass(1);
        length -= carriageReturn ? 1 : 0;
        break;
      }
      if (failure != null) {
        unfinished = new Unfinished(first, kept, length);
        return null;
      }
      if (ended) {
        break;
      }
      fill();
    }
    return new Unfinished(
        first, kept.length > length ? Arrays.copyOf(kept, (int) length) : kept, length);
  }

  /// What is left when the stream has ended and no complete line is left.
  private @Nullable Block last() throws IOException {
    var cause = failure;
    if (cause == null) {
      return passedBytes > 0 ? block(0) : null;
    }
    if (cause instanceof ClosedByInterruptException || cause instanceof InterruptedIOException) {
      return null;
    }
    if (!(cause instanceof ZipException || cause instanceof EOFException)) {
      throw cause;
    }
    var rest =
        unfinished != null
            ? unfinished
            : new Unfinished(offset, Bytes.kept(buffer, start, limit), limit - start);
    if (rest.length() == 0 && rest.offset() == told) {
      return null;
    }
    pass(limit - start);
    cutEnd = start;
    passed =
        List.of(
            new Rejected(
                source,
                line,
                rest.offset(),
                Rejected.UNDECODABLE,
                "the compressed stream is damaged: %s"
                    .formatted(Bytes.excerpt(String.valueOf(cause.getMessage()))),
                rest.kept(),
                rest.length()));
    if (rest.length() > 0) {
      passedLines++;
      line++;
    }
    failure = null;
    return block(0);
  }

  private void fill() {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, limit - start);
      scanned -= start;
      limit -= start;
      start = 0;
    }
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length); // to 2 MiB: a longer line is passed over
    }
    try {
      int read = in.read(buffer, limit, buffer.length - limit);
      quiet = read == 0;
      if (read < 0) {
        ended = true;
      } else {
        limit += read;
      }
    } catch (IOException e) {
      failure = e; // told in last(), after the complete lines
      ended = true;
    }
  }

  /// What is left of the stream, with what was read of it already.
  private final class Rest extends BulkInput {
    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (start < limit) {
        int count = Math.min(length, limit - start);
        System.arraycopy(buffer, start, into, from, count);
        start += count;
        return count;
      }
      if (failure != null) {
        throw failure;
      }
      return ended ? -1 : in.read(into, from, length);
    }
  }
}
