package dev.sluice.logs;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// One input of a run: a file or a stream, its format, and its part of the account. For one run.
///
/// A stream cannot be read twice, so what was opened to look at its beginning stays open for the
/// reading; a file is closed again, so that any number of them may wait.
final class LogSource implements RunSource {
  private static final int KEPT_OF_BINARY = 1024;

  private final String name;
  private final @Nullable Path path;
  private final Blocks blocks;
  private final @Nullable Charset encoding;
  private final long size;
  private final SourceCounts counts;

  private final boolean replays;
  private final LongAdder partial = new LongAdder();
  private Position from = Position.START;
  private boolean nothingNew;
  private @Nullable Opened opened;

  /// Where the reader is in the file as it lies there, compressed or not.
  private final AtomicLong position = new AtomicLong();

  /// A stream that was opened, and what cuts it into lines.
  private record Opened(InputStream in, Framer framer) {}

  /// @param encoding what the user says it is; null to tell UTF-16 by its mark, else UTF-8
  /// @param replays whether it holds rejected lines, whose texts are to be read again
  LogSource(Inputs.Input input, Blocks blocks, @Nullable Charset encoding, boolean replays) {
    this.name = input.name();
    this.path = input.path();
    this.blocks = blocks;
    this.encoding = encoding;
    this.replays = replays;
    this.size = sizeOf(path);
    counts = new SourceCounts(name);
    counts.error(input.error());
  }

  /// Says where reading begins, if not at the start: in the file as it is after decompression and
  /// in UTF-8. Before [#open].
  ///
  /// A file whose lines can't be understood without what comes before them (a header, the record
  /// that they go on with) is read from its start all the same.
  ///
  /// @param start where a line begins
  /// @param unchanged whether the file has not grown since that place was noted
  /// @return where reading begins
  Position resumeAt(Position start, boolean unchanged) {
    nothingNew = start.ended() && unchanged;
    var found = detection();
    var dialect = found == null ? null : found.dialect();
    boolean apart =
        dialect == null
            || (dialect.format() != LogFormat.JOURNAL && dialect.newGrouping(true) == null);
    from = apart || nothingNew ? start : Position.START;
    counts.continuedAt(from);
    return from;
  }

  /// Where `positions`, by the names of sources, are in this one.
  Position in(Map<String, Position> positions) {
    return positions.getOrDefault(name, Position.START);
  }

  /// How many lines of a replay were kept only in part, and so stay rejected.
  long partial() {
    return partial.sum();
  }

  String name() {
    return name;
  }

  @Nullable Path path() {
    return path;
  }

  /// The file of a source that is one.
  Path file() {
    if (path == null) {
      throw new IllegalStateException(name + " is no file");
    }
    return path;
  }

  /// How many bytes there are to read, compressed or not; -1 if that can't be known.
  @Override
  public long size() {
    return size;
  }

  @Override
  public long position() {
    return position.get();
  }

  @Override
  public long lines() {
    return counts.lines();
  }

  @Override
  public long rejected() {
    return counts.rejected();
  }

  @Override
  public boolean isReadable() {
    return counts.error() == null;
  }

  /// A pipe or a device may go on for ever.
  @Override
  public boolean isEndless() {
    return size < 0;
  }

  @Override
  public Set<LogFormat> formats() {
    var format = format();
    return format == null ? Set.of() : Set.of(format);
  }

  @Override
  public List<String> detections() {
    var found = detection();
    return found == null ? List.of() : List.of(name + ": " + found.inWords());
  }

  @Override
  public List<LogAccount.SourceAccount> accounts() {
    return List.of(counts.account());
  }

  @Override
  public List<String> guarantees() {
    return List.of(
        size < 0
            ? name + " is read once, as it comes: what it says while nobody reads is its own affair"
            : name + " is read once, from its start to the end that it has when that is reached");
  }

  /// What [#detect] found; null before, and if there is nothing to read.
  @Nullable Detection detection() {
    return counts.detection();
  }

  /// The format of its lines; null if there are none.
  @Nullable LogFormat format() {
    return counts.format();
  }

  /// Looks at the beginning, waiting for it if the input is a pipe. An input that cannot be read is
  /// so from now on.
  ///
  /// @param given the format that the user says it has; null to recognise it
  void detect(@Nullable Dialect given, Assumptions assumptions)
      throws InterruptedIOException, ClosedByInterruptException {
    try {
      var begun = begin(Position.START);
      counts.detection(detect(begun.framer, given, assumptions));
      if (size < 0) {
        opened = begun;
      } else {
        begun.in.close();
        position.set(0);
      }
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      counts.error(Inputs.reason(e));
    }
  }

  /// Looks at what `framer` has first, waiting for it.
  static Detection detect(Framer framer, @Nullable Dialect given, Assumptions assumptions) {
    byte[] head = framer.head();
    boolean all = framer.headIsAll();
    return given == null
        ? FormatDetector.detect(head, all, assumptions)
        : FormatDetector.given(given, head, all, assumptions);
  }

