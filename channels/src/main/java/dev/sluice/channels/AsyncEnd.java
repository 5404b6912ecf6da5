package dev.sluice.channels;

import java.util.LinkedHashSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One end of a channel for callers who get a future instead of waiting: [Sender#sendAsync] and
/// [Receiver#receiveAsync].
///
/// @param <R> what a call comes to
final class AsyncEnd<R> {

  /*
   * Calls that can't succeed at once are pending, in order. While any is, one virtual thread stands
   * among the channel's waiters for all of them: the server.
   *
   *   call  --> pending --> claimed --> completed        claimed: under the lock, the attempt has
   *                 |                                    succeeded and the call has left `pending`
   *                 '-----> withdrawn                    withdrawn: by cancel(), complete(), ...
   *
   * A call leaves `pending` once, by one of the two, under the lock. So an item is taken from the
   * channel (or given to it) only for a future that can't be cancelled any more.
   *
   * A future is completed outside the lock, and by a thread that serves no longer: what hangs on it
   * may take its time, or wait for the next call of this end. Whoever claims a call while others
   * are pending starts the next server first.
   */

  /// What an attempt came to.
  ///
  /// @param value what to complete the future with; null for a send
  record Outcome<R>(@Nullable R value, @Nullable Throwable failure) {}

  /// What a server came back with: a call to complete, unless there was none left.
  private record Claim<R>(
      @Nullable Call<R> call, @Nullable Outcome<R> outcome, @Nullable Thread next) {}

  /// Tries what the call is for: never waits, and runs no code of users but a comparator.
  interface Attempt<R> {

    /// Tries once.
    ///
    /// @return null if there was no room or no item
    /// @throws ClosedException if there will never be
    @Nullable Outcome<R> make();
  }

  private final AbstractChannel<?> channel;
  private final Waiters side;
  private final BooleanSupplier closed;
  private final Runnable announce;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashSet<Call<R>> pending = new LinkedHashSet<>(); // guarded by the lock
  private @Nullable Thread server; // guarded by the lock; there is one while anything is pending

  /// @param closed whether whoever waits has to look at the channel again for a close
  /// @param announce tells the other side after a success
  AsyncEnd(AbstractChannel<?> channel, Waiters side, BooleanSupplier closed, Runnable announce) {
    this.channel = channel;
    this.side = side;
    this.closed = closed;
    this.announce = announce;
  }

  CompletableFuture<R> call(Attempt<R> attempt) {
    var call = new Call<R>(this, attempt);
    Outcome<R> outcome;
    Thread started = null;
    lock.lock();
    try {
      outcome = pending.isEmpty() && !channel.mustQueue(side) ? outcome(attempt) : null;
      if (outcome == null) {
        pending.add(call);
        if (server == null) {
          server = started = newServer();
        }
      }
    } finally {
      lock.unlock();
    }
    if (outcome != null) {
      finish(call, outcome);
    } else if (started != null) {
      started.start();
    }
    return call;
  }

  private Thread newServer() {
    return Thread.ofVirtual().name(channel.name() + ", asynchronous").unstarted(this::serve);
  }

  private void serve() {
    Claim<R> claim = null;
    while (claim == null) {
      try {
        claim = channel.await(side, 1, this::claim, this::isOver, AbstractChannel.FOREVER);
      } catch (InterruptedException e) {
        // nobody's business: this thread runs no code of others while it serves
      }
    }
    if (claim.next != null) {
      claim.next.start();
    }
    if (claim.call != null && claim.outcome != null) {
      finish(claim.call, claim.outcome);
    }
  }

  private boolean isOver() {
    if (closed.getAsBoolean()) {
      return true;
    }
    lock.lock();
    try {
      return pending.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Claim<R> claim() {
    lock.lock();
    try {
      if (pending.isEmpty()) {
        server = null;
        return new Claim<>(null, null, null);
      }
      var first = pending.getFirst();
      var outcome = outcome(first.attempt);
      if (outcome == null) {
        return null;
      }
      pending.removeFirst();
      server = pending.isEmpty() ? null : newServer();
      return new Claim<>(first, outcome, server);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Outcome<R> outcome(Attempt<R> attempt) {
    try {
      return attempt.make();
    } catch (RuntimeException | Error e) {
      return new Outcome<>(null, e);
    }
  }

  private void finish(Call<R> call, Outcome<R> outcome) {
    try {
      if (outcome.failure == null) {
        announce.run();
      }
    } finally {
      call.finish(outcome);
    }
  }

  private boolean withdraw(Call<R> call) {
    Thread idle = null;
    lock.lock();
    try {
      if (!pending.remove(call)) {
        return false;
      }
      if (pending.isEmpty()) {
        idle = server;
      }
    } finally {
      lock.unlock();
    }
    LockSupport.unpark(idle); // it finds nothing to do, and ends
    return true;
  }

  /// A future whose call is withdrawn by whoever completes it from outside, in whatever way.
  private static final class Call<R> extends CompletableFuture<R> {
    private final AsyncEnd<R> end;
    private final Attempt<R> attempt;

    Call(AsyncEnd<R> end, Attempt<R> attempt) {
      this.end = end;
      this.attempt = attempt;
    }

    void finish(Outcome<R> outcome) {
      if (outcome.failure == null) {
        super.complete(outcome.value);
      } else {
        super.completeExceptionally(outcome.failure);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return end.withdraw(this) ? super.cancel(mayInterruptIfRunning) : isCancelled();
    }

    @Override
    public boolean complete(R value) {
      return end.withdraw(this) && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      return end.withdraw(this) && super.completeExceptionally(failure);
    }

    @Override
    public CompletableFuture<R> completeAsync(Supplier<? extends R> supplier, Executor executor) {
      executor.execute(() -> {
        try {
          complete(supplier.get());
        } catch (Throwable e) {
          completeExceptionally(e);
        }
      });
      return this;
    }

    @Override
    public void obtrudeValue(R value) {
      end.withdraw(this);
      super.obtrudeValue(value);
    }

    @Override
    public void obtrudeException(Throwable failure) {
      end.withdraw(this);
      super.obtrudeException(failure);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }
  }
}
