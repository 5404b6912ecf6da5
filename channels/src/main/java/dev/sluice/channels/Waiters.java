package dev.sluice.channels;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Those who wait for one thing of a channel, room or an item: who is parked, and who wakes next.
///
/// A store says whether an item fits, and this says who waits until it does. Nothing is handed to a
/// waiter but a reason to look again, so that one who leaves never holds an item.
final class Waiters {

  /*
   * The hand-shake. A waiter and a maker (who makes room or an item) each do two things, in order:
   *
   *   waiter:  enlist (writes `armed`)      look at the store's indices      park
   *   maker:   move an index of the store   look at `armed`                  wake the first
   *
   * All four are volatile, so they have one order that all threads agree on. In it the maker looks
   * after the waiter has enlisted, and wakes it; or the waiter looks after the index has moved, and
   * does not park. Neither needs a fence of its own: the maker's is its claim of the index.
   *
   * One wake-up at a time. While AT_ONCE waiters are woken and not back yet, `armed` is false and
   * makers don't wake more: most often the one who comes back finds more than it takes, and the
   * makers would pay for threads that come too late. Nothing is lost by that:
   *
   *   (1) Each who was woken comes back through leave(), whatever it did meanwhile: it took what
   *       it was woken for, found it gone, or gave up for an interrupt, a timeout or another
   *       channel of its select.
   *   (2) leave() arms again, and then looks whether there is anything ready, and if so wakes the
   *       next. A maker that found `armed` false had moved its index before that, so leave() sees
   *       what it made.
   *
   * The same look serves whoever leaves without having been woken: one who waits for more room than
   * there is may have stood before others that need less.
   *
   * A waiter that was woken in vain, because someone else was faster, goes back to the front.
   *
   * An unpark alone doesn't tell a waiter that it is woken: it may meet the thread in a lock or a
   * short sleep of the look before it parks, which uses it up. So the waiter's place says so too,
   * and who is woken doesn't park.
   */

  /// How many may be woken and not back: enough to keep all cores busy, no herd.
  private static final int AT_ONCE = 1;

  // What is tried before parking. A spin costs 30 nanoseconds, a yield 400 to 600. A park and its
  // wake-up cost a platform thread 5 to 50 microseconds, and a virtual one some 2.
  //
  // Spinning pays where one thread waits for what another does next, on another core: where items
  // are handed over one by one. Where there is a buffer it gets each item as it comes, and has both
  // sides fight for it; who yields comes back to some more. There a virtual thread yields once,
  // since it comes back when all others have had their turn.
  //
  // Platform threads yield often enough to see the other side through a wake-up of its own: with
  // fewer yields, two threads that have begun to park at each turn would never get out of it. As
  // many of them may do so as would be runnable anyway. Of the virtual threads only some do on each
  // side: many that yield to each other keep those from running who could go on.
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 16 : 0;
  private static final int SPIN_LENGTH = 2;
  private static final int YIELDS = 64;
  private static final int YIELDING = 16;
  private static final int VIRTUAL_YIELDS = 1;
  private static final int VIRTUAL_YIELDING = 4;
  private static final int VIRTUAL_YIELDS_HANDING_OVER = 8;
  private static final int VIRTUAL_YIELDING_HANDING_OVER = 1;

  /// The nanoseconds that all this takes at most, about: whoever has less patience parks at once.
  ///
  /// More than eight threads that yield to each other need for a round, and less than what another
  /// process keeps a processor for.
  static final long A_WHILE = 1_000_000;

  private final Bet spinning = new Bet();
  private final Bet yielding = new Bet();

  /// How many are at it now. Two may come at once when there is room for one: no harm is done.
  private final AtomicInteger trying = new AtomicInteger();

  private final LongPredicate ready;
  private final boolean handOver;
  private final BriefLock lock = new BriefLock();

  // Guarded by the lock; `armed` is read without it, and is true if and only if somebody is queued
  // and fewer than AT_ONCE are on their way. `need` is the first one's: written before `armed` and
  // read after it. One that is out of date is that of a waiter whose leaving looks again.
  private final WaiterList<Waiter> queue = new WaiterList<>();
  private int woken;
  private long blockedNanos;
  private long need;
  private volatile boolean armed;
  private volatile int waiting;

  /// @param ready whether there is anything to wake a waiter for that needs so much, told without
  ///   waiting
  /// @param handOver whether who waits most often waits for one thread's next step
  Waiters(LongPredicate ready, boolean handOver) {
    this.ready = ready;
    this.handOver = handOver;
  }

  /// Whether a wake-up is wanted: to be asked after the store has changed.
  boolean isArmed() {
    return armed;
  }

