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
   *
   * Most workers are plain: each item that they take has gone to another worker or found its end
   * before they take the next one. Of those that end in a sink, what was written is what was taken
   * without the one in hand and what ended otherwise. So all that a plain worker does for an item
   * is to count it as taken, and all that its steps do is to look whether they must be careful.
   */
  private static final long LONG_NANOS = 20_000;
  private static final long SHORT_NANOS = 2_000;
  private static final int RARELY = 1_024;
  private static final int OFTEN = 16;

  private static final VarHandle NUMBERS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle TAKEN;
  private static final VarHandle RESTING;
  private static final VarHandle AT;
  private static final VarHandle SEEN;

  static {
    try {
      var lookup = MethodHandles.lookup();
      TAKEN = lookup.findVarHandle(TallyOfItems.class, "taken", long.class);
      RESTING = lookup.findVarHandle(TallyOfItems.class, "resting", boolean.class);
      AT = lookup.findVarHandle(Tally.class, "at", int.class);
      SEEN = lookup.findVarHandle(Tally.class, "seen", long.class);
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
  private static final int NOTHING = -1;

  private final long[] numbers;
  private final long begun = System.nanoTime();

  // Set before the start.
  private int home;
  private boolean plain;
  private boolean writes;

  private int at;
  private boolean sampling;

  /// How many had been taken when one was sampled last. The first one is sampled too: it may be one
  /// that never comes back.
  private long lastSampled = -RARELY;

  private int round = RARELY;
  private long sampleBegun;
  private long lapBegun;

  /// What the worker waits for, a number or [#NOTHING], and since when.
  private volatile int waitsFor = NOTHING;

  private volatile long waitsSince;

  /// How many had been taken when the last one ended otherwise than by being written.
  private long lastOther;

  /// The most that [#written] has said.
  private volatile long seen;

  /// @param stages how many stages the run has
  Tally(int stages) {
    numbers = new long[STAGES + stages];
  }

  /// Whose tally it is. To be called before the worker's start.
  ///
  /// @param stage where the worker is while it is at none of its steps
  /// @param fate what becomes of an item that the worker takes
  void belongsTo(int stage, Step.Fate fate) {
    home = stage;
    at = stage;
    plain = fate != Step.Fate.LATER;
    writes = fate == Step.Fate.WRITTEN;
    careful = !plain;
  }

  private void add(int number, long more) {
    NUMBERS.setRelease(numbers, number, numbers[number] + more);
  }

  private long get(int number) {
    return (long) NUMBERS.getAcquire(numbers, number);
  }

  /// An item that a source delivered has found its end. Not to be called for what a worker that
  /// [#countsWritten] has written.
  void settled(Outcome outcome) {
    add(outcome.ordinal(), 1);
    lastOther = taken;
  }

  /// Whether each item that the worker takes counts as written unless it is said to have ended
  /// otherwise.
  boolean countsWritten() {
    return writes;
  }

  long count(Outcome outcome) {
    return outcome == Outcome.OUT && writes ? written() : get(outcome.ordinal());
  }

  /// What was taken, without what ended otherwise and the item in hand. While the worker is at
  /// work, the item in hand may be one of those that ended otherwise: then this is one too few, but
  /// never fewer than it was.
  private long written() {
    long before = takenSoFar();
    boolean rests = (boolean) RESTING.getAcquire(this);
    long others = 0;
    for (var outcome : Outcome.values()) {
      others += outcome == Outcome.OUT ? 0 : get(outcome.ordinal());
    }
    long written = Math.max(0, before - (rests ? 0 : 1) - others);
    while (true) {
      long most = seen;
      if (written <= most || SEEN.compareAndSet(this, most, written)) {
        return Math.max(written, most);
      }
    }
  }

  /// Whether steps must say where they are, and see to everything themselves.
  boolean isCareful() {
    return careful;
  }

  /// The worker has taken a value in hand.
  void taken() {
    long n = taken + 1;
    if (n >= due) {
      look(n);
    }
    TAKEN.setRelease(this, n);
  }

  /// The same for one of the next [#untilSample] values.
  void takenUnsampled() {
    TAKEN.setRelease(this, taken + 1);
  }

  /// How many of the next values need not be sampled. A worker that rests in between, or is
  /// careful, asks again.
  long untilSample() {
    return careful || resting ? 0 : due - taken - 1;
  }

  long takenSoFar() {
    return (long) TAKEN.getAcquire(this);
  }

  /// What is to be done for some of the items.
  private void look(long n) {
    if (resting) {
      RESTING.setRelease(this, false);
    }
    endSample();
    if (n - lastSampled >= round) {
      lastSampled = n;
      due = n + 1;
      careful = true;
      sampling = true;
      sampleBegun = System.nanoTime();
      lapBegun = sampleBegun;
    } else {
      due = lastSampled + round;
    }
  }

  private void endSample() {
    if (sampling) {
      long now = System.nanoTime();
      endLap(now);
      sampling = false;
      careful = !plain;
      AT.setRelease(this, home);
      long took = now - sampleBegun;
      round = took > LONG_NANOS ? 1 : took > SHORT_NANOS ? OFTEN : RARELY;
    }
  }

  private void endLap(long now) {
    add(STAGES + at, (now - lapBegun) * round);
    lapBegun = now;
  }

  /// The worker has nothing in hand: it looks for the next, and may have to wait.
  void rests() {
    endSample();
    RESTING.setRelease(this, true);
    due = 0;
  }

  /// Notes which stage the worker is at.
  void at(int stage) {
    if (sampling) {
      endLap(System.nanoTime());
    }
    AT.setRelease(this, stage);
  }

  /// Where the worker was when it last said so: where it is, if [#isCareful], and in what it does
  /// only once.
  int at() {
    return (int) AT.getAcquire(this);
  }

  // A wait counts while it goes on: one for room may last for minutes, and would look like work.

  /// The worker begins to wait. Ended by [#starved], [#blocked] or [#delayed].
  private void waits(int number) {
    waitsSince = System.nanoTime();
    waitsFor = number;
  }

  /// The worker begins to wait for something to do.
  void starves() {
    waits(STARVED);
  }

  /// The worker begins to wait for room.
  void blocks() {
    waits(BLOCKED);
  }

  /// The worker begins to wait because it is told to.
  void delays() {
    waits(DELAYED);
  }

  /// The worker is not called to work from now on. Ended by [#rested].
  void leaves() {
    waits(RESTED);
  }

  /// With the wait that goes on, if it is of that kind. A wait that ends meanwhile is read again.
  private long waitedSoFar(int number) {
    for (int i = 0; i < 3; i++) {
      boolean waiting = waitsFor == number;
      long since = waitsSince;
      long sum = get(number);
      if (waiting == (waitsFor == number) && since == waitsSince) {
        return waiting ? sum + Math.max(0, System.nanoTime() - since) : sum;
      }
    }
    return get(number);
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
    waitsFor = NOTHING;
    if (nanos > 0) {
      add(number, nanos);
      lapBegun += nanos;
      sampleBegun += nanos;
    }
  }

  /// The worker has ended.
  void ended() {
    endSample();
    if (lastOther == taken) {
      RESTING.setRelease(this, true); // what it took last has ended, whatever ended the worker
    }
    add(ENDED, Math.max(1, System.nanoTime() - begun));
  }

  /// How long the worker has lived, without the time when it was not called to work.
  long lived() {
    long ended = get(ENDED);
    return (ended == 0 ? System.nanoTime() - begun : ended) - waitedSoFar(RESTED);
  }

  long starvedSoFar() {
    return waitedSoFar(STARVED);
  }

  long blockedSoFar() {
    return waitedSoFar(BLOCKED);
  }

  long delayedSoFar() {
    return waitedSoFar(DELAYED);
  }

  /// How long the worker was at that stage, by its samples: only the shares mean anything.
  long sampled(int stage) {
    long sum = get(STAGES + stage);
    boolean isThere = sampling && stage == at() && waitsFor == NOTHING;
    // What it is at now is added, about: it may never come back from there.
    return isThere ? sum + Math.max(0, System.nanoTime() - lapBegun) * round : sum;
  }
}

/// What a worker writes for each item, on lines of its own.
@SuppressWarnings("unused") // the bytes keep the lines of two workers apart
abstract class TallyOfItems extends TallyBefore {
  long taken;

  /// At which item there is more to do than to count it.
  long due;

  boolean careful = true;
  boolean resting = true;
  private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;
}

/// See [TallyOfItems].
@SuppressWarnings("unused")
abstract class TallyBefore {
  private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}
