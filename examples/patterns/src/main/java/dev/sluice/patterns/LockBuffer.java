package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A buffer guarded by one lock with two conditions: what a channel replaces.
final class LockBuffer<T> {
  private static final int ITEMS = 1_000_000;
  private static final int CAPACITY = 100;
  private static final int ROUNDS = 8;

  /// When no further round begins: on a busy machine one may take seconds.
  private static final Duration ENOUGH = Duration.ofSeconds(5);

  // @start region="lock"
  private final Deque<T> items = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final Condition notEmpty = lock.newCondition();
  private final int capacity;

  LockBuffer(int capacity) {
    this.capacity = capacity;
  }

  void put(T item) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.size() == capacity) { // not if: another may have come first
        notFull.await();
      }
      items.addLast(item);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  T take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.isEmpty()) {
        notEmpty.await();
      }
      var item = items.removeFirst();
      notFull.signal();
      return item;
    } finally {
      lock.unlock();
    }
  }

  // @end

  /// Where a producer puts numbers, and a consumer gets them.
  interface Put {
    void put(int number) throws InterruptedException;
  }

  interface Take {
    int take() throws InterruptedException;
  }

  /// How long it takes to hand over the numbers below `count`, in nanoseconds.
  ///
  /// @throws IllegalStateException if what arrives isn't what was sent
  static long time(int count, Put put, Take take) throws Exception {
    var sum = new AtomicLong();
    long start = System.nanoTime();
    try (var team = new Team(Thread.ofPlatform())) {
      team.play(
          "producer",
          () -> {
            for (int i = 0; i < count; i++) {
              put.put(i);
            }
          });
      team.play(
          "consumer",
          () -> {
            long received = 0;
            for (int i = 0; i < count; i++) {
              received += take.take();
            }
            sum.set(received);
          });
    }
    if (sum.get() != count * (count - 1L) / 2) {
      throw new IllegalStateException("not every number has arrived: the sum is " + sum.get());
    }
    return System.nanoTime() - start;
  }

  static void demo(Narrator narrator) throws Exception {
    long byLock = Long.MAX_VALUE;
    long byChannel = Long.MAX_VALUE;
    long start = System.nanoTime();
    int round = 0;
    while (round < ROUNDS && System.nanoTime() - start < ENOUGH.toNanos()) {
      var buffer = new LockBuffer<Integer>(CAPACITY);
      var channel = Channel.<Integer>bounded(CAPACITY);
      byLock = Math.min(byLock, time(ITEMS, buffer::put, buffer::take));
      byChannel = Math.min(byChannel, time(ITEMS, channel::send, channel::receive));
      narrator.tell(
          "round " + ++round, "%,d numbers through each: all have arrived".formatted(ITEMS));
    }
    narrator.tell("lock", "%,d ns for an item, the best of %d".formatted(byLock / ITEMS, round));
    narrator.tell("channel", "%,d ns for an item".formatted(byChannel / ITEMS));
    narrator.tell(
        "account", "the channel is %.1f times as fast".formatted((double) byLock / byChannel));
  }
}
