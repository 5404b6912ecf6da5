package dev.sluice.pipelines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a worker of a [Crew] has taken and not begun. It begins one value after the other, and
/// another worker may take over some of the rest meanwhile: so nothing waits for long behind the
/// value that its worker is at.
final class Hand {

  /*
   *   round | next = 3 | end = 7          one number, so that all three change as one
   *
   *     0   1   2   3   4   5   6   7
   *     x   x   .   d   e   f   g   s     x: begun, s: taken over; [next, end) is to be begun
   *
   * The owner begins with d by moving next, a thief takes f and g over by moving end to 5: whoever
   * moves the number first has what it moved past, so each value is begun once.
   *
   * The thief reads f and g before it moves the number, since afterwards the owner may run out of
   * values and fill the places again. If the owner had done so before, the number would have
   * another round, and what the thief has read is thrown away.
   *
   * The owner writes the places while there is nothing between next and end, and then sets the
   * number with release.
   */
  static final int MOST = 256;

  private static final int BITS = 16;
  private static final long MASK = (1L << BITS) - 1;
  private static final long NEXT = 1L << BITS;
  private static final long ROUND = 1L << (2 * BITS);

  /// What [#look] returns if there is nothing to take over.
  static final long NOTHING = 0;

  private static final VarHandle NUMBER;

  static {
    try {
      NUMBER = MethodHandles.lookup().findVarHandle(Hand.class, "number", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Object[] values = new Object[MOST];
  private final @Nullable Lineage[] lineages = new Lineage[MOST];

  /// The place of the first in an order of the crew's.
  private long firstPlace;

  @SuppressWarnings("unused") // through NUMBER
  private long number;

  // The owner's.
  private int count;
  private int at;

  private static int next(long number) {
    return (int) ((number >> BITS) & MASK);
  }

  private static int end(long number) {
    return (int) (number & MASK);
  }

  // The owner's part

  /// Adds a value, before it is opened: at most [#MOST].
  void add(Object value, Lineage lineage) {
    values[count] = value;
    lineages[count++] = lineage;
  }

  /// How many were added.
  int size() {
    return count;
  }

  /// What was added may be begun, by the owner or somebody else.
  void open(long placeOfFirst) {
    firstPlace = placeOfFirst;
    long round = ((long) NUMBER.getOpaque(this) & -ROUND) + ROUND;
    NUMBER.setRelease(this, round | count);
  }

  /// Begins with the next value.
  ///
  /// @return false if there is none; then values may be added again
  boolean begin() {
    while (true) {
      long now = (long) NUMBER.getOpaque(this);
      if (next(now) == end(now)) {
        // What was begun or taken over is not kept from the garbage collector.
        Arrays.fill(values, 0, count, null);
        Arrays.fill(lineages, 0, count, null);
        count = 0;
        return false;
      }
      if (NUMBER.compareAndSet(this, now, now + NEXT)) {
        at = next(now);
        return true;
      }
    }
  }

  /// What was begun last.
  Object value() {
    return given(values[at]);
  }

  Lineage lineage() {
    return given(lineages[at]);
  }

  long place() {
    return firstPlace + at;
  }

  private static <T> T given(@Nullable T filled) {
    if (filled == null) {
      throw new AssertionError("nothing was begun");
    }
    return filled;
  }

  // The thief's part

  /// What there is to take over, to be compared with what there is later: [#NOTHING], or a number
  /// that stays the same as long as nobody begins or takes over anything.
  long look() {
    long now = (long) NUMBER.getAcquire(this);
    return next(now) == end(now) ? NOTHING : now;
  }

  /// Adds the later half of what `from` has, and opens this hand, which is empty.
  ///
  /// @param seen what [#look] returned
  /// @return whether it did; not if there was a change since
  boolean takeOver(Hand from, long seen) {
    int end = end(seen);
    int middle = next(seen) + (end - next(seen)) / 2;
    for (int i = middle; i < end; i++) {
      values[i - middle] = from.values[i];
      lineages[i - middle] = from.lineages[i];
    }
    long place = from.firstPlace + middle;
    if (!NUMBER.compareAndSet(from, seen, seen - (end - middle))) {
      Arrays.fill(values, 0, end - middle, null);
      Arrays.fill(lineages, 0, end - middle, null);
      return false;
    }
    count = end - middle;
    open(place);
    return true;
  }
}
