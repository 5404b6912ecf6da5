package dev.sluice.pipelines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Puts what several workers finish in any order back into the order in which they began it.
///
/// A worker claims the next places in the order, and later fills each; one emitter takes what is
/// filled, in order. A place may stay empty (its item was filtered or failed): the emitter passes
/// over it.
@SuppressWarnings({
  "ReferenceEquality", // NOTHING is itself
  "UnnecessaryLambda" // made once, not for each wait
})
final class Window {

  /*
   *            head = 3     claimed = 7        capacity = 8
   *              v            v
   *        . . . d   _   f   _   . .           [head, claimed) is claimed, some of it filled
   *
   * Invariant: head <= claimed <= head + capacity. So the window, not the number of workers, bounds
   * what one slow item at the head can pile up behind it.
   *
   * Only who holds the crew's turn claims, and only the emitter moves head: an old head makes the
   * window look fuller than it is, an old claimed emptier. A place is written by its claimer, once,
   * while it is null, and set back by the emitter when it isn't; its lineage is written before and
   * read after.
   */
  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Object[].class);

  /// Fills a place that nothing comes of.
  static final Object NOTHING = new Object();

  private final Run run;
  private final @Nullable Object[] places;
  private final Lineage[] lineages;
  private final Parker emitter = new Parker();
  private final Parker claimer = new Parker();
  private volatile long claimed;
  private volatile boolean ended;
  private volatile long head;
  private Lineage lineage = Untracked.LINEAGE;

  private final BooleanSupplier hasRoom = () -> room() > 0;
  private final BooleanSupplier hasPlentyOfRoom = () -> room() >= (capacity() + 1) / 2;
  private final BooleanSupplier ready = () -> isFilled() || isEmpty();

  /// @param capacity how many places may be claimed and not yet emitted
  Window(Run run, int capacity) {
    this.run = run;
    this.places = new Object[capacity];
    this.lineages = new Lineage[capacity];
  }

  /// How many places are free. Only for the worker that holds the turn, and then claims.
  int room() {
    return (int) (places.length - (claimed - head));
  }

  private int index(long place) {
    return (int) (place % places.length);
  }

  /// Waits until a place is free, or the time has come. Only for who holds the turn.
  ///
  /// @param deadline until when, in nanoseconds of the run's clock, or [Step#NEVER]
  void awaitRoom(long deadline, Tally tally) throws InterruptedException {
    if (room() == 0) {
      claimer.await(run, tally, true, hasRoom, hasPlentyOfRoom, deadline);
      run.throwIfStopping();
    }
  }

  /// Claims the next `count` places, which [#room] said are free.
  ///
  /// @return the first of them
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // only who holds the turn writes it
  long claim(int count) {
    long first = claimed;
    claimed = first + count;
    return first;
  }

  /// Fills a claimed place with a value that the window takes over, or with [#NOTHING].
  void fill(long place, Object value, Lineage of) {
    int i = index(place);
    lineages[i] = of;
    PLACE.setRelease(places, i, value);
    if (emitter.isWaited() && place == head) {
      emitter.wake();
    }
  }

  /// Nobody will claim any more: what is claimed will still be filled.
  void end() {
    ended = true;
    emitter.wake();
  }

  private boolean isFilled() {
    return PLACE.getAcquire(places, index(head)) != null;
  }

  /// Whether all has been emitted and nothing more will come.
  private boolean isEmpty() {
    return ended && head == claimed;
  }

  /// Takes the next value in order, waiting until it is there. Its lineage is [#lineage].
  ///
  /// @return [#NOTHING] where nothing came of an item; null when all has been taken
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // only the emitter writes it
  @Nullable Object take(Tally tally) throws InterruptedException {
    long at = head;
    int i = index(at);
    var value = PLACE.getAcquire(places, i);
    while (value == null) {
      if (isEmpty()) {
        return null;
      }
      tally.rests();
      emitter.await(run, tally, false, ready, ready, Step.NEVER);
      run.throwIfStopping();
      value = PLACE.getAcquire(places, i);
    }
    lineage = lineages[i];
    PLACE.setRelease(places, i, null);
    head = at + 1;
    claimer.wake();
    return value;
  }

  Lineage lineage() {
    return lineage;
  }

  /// How many are claimed and not emitted.
  int size() {
    return places.length - room();
  }

  int capacity() {
    return places.length;
  }

  /// Abandons what is left, when all workers have ended.
  void abandon(Tally tally) {
    for (int i = 0; i < places.length; i++) {
      var value = places[i];
      places[i] = null;
      if (value != null && value != NOTHING) {
        lineages[i].settle(Outcome.ABANDONED, tally);
      }
    }
  }
}
