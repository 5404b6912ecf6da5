package dev.sluice.queues;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Something that a caller wants done in a transaction, and waits for.
///
/// @param <R> what the caller gets
abstract sealed class Request<R extends @Nullable Object> {
  private enum State {
    WAITING,
    TAKEN,
    CANCELLED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final CountDownLatch done = new CountDownLatch(1);

  // Both are written by the writer before `done`, and read after it.
  private @Nullable R result;
  private @Nullable QueueException failure;

  /// Takes it to do it; false if the caller doesn't want it any more.
  final boolean take() {
    return state.compareAndSet(State.WAITING, State.TAKEN);
  }

  /// What it adds to the size of a transaction.
  int weight() {
    return 1;
  }

  /// Keys of whose items it may change the order.
  Collection<Lane> lanes() {
    return List.of();
  }

  /// Notes what the caller gets once the transaction is committed.
  final void prepare(@Nullable R made) {
    result = made;
  }

  final @Nullable R prepared() {
    return result;
  }

  final void succeed() {
    done.countDown();
    finished(null);
  }

  final void fail(QueueException e) {
    failure = e;
    done.countDown();
    finished(e);
  }

  /// Called by the writer when it is done: for a request that nobody waits for.
  void finished(@Nullable QueueException e) {}

  /// Waits until it is done.
  ///
  /// @throws InterruptedException if it was not begun when the interrupt came, and never will be;
  ///   otherwise its result is waited for, and the thread stays interrupted
  final R await() throws QueueException, InterruptedException {
    try {
      done.await();
    } catch (InterruptedException e) {
      if (state.compareAndSet(State.WAITING, State.CANCELLED)) {
        throw e;
      }
      finish();
    }
    return outcome();
  }

  private void finish() {
    while (true) {
      try {
        done.await();
        Thread.currentThread().interrupt();
        return;
      } catch (InterruptedException e) {
        // the writer has begun: what it does must be told
      }
    }
  }

  @SuppressWarnings("NullAway") // null only where R allows it
  private R outcome() throws QueueException {
    if (failure != null) {
      throw new QueueException(String.valueOf(failure.getMessage()), failure);
    }
    return result;
  }

  /// A key of a queue.
  record Lane(long queue, String key) {}

  /// Stores items; the result is null, and nothing is stored, if there is no room for all.
  static final class Send extends Request<@Nullable List<Sent>> {
    final long queue;
    final List<NewItem> items;
    private final int weight;

    Send(long queue, List<NewItem> items) {
      this.queue = queue;
      this.items = items;
      long bytes = 0;
      for (var item : items) {
        bytes += item.payload().length;
      }
      weight = (int) Math.min(Integer.MAX_VALUE >> 1, items.size() + bytes / 4096);
    }

    @Override
    int weight() {
      return weight;
    }

    @Override
    Collection<Lane> lanes() {
      return items.stream()
          .filter(item -> item.key() != null)
          .map(item -> new Lane(queue, String.valueOf(item.key())))
          .toList();
    }
  }

  /// Leases up to `most` items for `lease` milliseconds.
  static final class Claim extends Request<List<Row>> {
    final long queue;
    final int most;
    final long lease;

    Claim(long queue, int most, long lease) {
      this.queue = queue;
      this.most = most;
      this.lease = lease;
    }

    @Override
    int weight() {
      return most;
    }
  }

  /// Acknowledges items. The result has those whose lease was not theirs any more.
  static final class Settle extends Request<List<Row>> {
    final List<Row> rows;
    private final Consumer<@Nullable QueueException> told;

    Settle(List<Row> rows) {
      this(rows, e -> {});
    }

    /// @param told is called by the writer when it is done, with the failure, if it did not succeed
    Settle(List<Row> rows, Consumer<@Nullable QueueException> told) {
      this.rows = rows;
      this.told = told;
    }

    @Override
    void finished(@Nullable QueueException e) {
      told.accept(e);
    }

    @Override
    int weight() {
      return rows.size();
    }

    @Override
    Collection<Lane> lanes() {
      return lanesOf(rows);
    }
  }

  /// Anything else.
  static final class Action<R extends @Nullable Object> extends Request<R> {
    /// What it does.
    interface Work<R extends @Nullable Object> {
      R in(Tables tables) throws SQLException;
    }

    private final Collection<Lane> lanes;
    private final Work<R> work;
    private final Consumer<@Nullable QueueException> told;

    Action(Collection<Row> rows, Work<R> work) {
      this(rows, work, e -> {});
    }

    /// @param told is called by the writer when it is done, with the failure, if it did not succeed
    Action(Collection<Row> rows, Work<R> work, Consumer<@Nullable QueueException> told) {
      this.lanes = lanesOf(rows);
      this.work = work;
      this.told = told;
    }

    @Override
    void finished(@Nullable QueueException e) {
      told.accept(e);
    }

    void run(Tables tables) throws SQLException {
      prepare(work.in(tables));
    }

    @Override
    Collection<Lane> lanes() {
      return lanes;
    }
  }

  private static List<Lane> lanesOf(Collection<Row> rows) {
    return rows.stream()
        .filter(row -> row.key() != null)
        .map(row -> new Lane(row.queue(), String.valueOf(row.key())))
        .toList();
  }
}
