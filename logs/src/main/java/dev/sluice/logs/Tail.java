package dev.sluice.logs;

import dev.sluice.channels.Sender;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Follows one file, on a thread of its own, until it is done with: cuts it into blocks and sends
/// them. Each time the file is truncated it begins anew.
final class Tail implements Runnable {

  /// What all of them share.
  ///
  /// @param out takes the blocks
  /// @param given the format that the user says all files have; null to recognise it
  /// @param encoding the encoding that the user says all files have; null to recognise it
  /// @param patience how long a file that nothing leads to must be quiet to be done with
  /// @param read counts the bytes as they lie in the files
  /// @param tell takes what a person must know
  record Shop(
      Sender<Work> out,
      FollowedFiles files,
      int blockLines,
      @Nullable Dialect given,
      @Nullable Charset encoding,
      Assumptions assumptions,
      Duration patience,
      LongAdder read,
      Consumer<String> tell) {}

  private final Shop shop;
  private final SourceCounts counts;
  private final FileChannel file;
  private final FileIdentity.Place place;
  private @Nullable Tail previous;
  private final boolean compressed;
  private final int blockBytes;
  private final CountDownLatch over = new CountDownLatch(1);

  /// Released when the file has another name, and has been read to an end: its successor may begin.
  private final CountDownLatch caughtUp = new CountDownLatch(1);

  private volatile Followed followed;
  private volatile @Nullable TailStream stream;
  private volatile @Nullable LineFramer framer;
  private volatile @Nullable Thread thread;
  private volatile boolean moved;
  private volatile boolean left;
  private volatile boolean truncated;
  private volatile @Nullable IOException failure;

  /// @param previous the file that had its name before, which is read first
  /// @param compressed whether it is a compressed file, which is read to its end and no further
  /// @param blockBytes the most bytes of a block
  Tail(
      Shop shop,
      SourceCounts counts,
      Followed followed,
      FileIdentity.Place place,
      FileChannel file,
      @Nullable Tail previous,
      boolean compressed,
      int blockBytes) {
    this.shop = shop;
    this.counts = counts;
    this.followed = followed;
    this.place = place;
    this.file = file;
    this.previous = previous;
    this.compressed = compressed;
    this.blockBytes = blockBytes;
    shop.files.begin(followed, file);
  }

  void start() {
    // Decompressing keeps a processor busy, and would keep a carrier from all others.
    var kind = compressed ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    thread = kind.name("follow-" + counts.name()).start(this);
  }

  Followed followed() {
    return followed;
  }

  boolean isAt(FileIdentity.Place other) {
    return place.isSameFile(other);
  }

  boolean isCompressed() {
    return compressed;
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  /// Why it could not go on; null if nothing is wrong.
  @Nullable IOException failure() {
    return failure;
  }

  /// Whether the file was truncated since this was asked last.
  boolean takeTruncated() {
    boolean was = truncated;
    truncated = false;
    return was;
  }

  /// How long nothing has come of it.
  Duration idle() {
    var now = stream;
    return now == null ? Duration.ZERO : now.idle();
  }

  /// Asks it to end when it can go on later, because there are too many open files.
  void rest() {
    var now = stream;
    if (now != null && shop.encoding == null) {
      now.rest();
    }
  }

  /// Says where the file is now: `atItsName` if its name leads to it, `named` if any input does.
  void whereabouts(boolean atItsName, boolean named) {
    moved |= !atItsName;
    left = !named;
    steer(stream);
  }

  boolean isMoved() {
    return moved;
  }

  private void steer(@Nullable TailStream now) {
    if (now != null) {
      if (moved) {
        now.move();
      }
      now.leave(left);
    }
  }

  /// Ends it at once.
  void stop() throws InterruptedException {
    var running = thread;
    if (running != null) {
      running.interrupt();
      running.join(Duration.ofSeconds(2));
    }
  }

  @Override
  public void run() {
    try (file) {
      if (previous != null) {
        previous.caughtUp.await();
        previous = null; // or a chain of all that ever were would stay in memory
      }
      while (follow()) {
        truncated = true;
        var before = followed;
        followed = new Followed(before.name(), before.path(), place, Followed.Spot.START, 1);
        shop.files.beginAnew(before, followed, file);
      }
    } catch (InterruptedException | InterruptedIOException | ClosedByInterruptException e) {
      Thread.currentThread().interrupt(); // the run ends
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      shop.out.close(e);
    } finally {
      shop.files.end(followed);
      over.countDown();
      caughtUp.countDown();
    }
  }

  private void fail(IOException e) {
    if (!shop.files.isClosed()) {
      failure = e;
      counts.error(Inputs.reason(e));
      shop.tell.accept(counts.name() + ": " + Inputs.reason(e));
    }
  }

  /// Reads the file to what is its end for now.
  ///
  /// @return whether it was truncated, and begins anew
  private boolean follow() throws IOException, InterruptedException {
    var its = followed;
    var growing =
        compressed
            ? null
            : new TailStream(its, file, shop.files, shop.patience, this::isAmidLine, caughtUp);
    steer(growing);
    InputStream raw = growing == null ? Compression.undone(Channels.newInputStream(file)) : growing;
    var counted = new Counting(raw);
    // A mark stands only at the beginning.
    boolean recoded = its.spot().position() == 0 || shop.encoding != null;
    var in = recoded ? Recoded.of(counted, shop.encoding) : counted;
    var cutter = new LineFramer(its.name(), in, shop.blockLines, blockBytes);
    cutter.from(its.spot().position(), its.line());
    framer = cutter;
    stream = growing;
    var found = detect(cutter);
    if (found.binary()) {
      send(LogSource.binary(its.name(), found, cutter.head(), its.size()));
      its.finish();
    } else {
      for (var block = cutter.next(); block != null; block = cutter.next()) {
        send(block);
      }
    }
    its.line(cutter.line());
    if (compressed) {
      its.finish();
    }
    if (growing == null || !growing.wasTruncated()) {
      return false;
    }
    if (growing.hasLost()) {
      lost(its);
    }
    return true;
  }

  private boolean isAmidLine() {
    var cutter = framer;
    return cutter != null && cutter.isAmidLine();
  }

  /// A log keeps its format when it is rotated; its new file says what belongs to that file alone.
  private Detection detect(LineFramer cutter) {
    boolean shared = !counts.name().equals(followed.name());
    var before = shared ? null : counts.detection();
    var found = LogSource.detect(cutter, shop.given, shop.assumptions);
    if (before != null && !found.binary() && found.format() != before.format()) {
      found = before;
    }
    if (found.dialect() != null) {
      cutter.dialect(found.dialect());
      counts.detection(found);
    }
    return found;
  }

  private void send(Block block) throws InterruptedException {
    shop.out.send(new Work(block, counts));
  }

  private void lost(Followed its) {
    long from = its.spot().position();
    Long to = its.size() > from ? its.size() : null;
    counts.gap(new LogAccount.Gap(from, to));
    shop.tell.accept(
        to == null
            ? ("%s: truncated after byte %d had been read, and no copy of it is beside it: what was written between the"
                    + " last look and the truncation, if anything, is lost")
                .formatted(its.name(), from)
            : ("%s: truncated before bytes %d to %d were read, and no copy of it is beside it: they are lost, and"
                    + " whatever was written after them")
                .formatted(its.name(), from, to));
  }

  /// Counts what is read.
  private final class Counting extends BulkInput {
    private final InputStream in;

    Counting(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int count = in.read(into, from, length);
      shop.read.add(Math.max(0, count));
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
