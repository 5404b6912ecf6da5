package dev.sluice.logs;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Messages that came over the network and wait to be taken, in blocks: the longer they wait, the
/// larger the blocks. Any number of threads may add, one takes.
final class Messages {
  private static final int BLOCK_MESSAGES = LineFramer.BLOCK_LINES;
  private static final int BLOCK_BYTES = LineFramer.BLOCK_BYTES;

  /// How much may wait in all.
  static final int MOST_MESSAGES = 16 * 1024;

  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final Dialect dialect;
  private final Function<String, SourceCounts> counts;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition some = lock.newCondition();
  private final Condition room = lock.newCondition();

  /// Blocks that are full, the first first: they go before those that are not.
  private final Deque<Waiting> full = new ArrayDeque<>();

  /// The block of each source that is being filled: those that came first are first.
  private final Map<SourceCounts, Waiting> waiting = new LinkedHashMap<>();

  /// Where the numbers of each source are.
  private final Map<SourceCounts, Numbers> numbers = new LinkedHashMap<>();

  private int messages;
  private int bytes;
  private boolean closed;

  /// The number of the next message of a source, and how many bytes came before it.
  private static final class Numbers {
    long line = 1;
    long offset;
  }

  /// What waits of one source.
  private static final class Waiting {
    final SourceCounts counts;
    final List<Rejected> rejected = new ArrayList<>();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int[] ends = new int[16];
    int count;
    final long line;
    final long offset;
    long rejectedBytes;

    Waiting(SourceCounts counts, long line, long offset) {
      this.counts = counts;
      this.line = line;
      this.offset = offset;
    }

    /// What is rejected stands before the first message of a block.
    boolean isFullFor(SyslogFrames.Frame frame) {
      return count + rejected.size() >= BLOCK_MESSAGES
          || bytes.size() + frame.bytes().length > BLOCK_BYTES
          || (frame.reason() != null && count > 0);
    }

    long units() {
      return (long) count + rejected.size();
    }

    long size() {
      return bytes.size() + rejectedBytes;
    }
  }

  /// @param counts gives the share in the account of whoever sends
  Messages(Dialect dialect, Function<String, SourceCounts> counts) {
    this.dialect = dialect;
    this.counts = counts;
  }

  /// Adds a message, waiting for room.
  void put(String source, SyslogFrames.Frame frame) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      var its = counts.apply(source);
      while (!hasRoom(frame) && !closed) {
        room.await();
      }
      if (closed) {
        its.dropped(1, frame.length());
      } else {
        add(its, frame);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Adds a message, or drops it if there is no room.
  void offer(String source, SyslogFrames.Frame frame) {
    lock.lock();
    try {
      var its = counts.apply(source);
      if (hasRoom(frame) && !closed) {
        add(its, frame);
      } else {
        its.dropped(1, frame.length());
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(SyslogFrames.Frame frame) {
    return messages == 0
        || (messages < MOST_MESSAGES && bytes + frame.bytes().length <= MOST_BYTES);
  }

  private void add(SourceCounts its, SyslogFrames.Frame frame) {
    var next = numbers.computeIfAbsent(its, _ -> new Numbers());
    var last = waiting.get(its);
    if (last != null && last.isFullFor(frame)) {
      full.addLast(last);
      waiting.remove(its);
    }
    var block = waiting.computeIfAbsent(its, _ -> new Waiting(its, next.line, next.offset));
    if (frame.reason() == null) {
      if (block.count == block.ends.length) {
        block.ends = Arrays.copyOf(block.ends, 2 * block.count);
      }
      block.bytes.write(frame.bytes(), 0, frame.bytes().length);
      block.ends[block.count++] = block.bytes.size();
    } else {
      block.rejected.add(
          new Rejected(
              its.name(),
              next.line,
              next.offset,
              frame.reason(),
              frame.detail(),
              frame.bytes(),
              frame.length()));
      block.rejectedBytes += frame.length();
    }
    next.line++;
    next.offset += frame.length();
    messages++;
    bytes += frame.bytes().length;
    some.signal();
  }

  /// Takes the block that waits longest, waiting for one.
  Work take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (full.isEmpty() && waiting.isEmpty()) {
        some.await();
      }
      var first = full.pollFirst();
      if (first == null) {
        first = waiting.values().iterator().next();
        waiting.remove(first.counts);
      }
      return work(first);
    } finally {
      lock.unlock();
    }
  }

  private Work work(Waiting block) {
    var its = block.counts;
    var ends = Arrays.copyOf(block.ends, block.count);
    var starts = new int[block.count];
    if (block.count > 1) {
      System.arraycopy(ends, 0, starts, 1, block.count - 1);
    }
    messages -= (int) block.units();
    bytes -= block.bytes.size();
    for (var one : block.rejected) {
      bytes -= one.bytes().length;
    }
    room.signalAll();
    return new Work(
        new Block(
            its.name(),
            dialect.format(),
            block.bytes.toByteArray(),
            starts,
            ends,
            block.count,
            block.line + block.rejected.size(),
            block.offset + block.rejectedBytes,
            block.rejected,
            block.size(),
            block.units(),
            0,
            dialect,
            null),
        its);
  }

  /// Turns away whoever adds from now on, and counts as dropped what nobody has taken.
  void close() {
    lock.lock();
    try {
      closed = true;
      full.addAll(waiting.values());
      full.forEach(block -> block.counts.dropped(block.units(), block.size()));
      full.clear();
      waiting.clear();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
