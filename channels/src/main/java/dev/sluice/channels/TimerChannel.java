package dev.sluice.channels;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A channel that time fills: with one item, or with one after each period. Nobody sends to it.
final class TimerChannel extends AbstractChannel<Duration> {

  /*
   * Tick k is due at k periods. What was taken last is the one number that changes, so that a tick
   * is taken by whoever moves that to the last one that is due; those between are nobody's.
   *
   * Nobody wakes a receiver but its own patience: none parks longer than until the next is due.
   */

  private final long period;
  private final long ticks;
  private final long opened = clock.nanoTime();
  private final AtomicLong last = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();
  private volatile long cancelledAt = FOREVER;

  /// @param once whether it ends after the first tick
  TimerChannel(Duration period, boolean once, ChannelBuilder<Duration> settings) {
    super(settings);
    this.period = nanos(period);
    ticks = once ? 1 : Long.MAX_VALUE;
  }

  /// The number of the last tick that is due; 0 before the first.
  private long due() {
    long elapsed = elapsed();
    return elapsed < period ? 0 : period == 0 ? ticks : Math.min(ticks, elapsed / period);
  }

  private long elapsed() {
    return Math.min(clock.nanoTime() - opened, cancelledAt);
  }

  @Override
  @Nullable Duration poll() {
    long before = last.get();
    long due = due();
    if (due <= before || !last.compareAndSet(before, due)) {
      return null; // who lost the race lost it for this tick: there is no other yet
    }
    taken.getAndIncrement();
    return Duration.ofNanos(due * period);
  }

  @Override
  List<Duration> pollAll(int max) {
    var items = new ArrayList<Duration>(1);
    var item = max == 0 ? null : poll();
    if (item != null) {
      items.add(item);
    }
    return items;
  }

  @Override
  @Nullable Duration peek() {
    long due = due();
    return due > last.get() ? Duration.ofNanos(due * period) : null;
  }

  @Override
  List<Duration> snapshot() {
    var item = peek();
    return item == null ? List.of() : List.of(item);
  }

  @Override
  boolean hasItem() {
    return due() > last.get();
  }

  @Override
  long dueIn() {
    long next = last.get() + 1;
    return next > ticks || period == FOREVER ? FOREVER : next * period - elapsed();
  }

  @Override
  void seal() {
    cancelledAt = elapsed();
  }

  @Override
  boolean isSealed() {
    return cancelledAt != FOREVER || due() == ticks;
  }

  @Override
  boolean offer(Duration item) {
    return false;
  }

  @Override
  int offerAll(Duration[] items, int from) {
    return 0;
  }

  @Override
  boolean hasRoom() {
    return false;
  }

  @Override
  long accepted() {
    return taken.get() + size();
  }

  @Override
  long taken() {
    return taken.get();
  }

  @Override
  public int size() {
    return hasItem() ? 1 : 0;
  }

  @Override
  public int capacity() {
    return 1;
  }
}
