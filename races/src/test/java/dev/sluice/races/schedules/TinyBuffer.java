package dev.sluice.races.schedules;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A buffer of one item whose receivers wait, with a mistake to choose: what the schedules have to
/// find.
final class TinyBuffer {

  enum Flaw {
    NONE,
    /// The sender looks for waiters before it publishes.
    WAKES_BEFORE_PUBLISHING,
    /// The receiver parks without a look after it has registered.
    SKIPS_THE_RECHECK,
    /// A receiver that has been chosen but leaves keeps the wake-up.
    SWALLOWS_THE_WAKE_UP,
    /// Two receivers may take one item.
    TAKES_WITHOUT_A_CLAIM
  }

  private static final class Waiter {
    final Thread thread = Thread.currentThread();
    final AtomicInteger state = new AtomicInteger(); // 0 waiting, 1 woken, 2 gone
  }

  static final long FOREVER = Long.MAX_VALUE;

  private final Flaw flaw;
  private final AtomicReference<@Nullable Object> slot = new AtomicReference<>();
  private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

  TinyBuffer(Flaw flaw) {
    this.flaw = flaw;
  }

  void put(Object item) {
    if (flaw == Flaw.WAKES_BEFORE_PUBLISHING) {
      wakeOne();
      slot.set(item);
    } else {
      slot.set(item);
      wakeOne();
    }
  }

  private void wakeOne() {
    for (var waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
      if (waiter.state.compareAndSet(0, 1)) {
        LockSupport.unpark(waiter.thread);
        return;
      }
    }
  }

  private @Nullable Object poll() {
    var item = slot.get();
    if (item == null) {
      return null;
    }
    if (flaw == Flaw.TAKES_WITHOUT_A_CLAIM) {
      slot.set(null);
      return item;
    }
    return slot.compareAndSet(item, null) ? item : null;
  }

  /// Waits up to `nanos`, or [#FOREVER]; null if nothing came, or if interrupted.
  @Nullable Object take(long nanos) {
    long deadline = System.nanoTime() + nanos;
    var item = poll();
    while (item == null) {
      var waiter = new Waiter();
      waiters.add(waiter);
      if (flaw != Flaw.SKIPS_THE_RECHECK) {
        item = poll();
      }
      boolean leaving = false;
      while (item == null && !leaving && waiter.state.get() == 0) {
        if (nanos == FOREVER) {
          LockSupport.park();
        } else {
          LockSupport.parkNanos(deadline - System.nanoTime());
        }
        leaving = Thread.interrupted() || (nanos != FOREVER && System.nanoTime() - deadline >= 0);
      }
      boolean woken = !waiter.state.compareAndSet(0, 2);
      if (leaving && flaw == Flaw.SWALLOWS_THE_WAKE_UP) {
        return item;
      }
      if (item == null) {
        item = poll();
      }
      if (woken && slot.get() != null) {
        wakeOne(); // it was chosen but has what it wanted, or leaves
      }
      if (leaving) {
        return item;
      }
    }
    return item;
  }
}
