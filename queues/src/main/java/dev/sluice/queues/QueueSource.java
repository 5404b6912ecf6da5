package dev.sluice.queues;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Source;
import dev.sluice.queues.Request.Action;
import dev.sluice.queues.Request.Settle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A queue as the source of a pipeline, which settles each item by what became of it:
///
/// | outcome | the item |
/// |---|---|
/// | out, filtered, dropped, dead-lettered | is acknowledged: the pipeline has dealt with it |
/// | abandoned | is given back, without an attempt counted: the run was stopped before |
///
/// What a stage retries and how often is the pipeline's own affair; what kills its process counts
/// as an attempt here. Acknowledgements go out many in a commit, beside the run ([#awaitSettled]).
///
/// @param <T> what the queue holds
public final class QueueSource<T> implements Source<Leased<T>> {
  private static final Duration WHILE_EMPTY = Duration.ofSeconds(1);

  private final DurableQueue<T> queue;
  private final int prefetch;
  private final boolean ending;
  private final Settling settling = new Settling();

  QueueSource(DurableQueue<T> queue, int prefetch, boolean ending) {
    this.queue = queue;
    this.prefetch = prefetch;
    this.ending = ending;
  }

  /// Receiving up to so many items at once: fewer commits, but more items that a lost process held.
  public QueueSource<T> prefetch(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("prefetch must be at least 1, but was " + most);
    }
    return new QueueSource<>(queue, most, ending);
  }

  /// Ending when there is nothing to receive, rather than waiting for more.
  public QueueSource<T> untilEmpty() {
    return new QueueSource<>(queue, prefetch, true);
  }

  @Override
  public Cursor<Leased<T>> open() {
    return new Reading();
  }

  /// Its values alone; each is settled like the item that it came in.
  public Source<T> values() {
    return () -> {
      var reading = open();
      return new Cursor<>() {
        // By the number of the delivery: values may be equal. Only the open ones are kept.
        private final ConcurrentHashMap<Long, Leased<T>> given = new ConcurrentHashMap<>();
        private long next;

        @Override
        public @Nullable T next() throws Exception {
          var item = reading.next();
          if (item == null) {
            return null;
          }
          given.put(next++, item);
          return item.value();
        }

        @Override
        public void settled(long index, T value, Outcome outcome) throws Exception {
          var item = given.remove(index);
          if (item == null) {
            throw new IllegalStateException("settled twice: number " + index);
          }
          reading.settled(item, outcome);
        }

        @Override
        public void close() throws Exception {
          reading.close();
        }
      };
    };
  }

  /// Waits until all that was settled so far is stored: a run may end a moment before. Closing the
  /// store waits too.
  ///
  /// @throws QueueException if something could not be stored: its items will come again
  public void awaitSettled() throws QueueException, InterruptedException {
    settling.await();
  }

  /// What was told to be settled and is not stored yet, of all readings.
  private static final class Settling {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private @Nullable QueueException failure;
    private int unstored;

    void begun() {
      lock.lock();
      try {
        unstored++;
      } finally {
        lock.unlock();
      }
    }

    void ended(@Nullable QueueException e) {
      lock.lock();
      try {
        if (e != null && failure == null) {
          failure = e;
        }
        if (--unstored == 0) {
          none.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    void throwFailure() throws QueueException {
      lock.lock();
      try {
        var failed = failure;
        failure = null;
        if (failed != null) {
          throw failed;
        }
      } finally {
        lock.unlock();
      }
    }

    void await() throws QueueException, InterruptedException {
      lock.lockInterruptibly();
      try {
        while (unstored > 0) {
          none.await();
        }
      } finally {
        lock.unlock();
      }
      throwFailure();
    }
  }

  private final class Reading implements Cursor<Leased<T>> {
    private final ArrayDeque<Leased<T>> received = new ArrayDeque<>();

    @Override
    public @Nullable Leased<T> next() throws Exception {
      settling.throwFailure();
      while (received.isEmpty()) {
        received.addAll(queue.receiveMany(prefetch, ending ? Duration.ZERO : WHILE_EMPTY));
        settling.throwFailure();
        if (received.isEmpty() && ending) {
          return null;
        }
      }
      return received.poll();
    }

    @Override
    public void settled(Leased<T> item, Outcome outcome) throws Exception {
      queue.store().leases().remove(item.row());
      var rows = List.of(item.row());
      settling.begun();
      try {
        queue
            .store()
            .submit(
                outcome == Outcome.ABANDONED
                    ? new Action<>(
                        rows, tables -> tables.settling.release(item.row()), settling::ended)
                    : new Settle(rows, settling::ended));
      } catch (QueueException e) {
        settling.ended(null);
        throw e;
      }
    }

    /// Gives back what no stage has seen.
    @Override
    public void close() throws Exception {
      boolean interrupted = Thread.interrupted(); // a drain interrupts who waits for items
      try {
        for (var item : received) {
          item.release();
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
