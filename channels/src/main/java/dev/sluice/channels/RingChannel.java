package dev.sluice.channels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A channel kept in an array, used as a ring, without a lock.
final class RingChannel<T> extends RingHead<T> {

  /*
   * head and tail count the items ever claimed by receivers and by senders; an item's place is its
   * number modulo the length of the array.
   *
   *          head = 3    tail = 6      capacity = 6, of 8 places
   *            v           v
   *      . . . d   e   f   . .         [head, tail) are claimed by senders and not by receivers
   *
   * Invariant: head <= tail <= head + capacity, and capacity <= places.
   *
   * The turn of a place says what may happen to it next. It is n when it is number n's to be
   * filled, n + 1 when number n is in it, and then n + places, when it has been taken out.
   *
   * Both ends claim a place by moving their counter, and only a place that they need not wait for:
   *
   * - A sender claims number n if n < head + capacity and the turn is n. Only the sender that moves
   *   tail from n to n + 1 fills the place, and then sets the turn to n + 1.
   *   It does not look at the turn each time: another sender has just written the one beside it, and
   *   while their line is fetched a third may move tail. free says how far senders have looked: all
   *   numbers in [tail, free) may be claimed. That stays true, since only a claim ends it. A sender
   *   that was slow may set it back, which costs others a look.
   * - A receiver claims number n if the turn is n + 1. Only the receiver that moves head from n to
   *   n + 1 takes the item out, and then sets the turn to n + places.
   *
   * Because a claim never has to wait, whoever waits holds nothing and may leave at any moment. A
   * thread that was stopped between its claim and the turn holds up the others in this place: they
   * look again, then yield, then sleep for short times.
   *
   * As long as the turn is right no end reads the other's counter, which would take it away from
   * those who move it: with two threads that keep each other nearly waiting that is most of the
   * cost. Number n is below head + capacity when number n - capacity has been taken out, so the
   * turn of that one's place tells, too; it is the same place if the capacity is all places.
   *
   * Full and empty are told from the counters alone, which are claims: a sender that finds
   * n >= head + capacity read its n, then head. Since n can't have passed the true tail, and the
   * true tail can't pass head + capacity, the channel was full when head was read. So for empty.
   *
   * Visibility: a turn is set with release and read with acquire. So n + 1 hands over the item and
   * all that happened before, and n + places hands back the place: to the sender that looks, and
   * through free, which is set with release and read with acquire, to those that rely on its look.
   *
   * Turns are ints, to keep them close together: the places' lines travel between the two ends. A
   * turn that is wrong by a multiple of 2^32 would have to be that old; the claim fails then.
   *
   * The sign bit of tail is the seal. It is set by an atomic "or", so a sender either claimed
   * before it, and the item will be delivered, or its claim fails.
   */

  private static final long SEAL = Long.MIN_VALUE;

  // How a thread waits for another that was stopped between its claim and what follows at once.
  private static final int SPINS = 64;
  private static final int YIELDS = 16;
  private static final int NAP_NANOS = 50_000;

  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle TURN = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle TAIL;
  private static final VarHandle FREE;
  private static final VarHandle HEAD;

