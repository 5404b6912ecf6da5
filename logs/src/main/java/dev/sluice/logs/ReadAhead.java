package dev.sluice.logs;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Reads a stream on a thread of its own, some blocks ahead of whoever reads this one: decoding
/// goes on while the lines before are parsed. For one reader.
///
/// The beginning is read without a thread, so that short streams, and looks at how one begins, need
/// none.
///
/// Never waits for more while it has something to give. If the reader is interrupted while it
/// waits, that is told by [InterruptedIOException], with the flag set.
final class ReadAhead extends BulkInput {
  static final long BEGINNING = 1 << 20;
  private static final int BLOCK = 128 * 1024;
  private static final int AHEAD = 4;

  private final InputStream in;
  private long beginning;
  private @Nullable Thread thread;
  private boolean ended;

  private final Channel<ByteBuffer> blocks = Channel.bounded(AHEAD);
  private ByteBuffer block = ByteBuffer.allocate(0);

  /// Bytes of blocks that are read: never more than were on their way at a time.
  private final Queue<byte[]> used = new ConcurrentLinkedQueue<>();

  /// @param in closed with this one
  /// @param beginning how many bytes are read without a thread
  ReadAhead(InputStream in, long beginning) {
    this.in = in;
    this.beginning = beginning;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (beginning > 0) {
      int count = in.read(into, from, (int) Math.min(length, beginning));
      beginning -= Math.max(0, count);
      return count;
    }
    if (length == 0 || ended) {
      return length == 0 ? 0 : -1;
    }
    if (!block.hasRemaining() && !nextBlock()) {
      ended = true;
      return -1;
    }
    int count = Math.min(length, block.remaining());
    block.get(into, from, count);
    return count;
  }

  private boolean nextBlock() throws IOException {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("sluice-decoder").start(this::readAll);
    }
    if (block.capacity() == BLOCK) {
      used.add(block.array());
    }
    try {
      block = blocks.receive();
      return true;
    } catch (ClosedException e) {
      switch (e.getCause()) {
        case null -> {
          return false;
        }
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case Throwable cause -> throw new IOException(cause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for what is being decoded");
    }
  }

  private void readAll() {
    try (in) {
      while (true) {
        byte[] spare = used.poll();
        byte[] bytes = spare == null ? new byte[BLOCK] : spare;
        int count = in.read(bytes, 0, BLOCK);
        if (count < 0) {
          blocks.close();
          return;
        }
        blocks.send(ByteBuffer.wrap(bytes, 0, count));
      }
    } catch (InterruptedException | ClosedException e) {
      blocks.close(); // nobody reads any more
    } catch (Throwable e) {
      blocks.close(e); // and the reader tells
    }
  }

  /// What can be had without waiting for the thread.
  @Override
  public int available() throws IOException {
    if (beginning > 0) {
      return in.available();
    }
    return block.hasRemaining() ? block.remaining() : blocks.size();
  }

  @Override
  public void close() throws IOException {
    ended = true;
    var reading = thread;
    if (reading == null) {
      in.close();
    } else {
      blocks.cancel();
      reading.interrupt(); // it closes the stream
    }
  }
}
