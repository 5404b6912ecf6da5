package dev.sluice.queues;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who waits for items or for room, and how they hear of them.
///
/// A permit says "look again": so many waiters are woken as there is news for. Who finds something
/// passes the news on, in case there is more; who finds nothing goes back to sleep. So one item
/// wakes two of a hundred waiters, not all.
final class Signals {
  /// Those who wait for one thing of one queue.
  static final class Signal {
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger waiting = new AtomicInteger();

    /// From now on the caller is told; before it looks for the first time.
    void enter() {
      waiting.incrementAndGet();
    }

    void leave() {
      waiting.decrementAndGet();
    }

    /// Waits for news.
    boolean await(long nanos) throws InterruptedException {
      return permits.tryAcquire(nanos, TimeUnit.NANOSECONDS);
    }

    /// Tells as many as there is news for. Permits may be too many when two tell at once; then
    /// somebody looks in vain.
    void tell(int news) {
      int untold = Math.min(news, waiting.get() - permits.availablePermits());
      if (untold > 0) {
        permits.release(untold);
      }
    }

    boolean isAwaited() {
      return waiting.get() > 0;
    }
  }

  private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(5);

  /// Looks for something.
  interface Look<R> {
    R look() throws QueueException, InterruptedException;
  }

  private final Map<Long, Signal> items = new ConcurrentHashMap<>();
  private final Map<Long, Signal> room = new ConcurrentHashMap<>();
  private final Signal any = new Signal();
  private volatile @Nullable Thread watcher;

  Signal items(long queue) {
    return items.computeIfAbsent(queue, it -> new Signal());
  }

  Signal room(long queue) {
    return room.computeIfAbsent(queue, it -> new Signal());
  }

  /// Items of any queue.
  Signal any() {
    return any;
  }

  /// Looks again whenever there is news, until it finds something or `patience`, in nanoseconds,
  /// ends; the largest number is for ever. Returns what it saw last.
  <R> R awaiting(Signal signal, long patience, Look<R> look, Predicate<R> found)
      throws QueueException, InterruptedException {
    boolean forever = patience == Long.MAX_VALUE;
    long deadline = System.nanoTime() + (forever ? 0 : patience);
    signal.enter();
    try {
      begun();
      while (true) {
        var result = look.look();
        if (found.test(result)) {
          signal.tell(1); // there may be more
          return result;
        }
        long left = forever ? LOOK_AGAIN : deadline - System.nanoTime();
        if (left <= 0) {
          return result;
        }
        signal.await(Math.min(left, LOOK_AGAIN));
      }
    } finally {
      signal.leave();
    }
  }

  void tell(Effects effects) {
    effects
        .ready()
        .forEach((queue, count) -> {
          any.tell(count);
          var signal = items.get(queue);
          if (signal != null) {
            signal.tell(count);
          }
        });
    for (var queue : effects.freed()) {
      var signal = room.get(queue);
      if (signal != null) {
        signal.tell(Integer.MAX_VALUE);
      }
    }
  }

  /// Something may have changed anywhere.
  void tellAll() {
    any.tell(1);
    items.values().forEach(signal -> signal.tell(1));
    room.values().forEach(signal -> signal.tell(Integer.MAX_VALUE));
  }

  void tellItems(long queue) {
    any.tell(1);
    var signal = items.get(queue);
    if (signal != null) {
      signal.tell(1);
    }
  }

  /// Tells everybody, since there will be no more news.
  void end() {
    any.permits.release(any.waiting.get());
    items.values().forEach(signal -> signal.permits.release(signal.waiting.get()));
    room.values().forEach(signal -> signal.permits.release(signal.waiting.get()));
  }

  boolean isAwaited() {
    return any.isAwaited()
        || items.values().stream().anyMatch(Signal::isAwaited)
        || room.values().stream().anyMatch(Signal::isAwaited);
  }

  /// Keeps the calling thread until anybody waits.
  void awaitWaiters() throws InterruptedException {
    watcher = Thread.currentThread();
    while (!isAwaited()) {
      LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /// To be called by who begins to wait.
  void begun() {
    LockSupport.unpark(watcher);
  }
}
