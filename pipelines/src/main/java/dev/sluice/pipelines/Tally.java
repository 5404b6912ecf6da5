package dev.sluice.pipelines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What one worker has counted, where it is, and how its time went. Only its own thread writes; any
/// thread reads.
///
/// Counting must cost next to nothing, so each number is written with release: on most machines a
/// plain store. Who reads one number sees also what was counted before it, anywhere: an item's
/// outcome is counted by a worker that has taken the item over from the one that counted it in.
@SuppressWarnings("EnumOrdinal") // a run counts by outcome, and keeps nothing
final class Tally extends TallyOfItems {

  /*
   * The clock is read when the worker waits, and for a sample of the items: one in 1024 if they are
   * quick, each if they take long enough not to mind. Between two readings of a sampled item lies
   * the time of one stage. A sample counts for as many items as it stands for.
   */
  private static final long LONG_NANOS = 20_000;
  private static final long SHORT_NANOS = 2_000;
  private static final int RARELY = 1023;
  private static final int OFTEN = 15;

  private static final VarHandle NUMBERS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle TAKEN;
  private static final VarHandle OUT;
  private static final VarHandle AT;

  static {
    try {
      var lookup = MethodHandles.lookup();
      TAKEN = lookup.findVarHandle(TallyOfItems.class, "taken", long.class);
      OUT = lookup.findVarHandle(TallyOfItems.class, "out", long.class);
      AT = lookup.findVarHandle(TallyOfItems.class, "at", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int STARVED = Outcome.values().length;
  private static final int BLOCKED = STARVED + 1;
  private static final int DELAYED = BLOCKED + 1;
  private static final int RESTED = DELAYED + 1;
  private static final int ENDED = RESTED + 1;
  private static final int STAGES = ENDED + 1;

  private final long[] numbers;
  private final long begun = System.nanoTime();
  private long sampleBegun;
  private long lapBegun;

  /// @param stages how many stages the run has
  Tally(int stages) {
    numbers = new long[STAGES + stages];
  }

  private void add(int number, long more) {
    NUMBERS.setRelease(numbers, number, numbers[number] + more);
  }

  private long get(int number) {
    return (long) NUMBERS.getAcquire(numbers, number);
  }

  /// An item that a source delivered has found its end.
  void settled(Outcome outcome) {
    if (outcome == Outcome.OUT) {
      OUT.setRelease(this, out + 1);
    } else {
      add(outcome.ordinal(), 1);
    }
  }

  long count(Outcome outcome) {
    return outcome == Outcome.OUT ? (long) OUT.getAcquire(this) : get(outcome.ordinal());
  }

  /// The worker has taken a value in hand.
  void taken() {
    long n = taken;
    TAKEN.setRelease(this, n + 1);
    if (sampling || (n & mask) == 0) {
      sample((n & mask) == 0);
    }
  }

  long takenSoFar() {
    return (long) TAKEN.getAcquire(this);
  }

  private void sample(boolean begin) {
    long now = System.nanoTime();
    endSample(now);
    if (begin) {
      sampling = true;
      sampleBegun = now;
      lapBegun = now;
    }
  }

  private void endSample(long now) {
    if (sampling) {
      endLap(now);
      sampling = false;
      long took = now - sampleBegun;
      mask = took > LONG_NANOS ? 0 : took > SHORT_NANOS ? OFTEN : RARELY;
    }
  }

  private void endLap(long now) {
    add(STAGES + at, (now - lapBegun) * (mask + 1L));
    lapBegun = now;
  }

  /// The worker has nothing in hand: it looks for the next, and may have to wait.
  void rests() {
    if (sampling) {
      endSample(System.nanoTime());
    }
  }

  /// Notes which stage the worker is at.
  void at(int stage) {
    if (sampling) {
      endLap(System.nanoTime());
    }
    AT.setRelease(this, stage);
  }

  int at() {
    return (int) AT.getAcquire(this);
  }

  /// The worker has waited so long for something to do.
  void starved(long nanos) {
    waited(STARVED, nanos);
  }

  /// The worker has waited so long for room.
  void blocked(long nanos) {
    waited(BLOCKED, nanos);
  }

  /// The worker has waited so long because it was told to: by a throttle, or before a retry.
  void delayed(long nanos) {
    waited(DELAYED, nanos);
  }

  /// The worker was not called to work for so long.
  void rested(long nanos) {
    waited(RESTED, nanos);
  }

  private void waited(int number, long nanos) {
    if (nanos > 0) {
      add(number, nanos);
      lapBegun += nanos;
      sampleBegun += nanos;
    }
  }

  /// The worker has ended.
  void ended() {
    add(ENDED, Math.max(1, System.nanoTime() - begun));
  }

  /// How long the worker has lived, without the time when it was not called to work.
  long lived() {
    long ended = get(ENDED);
    return (ended == 0 ? System.nanoTime() - begun : ended) - get(RESTED);
  }

  long starvedSoFar() {
    return get(STARVED);
  }

  long blockedSoFar() {
    return get(BLOCKED);
  }

  long delayedSoFar() {
    return get(DELAYED);
  }

  /// How long the worker was at that stage, by its samples: only the shares mean anything.
  long sampled(int stage) {
    return get(STAGES + stage);
  }
}

/// What a worker writes for each item, on lines of its own.
@SuppressWarnings("unused") // the bytes keep the lines of two workers apart
abstract class TallyOfItems extends TallyBefore {
  long taken;
  long out;
  int at;
  int mask;
  boolean sampling;
  private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;
}

/// See [TallyOfItems].
@SuppressWarnings("unused")
abstract class TallyBefore {
  private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}