  @Override
  public Cursor<Work> open() throws IOException {
    if (nothingNew) {
      return () -> null;
    }
    try {
      var begun = opened == null ? begin(from) : opened;
      opened = null;
      var found = detection();
      if (found == null) {
        throw new IllegalStateException(name + " is read before its format is known");
      }
      if (found.dialect() != null) {
        begun.framer.dialect(found.dialect());
      }
      return new Reading(begun, found);
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      counts.error(Inputs.reason(e));
      return () -> null;
    }
  }

  private Opened begin(Position start) throws IOException {
    var raw = new Counted(raw());
    try {
      var in = Recoded.of(Compression.undoneAhead(raw), encoding);
      int before = '\n';
      if (start.offset() > 0) {
        skip(in, start.offset() - 1);
        before = in.read();
        if (before < 0) {
          throw shorter(start.offset());
        }
      }
      var framer = new LineFramer(name, in, blocks.lines(), blocks.bytes());
      if (blocks.mayBeUncut() && !replays) {
        framer.mayBeUncut();
      }
      if (start.offset() > 0) {
        framer.startAt(start, before != '\n' && before != 0);
      }
      return new Opened(in, replays ? new ReplayFramer(name, framer, partial) : framer);
    } catch (IOException | RuntimeException e) {
      raw.closeAfter(e);
      throw e;
    }
  }

  private static void skip(InputStream in, long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (ZipException | EOFException e) {
      throw shorter(count + 1);
    }
  }

  private static IOException shorter(long offset) {
    return new IOException(
        "it cannot be read any more up to byte %,d, where an earlier run ended; with another checkpoint it is read anew"
            .formatted(offset));
  }

  /// Whether the file has been cut off somewhere before `start`. Never of one that is compressed or
  /// in another encoding, whose end only reading finds.
  boolean endsBefore(Position start) throws IOException {
    if (start.offset() <= size || encoding != null) {
      return false;
    }
    try (var raw = new Counted(raw())) {
      return Compression.of(raw.readNBytes(Compression.MAGIC_BYTES)) == null;
    } finally {
      position.set(0);
    }
  }

  /// Opens it so that an interrupt ends a read that waits.
  @SuppressWarnings("resource") // standard input is not ours to close
  private FileChannel raw() throws IOException {
    return path == null
        ? new FileInputStream(FileDescriptor.in).getChannel()
        : FileChannel.open(path, StandardOpenOption.READ);
  }

  /// Only of a regular file is known how much there is.
  private static long sizeOf(@Nullable Path path) {
    try {
      return path != null && Files.isRegularFile(path) ? Files.size(path) : -1;
    } catch (IOException e) {
      return -1; // opening it will tell why
    }
  }

  /// A file that is no log, as one unit.
  ///
  /// @param size how much there is of it, if that is known to be more than `head`
  static Block binary(String name, Detection found, byte[] head, long size) {
    var unit =
        new Rejected(
            name,
            0,
            0,
            Rejected.BINARY,
            "this is %s, not a log".formatted(found.what()),
            Arrays.copyOf(head, Math.min(head.length, KEPT_OF_BINARY)),
            Math.max(size, head.length));
    return new Block(
        name,
        LogFormat.PLAIN,
        new byte[0],
        new int[0],
        new int[0],
        0,
        1,
        0,
        List.of(unit),
        head.length,
        0,
        0);
  }

  /// Reads the blocks, and learns what became of each.
  private final class Reading implements Cursor<Work> {
    private final Opened opened;
    private final Detection detection;
    private boolean ended;

    Reading(Opened opened, Detection detection) {
      this.opened = opened;
      this.detection = detection;
      ended = detection.binary() && from.ended();
    }

    @Override
    public @Nullable Work next() throws IOException {
      if (ended) {
        return null;
      }
      try {
        ended = detection.binary();
        var block =
            ended ? binary(name, detection, opened.framer.head(), size) : opened.framer.next();
        if (block == null) {
          ended = true;
          return null;
        }
        var work = new Work(block, counts);
        counts.delivered(work);
        return work;
      } catch (InterruptedIOException | ClosedByInterruptException e) {
        throw e;
      } catch (IOException e) {
        counts.error(Inputs.reason(e));
        return null;
      }
    }

    @Override
    public void settled(Work work, Outcome outcome) {
      work.counts().settled(work, outcome);
      opened.framer.recycle(work.block());
    }

    @Override
    public void close() throws IOException {
      if (path != null) {
        opened.in.close();
      }
    }
  }

  /// Tells how far the reading is.
  private final class Counted extends BulkInput {
    private final FileChannel channel;
    private final InputStream in;

    Counted(FileChannel channel) {
      this.channel = channel;
      this.in = Channels.newInputStream(channel);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int count = in.read(into, from, length);
      if (count > 0) {
        position.addAndGet(count);
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      if (size < 0) {
        return super.skip(count);
      }
      long from = channel.position();
      long to = Math.clamp(from + count, from, Math.max(from, channel.size()));
      channel.position(to);
      position.addAndGet(to - from);
      return to - from;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    void closeAfter(Exception failure) {
      try {
        if (path != null) {
          channel.close();
        }
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
