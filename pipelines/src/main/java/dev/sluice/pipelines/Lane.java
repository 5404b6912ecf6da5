package dev.sluice.pipelines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A bounded queue from one worker to another: one thread puts, one thread at a time takes.
@SuppressWarnings({
  "unused", // the bytes keep the lines of the two ends apart
  "UnnecessaryLambda" // made once, not for each wait
})
final class Lane extends LaneFreed {

  /*
   *      freed = 2    taken = 4   published = 8    put = 10        capacity = 12
   *       v            v           v                v
   *   . . x     x      d  e  f  g  h     i          .   .
   *
   * Invariant: freed <= taken <= put <= freed + capacity, and published <= put. Number n is kept in
   * place n % capacity. Each counter has one writer: put and published the putter, taken and freed
   * the taker. So an end knows its own exactly, and may see the other's too old, which makes the
   * lane look fuller to the putter than it is, and emptier to the taker.
   *
   * put is set with release after the place was written, and a taker that acquires it, or published,
   * has what came before; freed hands the places back in the same way.
   *
   * If each end looked at the other's counter for each item, the two would fight for the lines that
   * these and the places are on: 25 to 60 nanoseconds for an item between two cores. So the putter
   * publishes some items at a time and the taker goes as far as that, and frees some places at a
   * time (MCRingBuffer, by Lee, Bu and Chandranmenon). A taker that finds nothing published, also a
   * moment later, looks at put itself; and while it waits everything is published at once. So no
   * item is kept back from a taker that has nothing else to do, though the putter does something
   * else for a long time.
   *
   * What was taken stays in its place until that is freed.
   */
  private long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf;
  private long taken;
  private long nextFreed;
  private long seenPut;
  private int takeAt;
  private int freeAt;
  private @Nullable Lineage lineage;
  private long d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, da, db, dc, dd, de, df;

  private static final VarHandle FREED;
  private static final VarHandle PUT;
  private static final VarHandle PUBLISHED;

