package dev.sluice.pipelines;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Reads sources, one after another, into a step.
final class ReadWorker extends Worker {
  private static final int ROUND = 1_024;

  /*
   * A drain interrupts the reader only while it asks its source. Anywhere else an interrupt would cut off an item
   * that has already been delivered. polling and gateClosed change under the gate's lock, and so does the interrupt:
   * none can arrive after polling has ended.
   */
  private final ReentrantLock gate = new ReentrantLock();
  private boolean polling;
  private volatile boolean gateClosed;

  private final Queue<Source<Object>> sources;
  private final Step first;

  ReadWorker(Run run, int stage, Queue<Source<Object>> sources, Step first) {
    super(run, stage, first.tally, first.fate());
    this.sources = sources;
    this.first = first;
  }

  @Override
  @SuppressWarnings("try") // the resource is there to be closed
  void work() throws Exception {
    for (var source = sources.poll(); source != null; source = sources.poll()) {
      var cursor = poll(source::open);
      if (cursor == null) {
        break;
      }
      try (AutoCloseable closing = cursor::close) {
        if (cursor instanceof ReadyCursor<Object> ready) {
          readReady(ready);
        } else {
          read(cursor);
        }
      }
    }
    tally.rests();
    first.complete();
  }

  private void read(Cursor<Object> cursor) throws Exception {
    Question<Object> next = cursor::next;
    long index = 0;
    for (var item = poll(next); item != null; item = poll(next)) {
      tally.taken();
      pass(item, cursor, index++);
      tally.rests();
    }
  }

  /// Reads what needs no waiting, and so no interrupt.
  private void readReady(ReadyCursor<Object> cursor) throws Exception {
    long index = 0;
    while (index >= 0 && !gateClosed) {
      awaitOpenGate();
      index = readReady(cursor, index);
    }
  }

  /// Reads until the gate is closed, or some thousand items at most.
  ///
  /// @return the index of the next one; -1 if there is none
  private long readReady(ReadyCursor<Object> cursor, long from) throws Exception {
    long index = readCarefully(cursor, from, from + ROUND);
    return index < 0 ? index : readPlainly(cursor, index, index + tally.untilSample());
  }

  /// Reads at least one, and goes on as long as the worker is careful.
  private long readCarefully(ReadyCursor<Object> cursor, long from, long to) throws Exception {
    long index = from;
    do {
      run.throwIfStopping();
      tally.at(stage);
      var item = cursor.next();
      if (item == null) {
        return -1;
      }
      tally.taken();
      pass(item, cursor, index++);
    } while (tally.isCareful() && index < to && !gateClosed && !run.gate().isClosed());
    return index;
  }

  /// A method of its own, and not for long at a time: it is what the JVM shall compile as a whole.
  private long readPlainly(ReadyCursor<Object> cursor, long from, long to) throws Exception {
    long index = from;
    while (index < to && !gateClosed && !run.gate().isClosed()) {
      run.throwIfStopping();
      var item = cursor.next();
      if (item == null) {
        return -1;
      }
      tally.takenUnsampled();
      pass(item, cursor, index++);
    }
    return index;
  }

  private void awaitOpenGate() throws InterruptedException {
    if (run.gate().isClosed()) {
      tally.rests();
      run.gate().pass(() -> gateClosed || run.isStopping(), tally);
      run.throwIfStopping();
    }
  }

  private void pass(Object item, Cursor<Object> cursor, long index) throws InterruptedException {
    first.accept(
        item, run.isTracked() ? new Delivery(run, cursor, item, index) : Untracked.LINEAGE);
  }

  /// Something asked of a source.
  private interface Question<R> {
    @Nullable R ask() throws Exception;
  }

  /// @return the answer, or null if there was none or there shall be none
  private <R> @Nullable R poll(Question<R> question) throws Exception {
    run.throwIfStopping();
    awaitOpenGate();
    gate.lock();
    try {
      if (gateClosed) {
        return null;
      }
      polling = true;
    } finally {
      gate.unlock();
    }
    begin();
    try {
      return question.ask();
    } catch (InterruptedException | InterruptedIOException | ClosedByInterruptException e) {
      if (isGateClosed()) {
        return null;
      }
      throw e;
    } finally {
      gate.lock();
      try {
        polling = false;
        if (gateClosed && !run.isStopping()) {
          Thread.interrupted(); // it was meant for the source
        }
      } finally {
        gate.unlock();
      }
    }
  }

  private boolean isGateClosed() {
    gate.lock();
    try {
      return gateClosed;
    } finally {
      gate.unlock();
    }
  }

  @Override
  long delivered() {
    return tally.takenSoFar();
  }

  @Override
  void closeGate() {
    gate.lock();
    try {
      gateClosed = true;
      if (polling) {
        interrupt();
      }
    } finally {
      gate.unlock();
    }
  }

  @Override
  void release() throws Exception {
    first.release();
  }

  @Override
  Step first() {
    return first;
  }
}
