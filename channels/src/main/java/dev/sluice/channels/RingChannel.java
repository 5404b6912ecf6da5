package dev.sluice.channels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
   * Both ends claim a place by moving their counter, and only a place that they need not wait for:
   *
   * - A sender claims number n if n < head + capacity and the place is null. The former means that
   *   a receiver has claimed n - places, the last item that was here; the latter that it has gone.
   *   Only the sender that moves tail from n to n + 1 ever writes to the place until a receiver has
   *   claimed n. So the place stays null until it is filled.
   * - A receiver claims number n if n < tail and the place isn't null. The former means that a
   *   sender has claimed n, and so found the place null: what is there now is number n. Only the
   *   receiver that moves head from n to n + 1 takes it.
   *
   * What was read of a place before a lost race for the counter is not used.
   *
   * Because a claim never has to wait, whoever waits holds nothing and may leave at any moment. A
   * thread that was stopped between claim and filling (or clearing) holds up the others in this
   * place: they look again, then yield, then sleep for short times.
   *
   * Full and empty are told from the counters alone, which are claims: a sender that finds
   * n == head + capacity read its n, then head. Since n can't have passed the true tail, and the
   * true tail can't pass head + capacity, the channel was full when head was read. So for empty.
   *
   * headSeen and tailSeen are older values of the other end's counter, kept on the line of one's
   * own: too old is safe, since it makes the ring look fuller (emptier) than it is, and then the
   * true one is read.
   *
   * Visibility: the filling of a place (release) and the look at it (acquire) hand over the item
   * and all that happened before; clearing and looking hand back the place.
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
  private static final VarHandle TAIL;
  private static final VarHandle TAIL_SEEN;
  private static final VarHandle HEAD;
  private static final VarHandle HEAD_SEEN;

  static {
    try {
      var lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(RingTail.class, "tail", long.class);
      HEAD_SEEN = lookup.findVarHandle(RingTail.class, "headSeen", long.class);
      HEAD = lookup.findVarHandle(RingHead.class, "head", long.class);
      TAIL_SEEN = lookup.findVarHandle(RingHead.class, "tailSeen", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  RingChannel(int capacity, ChannelBuilder<T> settings) {
    super(capacity, settings);
  }

  @Override
  boolean offer(T item) {
    final var places = this.places;
    for (int looks = 0; ; ) {
      long n = (long) TAIL.getOpaque(this);
      if (n < 0 || isFull(n)) {
        return false;
      }
      int i = (int) n & (places.length - 1);
      if (PLACE.getAcquire(places, i) == null) {
        if (TAIL.compareAndSet(this, n, n + 1)) {
          PLACE.setRelease(places, i, item);
          return true;
        }
      } else if (n == (long) TAIL.getOpaque(this)) {
        looks = lookAgain(this, looks);
      }
    }
  }

  /// Whether there is no room for number `n`.
  private boolean isFull(long n) {
    if (n - (long) HEAD_SEEN.getOpaque(this) < capacity) {
      return false;
    }
    long head = (long) HEAD.getVolatile(this);
    HEAD_SEEN.setOpaque(this, head);
    return n - head >= capacity;
  }

  @Override
  int offerAll(T[] items, int from) {
    final var places = this.places;
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
      fit = untilReady(n, fit, null);
      if (fit == 0) {
        if (n == (long) TAIL.getOpaque(this)) {
          looks = lookAgain(this, looks);
        }
      } else if (TAIL.compareAndSet(this, n, n + fit)) {
        for (int i = 0; i < fit; i++) {
          PLACE.setRelease(places, (int) (n + i) & (places.length - 1), items[from + i]);
        }
        return fit;
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // only offers fill places
  @Nullable T poll() {
    final var places = this.places;
    for (int looks = 0; ; ) {
      long n = (long) HEAD.getOpaque(this);
      if (isEmpty(n)) {
        return null;
      }
      int i = (int) n & (places.length - 1);
      var item = (T) PLACE.getAcquire(places, i);
      if (item != null) {
        if (HEAD.compareAndSet(this, n, n + 1)) {
          PLACE.setRelease(places, i, null);
          return item;
        }
      } else if (n == (long) HEAD.getOpaque(this)) {
        looks = lookAgain(this, looks);
      }
    }
  }

  /// Whether number `n` hasn't been sent.
  private boolean isEmpty(long n) {
    if (n < (long) TAIL_SEEN.getOpaque(this)) {
      return false;
    }
    long tail = (long) TAIL.getVolatile(this) & ~SEAL;
    TAIL_SEEN.setOpaque(this, tail);
    return n >= tail;
  }

  @Override
  @SuppressWarnings("unchecked") // only offers fill places
  List<T> pollAll(int max) {
    final var places = this.places;
    for (int looks = 0; ; ) {
      long n = (long) HEAD.getOpaque(this);
      long tail = (long) TAIL.getVolatile(this) & ~SEAL;
      int there = (int) Math.min(max, tail - n);
      if (there <= 0) {
        if (max == 0 || n == (long) HEAD.getOpaque(this)) {
          return List.of();
        }
        continue;
      }
      var items = new Object[there];
      there = untilReady(n, there, items);
      if (there == 0) {
        if (n == (long) HEAD.getOpaque(this)) {
          looks = lookAgain(this, looks);
        }
      } else if (HEAD.compareAndSet(this, n, n + there)) {
        for (int i = 0; i < there; i++) {
          PLACE.setRelease(places, (int) (n + i) & (places.length - 1), null);
        }
        return new ArrayList<>((List<T>) Arrays.asList(items).subList(0, there));
      }
    }
  }

  /// Counts the places from number `n` on that are clear, up to `count`; or if there is an array
  /// for what is in them, that are filled.
  ///
  /// Who has claimed a batch fills (clears) it within a moment, which this waits for: taking what
  /// is there at each look would cut the batch into small ones, and have both sides fight for each
  /// place.
  private int untilReady(long n, int count, @Nullable Object @Nullable [] items) {
    final var places = this.places;
    int looks = 0;
    for (int i = 0; i < count; ) {
      var item = PLACE.getAcquire(places, (int) (n + i) & (places.length - 1));
      if ((item != null) == (items != null)) {
        if (items != null) {
          items[i] = item;
        }
        i++;
      } else if (looks++ < SPINS) {
        Thread.onSpinWait();
      } else {
        return i;
      }
    }
    return count;
  }

  @Override
  @SuppressWarnings("unchecked") // only offers fill places
  @Nullable T peek() {
    for (int looks = 0; ; ) {
      long n = (long) HEAD.getVolatile(this);
      if (isEmpty(n)) {
        return null;
      }
      var item = (T) PLACE.getAcquire(places, (int) n & (places.length - 1));
      if (n == (long) HEAD.getVolatile(this)) {
        if (item != null) {
          return item;
        }
        looks = lookAgain(this, looks);
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // only offers fill places
  List<T> snapshot() {
    var items = new ArrayList<T>();
    long tail = accepted();
    for (long n = taken(); n < tail; n++) {
      var item = (T) PLACE.getAcquire(places, (int) n & (places.length - 1));
      if (item != null && taken() <= n) { // so it is number n, and not one that came after it
        items.add(item);
      }
    }
    return items;
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
    return n < ((long) TAIL.getVolatile(this) & ~SEAL);
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

/// What both ends of a ring read and neither writes; then the line that senders write.
@SuppressWarnings("unused") // the bytes keep lines apart
abstract class RingTail<T> extends AbstractChannel<T> {
  final int capacity;
  final @Nullable Object[] places;
  private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
  long tail;
  long headSeen;

  RingTail(int capacity, ChannelBuilder<T> settings) {
    super(settings);
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
    // Few places are doubled, so that a thread stopped in one of them doesn't hold up all others.
    int atLeast = capacity <= 64 ? 2 * capacity : capacity;
    places = new Object[Integer.highestOneBit(2 * atLeast - 1)];
  }
}

/// The line that receivers write.
@SuppressWarnings("unused") // the bytes keep lines apart
abstract class RingHead<T> extends RingTail<T> {
  private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;
  long head;
  long tailSeen;
  private long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf;

  RingHead(int capacity, ChannelBuilder<T> settings) {
    super(capacity, settings);
  }
}
