package dev.sluice.pipelines;

import java.util.BitSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Up to where everything that an input delivered has been dealt with: for sources that commit a
/// position rather than single items, whose items may be dealt with in any order.
///
/// ```text
///   delivered   0  1  2  3  4  5  6
///   settled     x  x  x  .  x  .  x      the mark is 3: a restart there repeats 3 to 6
/// ```
///
/// No more than a given number of items are open at once, so one item that hangs stops its input
/// after so many, and the memory is bounded. Any thread may use it.
public final class Watermark {

  /*
   * Invariant: mark <= delivered <= mark + capacity. Bit i % capacity tells of item i, for i in
   * [mark, delivered): whether it is settled. All other bits are clear. Bit mark % capacity is
   * clear: the mark has moved as far as it can.
   */
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final int capacity;
  private final BitSet settled;
  private long mark;
  private long delivered;

  /// @param mostOpen how many items may be delivered beyond the mark, at least 1
  public Watermark(int mostOpen) {
    if (mostOpen < 1) {
      throw new IllegalArgumentException("mostOpen must be at least 1, but was " + mostOpen);
    }
    capacity = mostOpen;
    settled = new BitSet(mostOpen);
  }

  /// Waits until one more item may be delivered.
  public void awaitRoom() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (delivered - mark >= capacity) {
        room.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// An item is delivered.
  ///
  /// @return its number, from 0
  /// @throws IllegalStateException if too many are open
  public long delivered() {
    lock.lock();
    try {
      if (delivered - mark >= capacity) {
        throw new IllegalStateException("more than " + capacity + " items are open");
      }
      return delivered++;
    } finally {
      lock.unlock();
    }
  }

  /// An item has been dealt with.
  ///
  /// @param item its number
  /// @return the mark: the number of the first item that is still open, or will come next
  /// @throws IllegalArgumentException if it is not open
  public long settled(long item) {
    lock.lock();
    try {
      int i = (int) (item % capacity);
      if (item < mark || item >= delivered || settled.get(i)) {
        throw new IllegalArgumentException("item " + item + " is not open");
      }
      settled.set(i);
      boolean moved = false;
      while (settled.get((int) (mark % capacity))) {
        settled.clear((int) (mark % capacity));
        mark++;
        moved = true;
      }
      if (moved) {
        room.signalAll();
      }
      return mark;
    } finally {
      lock.unlock();
    }
  }

  /// The number of the first item that is open, or will come next.
  public long mark() {
    lock.lock();
    try {
      return mark;
    } finally {
      lock.unlock();
    }
  }

  /// How many items have been delivered from the mark on.
  public int open() {
    lock.lock();
    try {
      return (int) (delivered - mark);
    } finally {
      lock.unlock();
    }
  }
}
