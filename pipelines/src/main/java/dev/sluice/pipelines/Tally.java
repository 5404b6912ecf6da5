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
final class Tally {

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
  private static final VarHandle AT;

  static {
    try {
      AT = MethodHandles.lookup().findVarHandle(Tally.class, "at", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int LINE = 16; // keeps the lines of two workers apart
  private static final int IN = LINE + Outcome.values().length;
  private static final int TAKEN = IN + 1;
  private static final int STARVED = TAKEN + 1;
  private static final int BLOCKED = STARVED + 1;
  private static final int DELAYED = BLOCKED + 1;
  private static final int RESTED = DELAYED + 1;
  private static final int ENDED = RESTED + 1;
  private static final int STAGES = ENDED + 1;

  private final long[] numbers;
  private final long begun = System.nanoTime();
  private int at;

  private int mask;
  private boolean sampling;
  private long sampleBegun;
  private long lapBegun;

  /// @param stages how many stages the run has
  Tally(int stages) {
    numbers = new long[STAGES + stages + LINE];
  }

  private void add(int number, long more) {
    NUMBERS.setRelease(numbers, number, numbers[number] + more);
  }

  private long get(int number) {
    return (long) NUMBERS.getAcquire(numbers, number);
  }

  /// A source has delivered an item.
  void delivered() {
    add(IN, 1);
  }

  /// An item that a source delivered has found its end.
  void settled(Outcome outcome) {
    add(LINE + outcome.ordinal(), 1);
  }

  long in() {
    return get(IN);
  }

  long count(Outcome outcome) {
    return get(LINE + outcome.ordinal());
  }

  /// The worker has taken a value in hand.
  void taken() {
    long n = numbers[TAKEN];
    NUMBERS.setRelease(numbers, TAKEN, n + 1);
    if (sampling || (n & mask) == 0) {
      sample((n & mask) == 0);
    }
  }

  long takenSoFar() {
    return get(TAKEN);
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
