package dev.sluice.pipelines;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Reads sources, one after another, into a step.
final class ReadWorker extends Worker {

  /*
   * A drain interrupts the reader only while it asks its source. Anywhere else an interrupt would cut off an item
   * that has already been delivered. polling and gateClosed change under the gate's lock, and so does the interrupt:
   * none can arrive after polling has ended.
   */
  private final ReentrantLock gate = new ReentrantLock();
  private boolean polling;
  private boolean gateClosed;

  private final Queue<Source<Object>> sources;
  private final Step first;

  ReadWorker(Run run, String stage, Queue<Source<Object>> sources, Step first) {
    super(run, stage, first.at);
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
        for (var item = poll(cursor::next); item != null; item = poll(cursor::next)) {
          first.accept(item, run.ledger().delivered(cursor, item));
        }
      }
    }
    first.complete();
  }

  /// Something asked of a source.
  private interface Question<R> {
    @Nullable R ask() throws Exception;
  }

  /// @return the answer, or null if there was none or there shall be none
  private <R> @Nullable R poll(Question<R> question) throws Exception {
    run.throwIfStopping();
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
}