  static {
    try {
      var lookup = MethodHandles.lookup();
      FREED = lookup.findVarHandle(LaneFreed.class, "freed", long.class);
      PUT = lookup.findVarHandle(LaneTail.class, "put", long.class);
      PUBLISHED = lookup.findVarHandle(LanePublished.class, "published", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final BooleanSupplier hasRoom = () -> room() > 0;
  private final BooleanSupplier hasPlentyOfRoom = () -> room() > capacity() / 2;

  Lane(boolean tracked, Parker receiver) {
    super(tracked, receiver);
  }

  // The putter's end

  private long room() {
    return places.length - (put - (long) FREED.getAcquire(this));
  }

  /// Puts `value` if there is room.
  boolean offer(Object value, Lineage of) {
    final long n = put;
    if (n - seenFreed >= places.length) {
      seenFreed = (long) FREED.getAcquire(this);
      if (n - seenFreed >= places.length) {
        return false;
      }
    }
    int i = putAt;
    putAt = i + 1 == places.length ? 0 : i + 1;
    if (lineages != null) {
      lineages[i] = of;
    }
    places[i] = value;
    PUT.setRelease(this, n + 1);
    if (n >= nextPublished) {
      publish();
    }
    if (receiver.isWaited()) {
      publish();
      receiver.wake();
    }
    return true;
  }

  private void publish() {
    PUBLISHED.setRelease(this, put);
    nextPublished = put + some - 1;
  }

  /// Puts `value`, waiting for room.
  ///
  /// @throws Stopped if the run is being stopped; the value is the caller's then
  void put(Object value, Lineage of, Run run, Tally tally) throws InterruptedException {
    while (!offer(value, of)) {
      run.throwIfStopping();
      publish();
      sender.await(run, tally, true, hasRoom, hasPlentyOfRoom, Step.NEVER);
    }
  }

  /// No more will be put.
  void end() {
    ended = true;
    receiver.wake();
  }

  // The taker's end

  /// Takes the next value that is published, or null if there is none.
  @Nullable Object take() {
    if (taken >= seenPut) {
      seenPut = Math.max(seenPut, (long) PUBLISHED.getAcquire(this));
      if (taken >= seenPut) {
        return null;
      }
    }
    return takeNext();
  }

  /// Takes the next value, published or not, or null if there is none.
  @Nullable Object takeAny() {
    if (taken >= seenPut) {
      seenPut = (long) PUT.getAcquire(this);
      if (taken >= seenPut) {
        return null;
      }
    }
    return takeNext();
  }

  private @Nullable Object takeNext() {
    int i = takeAt;
    takeAt = i + 1 == places.length ? 0 : i + 1;
    var value = places[i];
    if (lineages != null) {
      lineage = lineages[i];
    }
    taken++;
    if (taken >= nextFreed) {
      free();
    }
    if (sender.isWaited() && seenPut - taken <= places.length / 2) {
      free();
      sender.wake();
    }
    return value;
  }

  /// Lets go of what was taken, and tells the putter of the room. Also to be called before a wait.
  void free() {
    for (long n = freed; n < taken; n++) {
      places[freeAt] = null;
      if (lineages != null) {
        lineages[freeAt] = null;
      }
      freeAt = freeAt + 1 == places.length ? 0 : freeAt + 1;
    }
    FREED.setRelease(this, taken);
    nextFreed = taken + some;
  }

  /// The lineage of what was taken last, if lineages are kept.
  @Nullable Lineage lineage() {
    return lineage;
  }

  boolean hasPublished() {
    return taken < (long) PUBLISHED.getAcquire(this);
  }

  /// For the taker.
  boolean isEmpty() {
    return taken >= (long) PUT.getAcquire(this);
  }

  boolean isEnded() {
    return ended;
  }

  /// How many values are in it, about.
  int size() {
    long n = (long) FREED.getAcquire(this);
    return (int) Math.max(0, Math.min(places.length, (long) PUT.getAcquire(this) - n));
  }

  int capacity() {
    return places.length;
  }
}

/// What both ends read and neither writes.
abstract class LanePlaces {
  private static final int MOST = 32;

  final Parker sender = new Parker();
  final Parker receiver;
  final boolean tracked;
  @Nullable Object[] places = {};
  @Nullable Lineage @Nullable [] lineages;

  /// How many items are published, and places freed, at a time.
  int some = 1;

  volatile boolean ended;

  LanePlaces(boolean tracked, Parker receiver) {
    this.tracked = tracked;
    this.receiver = receiver;
  }

  /// Makes its places, before the run begins.
  final void open(int capacity) {
    open(capacity, Math.max(1, Math.min(MOST, capacity / 4)));
  }

  /// The same, with a number of items that are told of at a time.
  final void open(int capacity, int atATime) {
    places = new Object[capacity];
    lineages = tracked ? new Lineage[capacity] : null;
    some = atATime;
  }
}

/// What the putter writes now and then, and the taker reads.
@SuppressWarnings("unused") // the bytes keep lines apart
abstract class LanePublished extends LanePlaces {
  private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
  long published;

  LanePublished(boolean tracked, Parker receiver) {
    super(tracked, receiver);
  }
}

/// What the putter writes for each item.
@SuppressWarnings("unused") // the bytes keep lines apart
abstract class LaneTail extends LanePublished {
  private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;
  long put;
  long nextPublished;
  long seenFreed;
  int putAt;

  LaneTail(boolean tracked, Parker receiver) {
    super(tracked, receiver);
  }
}

/// What the taker writes now and then, and the putter reads.
@SuppressWarnings("unused") // the bytes keep lines apart
abstract class LaneFreed extends LaneTail {
  private long e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, ea, eb, ec, ed, ee, ef;
  long freed;

  LaneFreed(boolean tracked, Parker receiver) {
    super(tracked, receiver);
  }
}
