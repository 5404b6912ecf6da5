package dev.sluice.logs;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Source;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// One input of a run: a file or a stream, its format, and its part of the account. For one run.
///
/// A stream cannot be read twice, so what was opened to look at its beginning stays open for the
/// reading; a file is closed again, so that any number of them may wait.
final class LogSource implements Source<Work> {
  private static final int GZIP_BUFFER = 64 * 1024;
  private static final int KEPT_OF_BINARY = 1024;

  private final String name;
  private final @Nullable Path path;
  private final int blockLines;
  private final long size;

  private @Nullable Detection detection;
  private @Nullable Opened opened;
  private volatile @Nullable String error;

  /// Where the reader is in the file as it lies there, compressed or not.
  private final AtomicLong position = new AtomicLong();

  private final LongAdder lines = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final LongAdder read = new LongAdder();
  private final LongAdder written = new LongAdder();
  private final LongAdder filtered = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder abandoned = new LongAdder();

  /// A stream that was opened, and what cuts it into lines.
  private record Opened(InputStream in, LineFramer framer) {}

  LogSource(Inputs.Input input, int blockLines) {
    this.name = input.name();
    this.path = input.path();
    this.error = input.error();
    this.blockLines = blockLines;
    this.size = sizeOf(path);
  }

  String name() {
    return name;
  }

  /// How many bytes there are to read, compressed or not; -1 if that can't be known.
  long size() {
    return size;
  }

  long position() {
    return position.get();
  }

  long lines() {
    return lines.sum();
  }

  long rejected() {
    return rejected.sum();
  }

  @Nullable String error() {
    return error;
  }

  boolean isReadable() {
    return error == null;
  }

  /// What [#detect] found; null before, and if there is nothing to read.
  @Nullable Detection detection() {
    return detection;
  }

  /// The format of its lines; null if there are none.
  @Nullable LogFormat format() {
    var known = detection;
    return known == null || known.sampled() == 0 ? null : known.format();
  }

  /// Looks at the beginning, waiting for it if the input is a pipe. An input that cannot be read is
  /// so from now on.
  ///
  /// @param given the format that the user says it has; null to recognise it
  void detect(@Nullable LogFormat given, Assumptions assumptions)
      throws InterruptedIOException, ClosedByInterruptException {
    try {
      var begun = begin();
      byte[] head = begun.framer.head();
      var found = FormatDetector.detect(head, begun.framer.headIsAll(), assumptions);
      if (given != null && !found.binary()) {
        found = new Detection(given, given.id(), found.sampled(), found.sampled());
      }
      detection = found;
      if (size < 0) {
        opened = begun;
      } else {
        begun.in.close();
        position.set(0);
      }
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      error = Inputs.reason(e);
    }
  }

  @Override
  public Cursor<Work> open() throws IOException {
    try {
      var begun = opened == null ? begin() : opened;
      opened = null;
      var found = detection;
      if (found == null) {
        throw new IllegalStateException(name + " is read before its format is known");
      }
      if (found.format() != null) {
        begun.framer.format(found.format());
      }
      return new Reading(begun, found);
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      error = Inputs.reason(e);
      return () -> null;
    }
  }

  private Opened begin() throws IOException {
    var in = decompressed(new Counted(raw()));
    return new Opened(in, new LineFramer(name, in, blockLines, LineFramer.BLOCK_BYTES));
  }

  /// Opens it so that an interrupt ends a read that waits.
  @SuppressWarnings("resource") // standard input is not ours to close
  private FileChannel raw() throws IOException {
    return path == null
        ? new FileInputStream(FileDescriptor.in).getChannel()
        : FileChannel.open(path, StandardOpenOption.READ);
  }

  /// Undoes gzip, which is known by its first bytes.
  private static InputStream decompressed(InputStream in) throws IOException {
    byte[] head = in.readNBytes(2);
    var whole = new SequenceInputStream(new ByteArrayInputStream(head), in);
    boolean gzip = head.length == 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
    if (!gzip) {
      return whole;
    }
    try {
      return new GZIPInputStream(whole, GZIP_BUFFER);
    } catch (ZipException | EOFException e) {
      return new Broken(e, in);
    }
  }

  /// Only of a regular file is known how much there is.
  private static long sizeOf(@Nullable Path path) {
    try {
      return path != null && Files.isRegularFile(path) ? Files.size(path) : -1;
    } catch (IOException e) {
      return -1; // opening it will tell why
    }
  }

  /// The account so far. What is in the hands of a worker that would not end is abandoned.
  LogAccount.SourceAccount account() {
    long settled = written.sum() + filtered.sum() + rejected.sum() + abandoned.sum();
    long all = read.sum();
    var format = format();
    return new LogAccount.SourceAccount(
        name,
        format == null ? null : format.id(),
        all,
        written.sum(),
        filtered.sum(),
        rejected.sum(),
        0,
        abandoned.sum() + (all - settled),
        lines.sum(),
        bytes.sum(),
        skipped.sum(),
        error);
  }

  /// Reads the blocks, and learns what became of each.
  private final class Reading implements Cursor<Work> {
    private final Opened opened;
    private final Detection detection;
    private boolean ended;

    Reading(Opened opened, Detection detection) {
      this.opened = opened;
      this.detection = detection;
    }

    @Override
    public @Nullable Work next() throws IOException {
      if (ended) {
        return null;
      }
      try {
        var block = detection.binary() ? binary() : opened.framer.next();
        if (block == null) {
          ended = true;
          return null;
        }
        var work = new Work(block);
        lines.add(block.physicalLines());
        bytes.add(block.size());
        skipped.add(block.skipped());
        read.add(work.units());
        return work;
      } catch (InterruptedIOException | ClosedByInterruptException e) {
        throw e;
      } catch (IOException e) {
        error = Inputs.reason(e);
        return null;
      }
    }

    private Block binary() {
      ended = true;
      byte[] head = opened.framer.head();
      var unit =
          new Rejected(
              name,
              0,
              0,
              "binary",
              "this is %s, not a log".formatted(detection.what()),
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

    @Override
    public void settled(Work work, Outcome outcome) {
      var parsed = work.parsed();
      if (outcome == Outcome.OUT && parsed != null) {
        written.add(parsed.passed());
        filtered.add(parsed.filtered());
        rejected.add(parsed.rejected().size());
      } else {
        abandoned.add(work.units());
      }
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
  private final class Counted extends InputStream {
    private final FileChannel channel;
    private final InputStream in;

    Counted(FileChannel channel) {
      this.channel = channel;
      this.in = Channels.newInputStream(channel);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      if (b >= 0) {
        position.incrementAndGet();
      }
      return b;
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
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /// A compressed stream whose very beginning is broken.
  private static final class Broken extends InputStream {
    private final IOException why;
    private final InputStream in;

    Broken(IOException why, InputStream in) {
      this.why = why;
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      throw why;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      throw why;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
