package dev.sluice.logs;

import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/// The compressions that are undone while reading, each known by the first bytes of the stream.
///
/// Streams of several members (`cat a.gz b.gz`) are read to the end of the last. What is read grows
/// with nothing but the reader's buffer, however much comes out of however little. The library of
/// each is loaded when the first such stream is opened.
enum Compression {
  GZIP(0x1f, 0x8b) {
    @Override
    InputStream decoder(InputStream in) throws IOException {
      return new Gunzip(in);
    }
  },
  ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
    @Override
    InputStream decoder(InputStream in) throws IOException {
      return new ZstdInputStream(in);
    }
  },
  XZ(0xfd, '7', 'z', 'X', 'Z', 0) {
    @Override
    InputStream decoder(InputStream in) throws IOException {
      try {
        ONE_XZ.acquire();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted before an xz stream was opened");
      }
      try {
        return new OneXz(in);
      } catch (IOException | RuntimeException e) {
        ONE_XZ.release();
        throw e;
      }
    }
  },
  BZIP2('B', 'Z', 'h') {
    @Override
    boolean begins(byte[] head) {
      return super.begins(head)
          && head.length >= BZIP2_HEAD
          && head[3] >= '1'
          && head[3] <= '9'
          && (head[4] == 0x31 || head[4] == 0x17); // a block, or the end of an empty stream
    }

    @Override
    InputStream decoder(InputStream in) throws IOException {
      return new BZip2CompressorInputStream(in, true);
    }
  };

  /// How many bytes it takes to know each of them.
  static final int MAGIC_BYTES = 6;

  private static final int BZIP2_HEAD = 5;

  /// An archive says itself how much memory its reading takes: `xz -9` makes it 65 MiB. More than
  /// this is refused, and one is read at a time: four of them would not fit into the heap.
  private static final int XZ_KIB = 100 * 1024;

  private static final Semaphore ONE_XZ = new Semaphore(1);

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int FEW_PROCESSORS = 2;

  @SuppressWarnings("ImmutableEnumChecker") // never written to
  private final byte[] magic;

  Compression(int... magic) {
    this.magic = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      this.magic[i] = (byte) magic[i];
    }
  }

  /// Undoes the compression of what `in` gives.
  abstract InputStream decoder(InputStream in) throws IOException;

  boolean begins(byte[] head) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  /// The compression of a stream that begins with `head`; null if it is none of these.
  static @Nullable Compression of(byte[] head) {
    for (var compression : values()) {
      if (compression.begins(head)) {
        return compression;
      }
    }
    return null;
  }

  /// Whether `head` is too short to know whether the stream will be compressed.
  static boolean mayBecome(byte[] head) {
    for (var compression : values()) {
      int shared = Math.min(head.length, compression.magic.length);
      if (head.length < MAGIC_BYTES
          && Arrays.equals(head, 0, shared, compression.magic, 0, shared)) {
        return true;
      }
    }
    return false;
  }

  /// Undoes the compression of `in`, if it has one. What breaks in it is told as [ZipException] or
  /// [EOFException]; what fails below it comes through as it is.
  static InputStream undone(InputStream in) throws IOException {
    byte[] head = in.readNBytes(MAGIC_BYTES);
    var raw = new Raw(head, in);
    var compression = of(head);
    return compression == null ? raw : new Undone(compression, raw);
  }

  /// The same, where what is compressed is decoded on a thread of its own, once there is much of
  /// it. Not where those who parse it keep all processors busy anyway: to hand it over would only
  /// cost.
  static InputStream undoneAhead(InputStream in) throws IOException {
    var undone = undone(in);
    return undone instanceof Undone && PROCESSORS > FEW_PROCESSORS
        ? new ReadAhead(undone, ReadAhead.BEGINNING)
        : undone;
  }

  /// Gives the first bytes again, and remembers how it failed.
  private static final class Raw extends BulkInput {
    private final byte[] head;
    private final InputStream in;
    private int at;
    private boolean ended;
    @Nullable IOException failure;

    Raw(byte[] head, InputStream in) {
      this.head = head;
      this.in = in;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (at < head.length) {
        int count = Math.min(length, head.length - at);
        System.arraycopy(head, at, into, from, count);
        at += count;
        // Whoever tells a file by its beginning wants more of it than these few bytes.
        return count < length && in.available() > 0
            ? count + Math.max(0, more(into, from + count, length - count))
            : count;
      }
      return more(into, from, length);
    }

    private int more(byte[] into, int from, int length) throws IOException {
      try {
        int count = in.read(into, from, length);
        ended |= count < 0;
        return count;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public long skip(long count) throws IOException {
      return at < head.length ? super.skip(Math.min(count, head.length - at)) : in.skip(count);
    }

    /// Never 0 before the end: a decoder that asks this after a member would take a pipe that has
    /// nothing just now for one that has ended.
    @Override
    public int available() {
      return ended ? 0 : 1;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /// A decoder, opened at the first read so that a broken beginning is told where it is read.
  private static final class Undone extends BulkInput {
    private final Compression compression;
    private final Raw raw;
    private @Nullable InputStream decoder;

    Undone(Compression compression, Raw raw) {
      this.compression = compression;
      this.raw = raw;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      try {
        var in = decoder;
        if (in == null) {
          in = compression.decoder(raw);
          decoder = in;
        }
        return in.read(into, from, length);
      } catch (IOException e) {
        if (e.equals(raw.failure)
            || e instanceof ZipException
            || e instanceof EOFException
            || e instanceof InterruptedIOException) {
          throw e;
        }
        throw damaged(e);
      } catch (RuntimeException e) {
        throw damaged(e); // what a decoder that was made for honest files says to others
      }
    }

    private static ZipException damaged(Exception e) {
      var told = e.getMessage();
      var damaged = new ZipException(told == null ? e.getClass().getSimpleName() : told);
      damaged.initCause(e);
      return damaged;
    }

    @Override
    public void close() throws IOException {
      try (raw) {
        if (decoder != null) {
          decoder.close();
        }
      }
    }
  }

  /// An xz stream, and the permit to have one.
  private static final class OneXz extends BulkInput {
    private final XZInputStream in;
    private boolean released;

    OneXz(InputStream raw) throws IOException {
      in = new XZInputStream(raw, XZ_KIB);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      try {
        int count = in.read(into, from, length);
        if (count < 0) {
          release();
        }
        return count;
      } catch (IOException | RuntimeException e) {
        release(); // nothing more will come, whether it is closed or not
        throw e;
      }
    }

    private void release() {
      if (!released) {
        released = true;
        ONE_XZ.release();
      }
    }

    @Override
    public void close() throws IOException {
      release();
      in.close();
    }
  }
}
