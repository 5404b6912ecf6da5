package dev.sluice.pipelines;

import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Puts what several workers finish in any order back into the order in which they began it.
///
/// A worker claims the next places in the order, and later fills each; one emitter takes what is
/// filled, in order. A place may stay empty (its item was filtered or failed): the emitter passes
/// over it.
final class Window {

  /*
   *            head = 3     claimed = 7        capacity = 8
   *              v            v
   *        . . . d   _   f   _   . .           [head, claimed) is claimed, some of it filled
   *
   * Invariant, under lock: head <= claimed <= head + capacity. A place is filled at most once between its claim and
   * its emission, and by its claimer alone. So the window, not the number of workers, bounds what one slow item at the
   * head can pile up behind it.
   */
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition headFilled = lock.newCondition();
  private final @Nullable Object[] places;
  private long head;
  private long claimed;
  private int workers;
  private boolean cancelled;

  /// Fills a place that nothing comes of.
  static final Object NOTHING = new Object();

  /// @param capacity how many places may be claimed and not yet emitted
  /// @param workers how many workers will call [#leave] in the end
  Window(int capacity, int workers) {
    this.places = new Object[capacity];
    this.workers = workers;
  }

  /// Waits until a place is free. Only for one worker at a time, which then claims.
  ///
  /// @return how many places are free, at least 1
  int awaitRoom() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (claimed - head == places.length) {
        throwIfCancelled();
        room.await();
      }
      throwIfCancelled();
      return (int) (places.length - (claimed - head));
    } finally {
      lock.unlock();
    }
  }

  /// Claims the next `count` places, which [#awaitRoom] said are free.
  ///
  /// @return the first of them
  long claim(int count) {
    lock.lock();
    try {
      long first = claimed;
      claimed += count;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /// Fills a place with an [Item], which the window takes over, or with [#NOTHING].
  void fill(long place, Object result) {
    lock.lock();
    try {
      if (!cancelled) {
        places[(int) (place % places.length)] = result;
        if (place == head) {
          headFilled.signal();
        }
        return;
      }
    } finally {
      lock.unlock();
    }
    abandon(result);
  }

  /// A worker will claim no more.
  void leave() {
    lock.lock();
    try {
      workers--;
      headFilled.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Takes what is filled from the head on, waiting until something is.
  ///
  /// @param into gets up to its length of them
  /// @return how many, or 0 if all has been taken and all workers have left
  int take(Object[] into) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (places[(int) (head % places.length)] == null) {
        throwIfCancelled();
        if (workers == 0 && head == claimed) {
          return 0;
        }
        headFilled.await();
      }
      int taken = 0;
      for (int at = (int) (head % places.length); taken < into.length; taken++) {
        var result = places[at];
        if (result == null) {
          break;
        }
        into[taken] = result;
        places[at] = null;
        head++;
        at = at + 1 == places.length ? 0 : at + 1;
      }
      room.signal();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Turns everyone away, and abandons what is filled.
  void cancel() {
    @Nullable Object[] filled;
    lock.lock();
    try {
      cancelled = true;
      filled = places.clone();
      Arrays.fill(places, null);
      room.signalAll();
      headFilled.signalAll();
    } finally {
      lock.unlock();
    }
    for (var result : filled) {
      abandon(result);
    }
  }

  private static void abandon(@Nullable Object result) {
    if (result instanceof Item item) {
      item.lineage().settle(Outcome.ABANDONED);
    }
  }

  private void throwIfCancelled() {
    if (cancelled) {
      throw new Stopped();
    }
  }
}
