package dev.sluice.pipelines;

import dev.sluice.channels.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// When the next item may pass, for all workers of a throttled stage.
final class Throttle {

  /*
   * Each item reserves the next free moment, and moves it on by the interval (a virtual scheduling
   * algorithm, as in ITU-T I.371). Who comes late may reserve moments that have passed, but only as
   * far back as the credit reaches: that makes up for a thread that wakes late, and no more.
   *
   * Moments are counted from the beginning in sixteenths of a nanosecond, so that no rate up to
   * millions a second is off by more than a hundred-thousandth.
   */
  private static final int FRACTIONS = 16;

  private final Clock clock;
  private final long begun;
  private final AtomicLong free = new AtomicLong();
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicInteger changes = new AtomicInteger();
  private volatile Rate rate;

  Throttle(Clock clock, Rate rate) {
    this.clock = clock;
    this.begun = clock.nanoTime();
    this.rate = rate;
  }

  Rate rate() {
    return rate;
  }

  /// Sets what may pass from now on. What was reserved at the old rate is void.
  void rate(Rate changed) {
    rate = changed;
    long now = (clock.nanoTime() - begun) * FRACTIONS;
    free.updateAndGet(was -> Math.min(was, now));
    changes.getAndIncrement();
    waiting.forEach(LockSupport::unpark);
  }

  /// `thread` is about to wait for its moment, and looks at [#changes] before it parks.
  void enter(Thread thread) {
    waiting.add(thread);
  }

  void leave(Thread thread) {
    waiting.remove(thread);
  }

  /// How often the rate was changed: who reserved a moment before a change reserves another.
  int changes() {
    return changes.get();
  }

  /// Reserves the next free moment.
  ///
  /// @return when it is, in nanoseconds of the clock; it may have passed
  long reserve() {
    var current = rate;
    long interval = Math.max(1, (long) (current.nanosPerItem() * FRACTIONS));
    long credit = current.creditNanos() * FRACTIONS;
    long now = (clock.nanoTime() - begun) * FRACTIONS;
    while (true) {
      long was = free.get();
      long moment = Math.max(was, now - credit);
      if (free.compareAndSet(was, moment + interval)) {
        return begun + Math.floorDiv(moment + FRACTIONS - 1, (long) FRACTIONS);
      }
    }
  }
}