  /// Tries for a short time what would otherwise have to be waited for, if that has paid lately.
  ///
  /// @param attempt returns null if it didn't succeed
  /// @return what the attempt returned at last
  <R> @Nullable R tryForAWhile(Supplier<? extends @Nullable R> attempt) {
    boolean virtual = Thread.currentThread().isVirtual();
    int most = handOver ? VIRTUAL_YIELDING_HANDING_OVER : VIRTUAL_YIELDING;
    if (trying.get() >= (virtual ? most : YIELDING)) {
      return null;
    }
    int yields = handOver ? VIRTUAL_YIELDS_HANDING_OVER : VIRTUAL_YIELDS;
    trying.getAndIncrement();
    try {
      return tryForAWhile(attempt, virtual ? yields : YIELDS);
    } finally {
      trying.getAndDecrement();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // whoever yields here parks soon after, if need be
  private <R> @Nullable R tryForAWhile(Supplier<? extends @Nullable R> attempt, int yields) {
    if (handOver && SPINS > 0 && spinning.isWorthIt()) {
      for (int i = 0; i < SPINS; i++) {
        for (int j = 0; j < SPIN_LENGTH; j++) {
          Thread.onSpinWait();
        }
        var result = attempt.get();
        if (result != null) {
          spinning.won();
          return result;
        }
      }
      spinning.lost();
    }
    if (yielding.isWorthIt()) {
      // Where something else keeps the processors busy a yield takes milliseconds.
      long start = System.nanoTime();
      for (int i = 0; i < yields; i++) {
        Thread.yield();
        var result = attempt.get();
        boolean isLate = System.nanoTime() - start > A_WHILE;
        if (result != null && !isLate) {
          yielding.won();
          return result;
        }
        if (isLate) {
          yielding.lostMuch();
          return result;
        }
      }
      yielding.lost();
    }
    return null;
  }

  /// Puts `waiter` into the queue, if it isn't there: at the front if it was woken in vain. The
  /// caller looks at the store again before it parks.
  void enlist(Waiter waiter) {
    lock.lock();
    try {
      switch (waiter.place) {
        case AWAY -> queue.addLast(waiter);
        case WOKEN -> {
          woken--;
          queue.addFirst(waiter);
        }
        case QUEUED -> {
          return;
        }
      }
      waiter.place = Waiter.Place.QUEUED;
      rearm();
    } finally {
      lock.unlock();
    }
  }

  /// Takes `waiter` out for good, and wakes the next if there is something for it.
  ///
  /// @param nanos how long it was parked
  void leave(Waiter waiter, long nanos) {
    lock.lock();
    try {
      switch (waiter.place) {
        case AWAY -> {
          return;
        }
        case WOKEN -> woken--;
        case QUEUED -> queue.remove(waiter);
      }
      waiter.place = Waiter.Place.AWAY;
      blockedNanos += nanos;
      rearm();
    } finally {
      lock.unlock();
    }
    wakeIfReady();
  }

  /// Wakes the first in the queue if there is something for it.
  void wakeIfReady() {
    if (armed && ready.test(need)) {
      wake();
    }
  }

  /// Parks the caller, who has enlisted and looked again, unless it was woken meanwhile. It looks
  /// again afterwards.
  void park(Waiter waiter, Clock clock, long nanos) {
    if (!waiter.isWoken()) {
      park(clock, nanos);
    }
  }

  /// Parks the caller.
  void park(Clock clock, long nanos) {
    if (nanos == AbstractChannel.FOREVER) {
      LockSupport.park(this);
    } else {
      clock.park(this, nanos);
    }
  }

  /// Wakes the first in the queue, if a wake-up is wanted.
  void wake() {
    Thread thread;
    lock.lock();
    try {
      var first = queue.first();
      if (!armed || first == null) {
        return;
      }
      thread = take(first);
      rearm();
    } finally {
      lock.unlock();
    }
    LockSupport.unpark(thread); // outside of the lock, which the thread may want at once
  }

  /// Wakes everybody: for a close.
  void wakeAll() {
    lock.lock();
    try {
      for (var first = queue.first(); first != null; first = queue.first()) {
        LockSupport.unpark(take(first));
      }
      rearm();
    } finally {
      lock.unlock();
    }
  }

  /// How many wait: whom a newcomer would overtake.
  int count() {
    return waiting;
  }

  /// Counts a time that somebody was parked without having enlisted here.
  void addBlocked(long nanos) {
    lock.lock();
    try {
      blockedNanos += nanos;
    } finally {
      lock.unlock();
    }
  }

  /// How long those who have left were parked, all together.
  long blockedNanos() {
    lock.lock();
    try {
      return blockedNanos;
    } finally {
      lock.unlock();
    }
  }

  private Thread take(Waiter waiter) {
    queue.remove(waiter);
    waiter.place = Waiter.Place.WOKEN;
    woken++;
    return waiter.thread;
  }

  private void rearm() {
    var first = queue.first();
    need = first == null ? 1 : first.need;
    armed = queue.size() > 0 && woken < AT_ONCE;
    waiting = queue.size() + woken;
  }
}
