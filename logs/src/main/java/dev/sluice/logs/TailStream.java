package dev.sluice.logs;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A file that grows. [#read] waits at its end for more, and tells when nothing has come for a
/// while by returning 0. Read by one thread, steered by any.
///
/// It ends
/// - when the file was truncated, after what the copy of it still had;
/// - when nothing leads to the file any more ([#leave]) and it has been quiet for a while;
/// - when it was asked to rest ([#rest]) and has no half line.
final class TailStream extends BulkInput {
  /// After so long without a byte a reader is told that there may come no more.
  private static final Duration QUIET = Duration.ofMillis(500);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  /// Finds what a truncated file had.
  interface Copies {
    /// Returns what a copy of the file has from the spot on where its reading was; null if there is
    /// no copy.
    @Nullable InputStream restOf(Followed truncated) throws IOException;
  }

  /*
   * A file may be truncated and have grown past the position again before anybody looks: its size would tell nothing.
   * So each read begins a little before the position, and what it finds there must be what was read before. `check`
   * takes those bytes, in the same system call as the new ones.
   */
  private final Followed followed;
  private final FileChannel file;
  private final Copies copies;
  private final Duration patience;
  private final BooleanSupplier amidLine;
  private final byte[] check = new byte[Followed.SEEN];

  private final CountDownLatch caughtUp;
  private @Nullable InputStream copy;
  private boolean truncated;
  private boolean lost;
  private boolean ended;
  private boolean toldQuiet;
  private long lastByte = System.nanoTime();
  private volatile boolean moved;
  private volatile boolean leaving;
  private volatile boolean resting;
  private volatile long leftAt;
  private volatile long idleSince = System.nanoTime();
  private volatile @Nullable Thread reader;

  /// @param patience how long a file that nothing leads to must be quiet to be done with
  /// @param amidLine whether what was read last is half a line
  /// @param caughtUp released when a file that was moved has been read to its end for the first
  ///   time
  TailStream(
      Followed followed,
      FileChannel file,
      Copies copies,
      Duration patience,
      BooleanSupplier amidLine,
      CountDownLatch caughtUp) {
    this.followed = followed;
    this.file = file;
    this.copies = copies;
    this.patience = patience;
    this.amidLine = amidLine;
    this.caughtUp = caughtUp;
  }

  /// Says that another file has its name, and waits to be read after it.
  void move() {
    moved = true;
    wake();
  }

  private void wake() {
    LockSupport.unpark(reader);
  }

  /// Says whether any input still leads to it.
  void leave(boolean left) {
    if (left && !leaving) {
      leftAt = System.nanoTime();
    }
    leaving = left;
  }

  /// Asks to end at the next chance, because there are too many open files.
  void rest() {
    resting = true;
    wake();
  }

  /// How long nothing has come.
  Duration idle() {
    return Duration.ofNanos(System.nanoTime() - idleSince);
  }

  /// Whether it ended because the file was truncated, which now begins anew.
  boolean wasTruncated() {
    return truncated;
  }

  /// Whether it was truncated, and no copy has what may have stood beyond the position.
  boolean hasLost() {
    return lost;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    long pause = SHORTEST_PAUSE.toNanos();
    while (!ended) {
      boolean wasMoved = moved; // before the reading: what had been written by then comes first
      int count = readMore(into, from, length);
      if (count > 0) {
        toldQuiet = false;
        lastByte = System.nanoTime();
        idleSince = lastByte;
        return count;
      }
      if (truncated) {
        continue;
      }
      if (wasMoved) {
        caughtUp.countDown();
      }
      long now = System.nanoTime();
      if (leaving && now - Math.max(lastByte, leftAt) >= patience.toNanos()) {
        ended = true;
      } else if (resting && !amidLine.getAsBoolean()) {
        ended = true;
      } else if (!toldQuiet && now - lastByte >= QUIET.toNanos()) {
        toldQuiet = true;
        return 0;
      } else {
        sleep(pause);
        pause = Math.min(pause * 3 / 2, LONGEST_PAUSE.toNanos());
      }
    }
    return -1;
  }

  /// Reads, and tells the spot. Whoever looks for the file's copies in between must know that there
  /// is more than the spot tells.
  private int readMore(byte[] into, int from, int length) throws IOException {
    followed.beingRead(true);
    try {
      int count = copy == null ? readFile(into, from, length) : readCopy(copy, into, from, length);
      if (count > 0) {
        followed.spot(followed.spot().after(into, from, count));
      }
      return count;
    } finally {
      followed.beingRead(false);
    }
  }

  /// @return how many bytes; 0 if there are none now, also when it was found to be truncated
  private int readFile(byte[] into, int from, int length) throws IOException {
    var spot = followed.spot();
    int overlap = spot.seen().length;
    file.position(spot.position() - overlap);
    var buffers =
        new ByteBuffer[] {
          ByteBuffer.wrap(check, 0, overlap), ByteBuffer.wrap(into, from, length),
        };
    long count = Math.max(0, file.read(buffers)) - overlap;
    if (count >= 0 && Arrays.equals(check, 0, overlap, spot.seen(), 0, overlap)) {
      return (int) count;
    }
    truncated = true;
    copy = copies.restOf(followed);
    if (copy == null) {
      lost = true;
      ended = true;
    }
    return 0;
  }

  private int readCopy(InputStream rest, byte[] into, int from, int length) throws IOException {
    int count = rest.read(into, from, length);
    if (count < 0) {
      rest.close();
      ended = true;
    }
    return count;
  }

  private void sleep(long nanos) throws InterruptedIOException {
    reader = Thread.currentThread();
    LockSupport.parkNanos(nanos);
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while waiting for more");
    }
  }

  @Override
  public void close() throws IOException {
    if (copy != null) {
      copy.close();
    }
  }
}