  static {
    try {
      var lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(RingTail.class, "tail", long.class);
      FREE = lookup.findVarHandle(RingTail.class, "free", long.class);
      HEAD = lookup.findVarHandle(RingHead.class, "head", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  RingChannel(int capacity, ChannelBuilder<T> settings) {
    super(capacity, settings);
  }

  @Override
  boolean offer(T item) {
    for (int looks = 0; ; ) {
      long n = (long) TAIL.getOpaque(this);
      if (n < 0) {
        return false;
      }
      if (n < (long) FREE.getAcquire(this) || findFree(n)) {
        if (TAIL.compareAndSet(this, n, n + 1)) {
          int i = (int) n & mask;
          places[i] = item;
          TURN.setRelease(turns, i, (int) n + 1);
          return true;
        }
      } else if (n == (long) TAIL.getVolatile(this)) {
        if (n - (long) HEAD.getVolatile(this) >= capacity) {
          return false;
        }
        looks = lookAgain(this, looks);
      }
    }
  }

  /// Moves `free` up if number `n` and perhaps others behind it may be claimed now.
  ///
  /// @return whether number `n` may
  private boolean findFree(long n) {
    long free = n;
    while (free < n + ahead
        && (int) TURN.getAcquire(turns, (int) free & mask) == (int) free
        && hasRoomFor(free)) {
      free++;
    }
    if (free > n + 1) { // there is something to tell the others
      FREE.setRelease(this, free);
    }
    return free > n;
  }

  /// Whether number `n`, whose place is free, is within the capacity.
  private boolean hasRoomFor(long n) {
    long last = n - capacity;
    return capacity > mask
        || last < 0
        || (int) TURN.getOpaque(turns, (int) last & mask) - (int) last > 1
        || last < (long) HEAD.getVolatile(this);
  }

  @Override
  int offerAll(T[] items, int from) {
    for (int looks = 0; ; ) {
      long n = (long) TAIL.getOpaque(this);
      if (n < 0) {
        return 0;
      }
      long head = (long) HEAD.getVolatile(this);
      int fit = (int) Math.min(items.length - from, capacity - (n - head));
      if (fit <= 0) {
        if (n == (long) TAIL.getOpaque(this)) {
          return 0;
        }
        continue;
      }
      fit = untilTurn(n, fit, 0);
      if (fit == 0) {
        if (n == (long) TAIL.getOpaque(this)) {
          looks = lookAgain(this, looks);
        }
      } else if (TAIL.compareAndSet(this, n, n + fit)) {
        for (int k = 0; k < fit; k++) {
          int i = (int) (n + k) & mask;
          places[i] = items[from + k];
          TURN.setRelease(turns, i, (int) n + k + 1);
        }
        return fit;
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // only offers fill places
  @Nullable T poll() {
    for (int looks = 0; ; ) {
      long n = (long) HEAD.getOpaque(this);
      int i = (int) n & mask;
      if ((int) TURN.getAcquire(turns, i) == (int) n + 1) {
        if (HEAD.compareAndSet(this, n, n + 1)) {
          var item = (T) places[i];
          places[i] = null;
          TURN.setRelease(turns, i, (int) n + mask + 1);
          return item;
        }
      } else if (n == (long) HEAD.getVolatile(this)) {
        if (n >= accepted()) {
          return null;
        }
        looks = lookAgain(this, looks);
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // only offers fill places
  List<T> pollAll(int max) {
    for (int looks = 0; ; ) {
      long n = (long) HEAD.getOpaque(this);
      int there = (int) Math.min(max, accepted() - n);
      if (there <= 0) {
        if (max == 0 || n == (long) HEAD.getOpaque(this)) {
          return List.of();
        }
        continue;
      }
      there = untilTurn(n, there, 1);
      if (there == 0) {
        if (n == (long) HEAD.getOpaque(this)) {
          looks = lookAgain(this, looks);
        }
        continue;
      }
      var items =
          new @Nullable Object[there]; // an array, since adding to a list takes twice as long
      if (HEAD.compareAndSet(this, n, n + there)) {
        for (int k = 0; k < there; k++) {
          int i = (int) (n + k) & mask;
          items[k] = places[i];
          places[i] = null;
          TURN.setRelease(turns, i, (int) n + k + mask + 1);
        }
        return new ArrayList<>((List<T>) Arrays.asList(items));
      }
    }
  }

  /// Counts the places from number `n` on, up to `count`, whose turn is `step` more than the
  /// number.
  ///
  /// Who has claimed a batch fills (clears) it within a moment, which this waits for: taking what
  /// is there at each look would cut the batch into small ones, and have both sides fight for each
  /// place.
  private int untilTurn(long n, int count, int step) {
    int looks = 0;
    for (int k = 0; k < count; ) {
      if ((int) TURN.getAcquire(turns, (int) (n + k) & mask) == (int) n + k + step) {
        k++;
      } else if (looks++ < SPINS) {
        Thread.onSpinWait();
      } else {
        return k;
      }
    }
    return count;
  }

  @Override
  @Nullable T peek() {
    for (int looks = 0; ; ) {
      long n = (long) HEAD.getVolatile(this);
      var item = itemAt(n);
      if (n == (long) HEAD.getVolatile(this)) {
        if (item != null) {
          return item;
        }
        if (n >= accepted()) {
          return null;
        }
        looks = lookAgain(this, looks);
      }
    }
  }

  @Override
  List<T> snapshot() {
    var items = new ArrayList<T>();
    long tail = accepted();
    for (long n = taken(); n < tail; n++) {
      var item = itemAt(n);
      if (item != null && taken() <= n) {
        items.add(item);
      }
    }
    return items;
  }

  /// What is in the place of number `n`, if it looks filled: it is number n, if no receiver has
  /// claimed that afterwards.
  @SuppressWarnings("unchecked") // only offers fill places
  private @Nullable T itemAt(long n) {
    int i = (int) n & mask;
    return (int) TURN.getAcquire(turns, i) == (int) n + 1 ? (T) PLACE.getAcquire(places, i) : null;
  }

  /// Lets some time pass until a place that another thread has claimed is filled or cleared.
  @SuppressWarnings("ThreadPriorityCheck") // and then it sleeps
  static int lookAgain(Object blocker, int looks) {
    if (looks < SPINS) {
      Thread.onSpinWait();
    } else if (looks < SPINS + YIELDS) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(blocker, NAP_NANOS);
    }
    return looks + 1;
  }

  @Override
  boolean hasRoom() {
    long n = (long) TAIL.getVolatile(this);
    return n >= 0 && n - (long) HEAD.getVolatile(this) < capacity;
  }

  @Override
  boolean hasItem() {
    long n = (long) HEAD.getVolatile(this);
    return itemAt(n) != null || n < accepted(); // most often told without the senders' line
  }

  @Override
  void seal() {
    TAIL.getAndBitwiseOr(this, SEAL);
  }

  @Override
  boolean isSealed() {
    return (long) TAIL.getVolatile(this) < 0;
  }

  @Override
  long accepted() {
    return (long) TAIL.getVolatile(this) & ~SEAL;
  }

  @Override
  long taken() {
    return (long) HEAD.getVolatile(this);
  }

  @Override
  public int size() {
    while (true) {
      long n = taken();
      int size = (int) (accepted() - n);
      if (n == taken()) {
        return size;
      }
    }
  }

  @Override
  public int capacity() {
    return capacity;
  }
}

/// What both ends of a ring read and neither writes: not in one class with the counters, because
/// the JVM puts the small fields of a class right behind its long ones.
abstract class RingPlaces<T> extends AbstractChannel<T> {
  private static final int FEW = 2;

  final int capacity;
  final int mask;

  /// How many places a sender looks at when it looks at all: in a large channel the turns of a
  /// cache line; in a small one no more than it needs, as receivers write what is beyond.
  final int ahead;

  final @Nullable Object[] places;
  final int[] turns;

  RingPlaces(int capacity, ChannelBuilder<T> settings) {
    super(settings, null, false, capacity <= FEW);
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "capacity must be at least 1, but was "
              + capacity
              + "; for a hand-off without a buffer use Channel.rendezvous()");
    }
    if (capacity > 1 << 29) {
      throw new IllegalArgumentException("capacity must be at most 2^29, but was " + capacity);
    }
    this.capacity = capacity;
    // Few places are doubled, so that a thread stopped in one of them doesn't hold up all others,
    // and because the turns tell nothing apart if there is only one.
    int atLeast = capacity <= 64 ? 2 * capacity : capacity;
    places = new Object[Integer.highestOneBit(2 * atLeast - 1)];
    mask = places.length - 1;
    ahead = Math.clamp(capacity / 16, 1, 16);
    turns = IntStream.range(0, places.length).toArray();
  }
}

/// The line that senders write.
@SuppressWarnings("unused") // the bytes keep lines apart
abstract class RingTail<T> extends RingPlaces<T> {
  private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
  long tail;
  long free;

  RingTail(int capacity, ChannelBuilder<T> settings) {
    super(capacity, settings);
  }
}

/// The line that receivers write.
@SuppressWarnings("unused") // the bytes keep lines apart
abstract class RingHead<T> extends RingTail<T> {
  private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;
  long head;
  private long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf;

  RingHead(int capacity, ChannelBuilder<T> settings) {
    super(capacity, settings);
  }
}
