package dev.sluice.races;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One schedule of a scene.
final class Run implements Stage {

  /*
   * Exactly one part has the turn, from the start until the run has ended. All that is here is
   * changed by that part alone; it is published to the next by handing over the turn.
   */

  private static final int TOO_MANY_STEPS = 100_000;
  private static final int REMEMBERED = 80;
  private static final int SECONDS = 10;
  private static final int MOST_BETWEEN_LOOKS = 10_000;
  private static volatile @Nullable Run active;

  final SplittableRandom random;
  final boolean virtual;
  private final Strategy strategy;
  private final boolean timed;
  private final int impatience; // a timeout fires in one of so many steps, even if others can go on
  private final List<Part<?>> parts = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final String[] trace = new String[REMEMBERED];
  private Part<?> current;
  private long clock;
  private int steps;
  private long fingerprint = 1;
  private @Nullable AssertionError failure;

  /// @param timed whether the scene itself waits with timeouts. If it does not, then a timeout that
  ///   only covers up for a lost wake-up fails the run.
  Run(int number, SplittableRandom random, boolean timed, Action<Stage> scene) {
    this.random = random;
    this.timed = timed;
    virtual = random.nextBoolean();
    impatience = timed ? 1 << (2 * random.nextInt(5)) : 0;
    strategy = Strategy.of(number, random.split());
    current =
        play(
            "scene",
            () -> {
              scene.play(this);
              return null;
            });
  }

  /// A block of code that needs something and may throw anything.
  @FunctionalInterface
  interface Action<T> {
    void play(T with) throws Exception;
  }

  /// The part that the calling thread plays, if any.
  static @Nullable Part<?> playing() {
    var run = active;
    return run != null && run.current.thread.equals(Thread.currentThread()) ? run.current : null;
  }

  /// Plays it to its end.
  ///
  /// @return what tells this order of steps from others
  /// @throws AssertionError if a part threw, or nobody can go on, or the scene does not end
  long play() throws InterruptedException {
    active = this;
    try {
      current.giveTurn();
      if (!ended.await(SECONDS, TimeUnit.SECONDS)) {
        var stuck = new IllegalStateException("where " + current + " is");
        stuck.setStackTrace(current.thread.getStackTrace());
        throw failure("goes on without a step that others can see", stuck);
      }
      if (failure != null) {
        throw failure;
      }
      return fingerprint;
    } finally {
      active = null;
    }
  }

  @Override
  public <R extends @Nullable Object> Part<R> play(String name, Callable<R> block) {
    var part = new Part<R>(this, name, block);
    parts.add(part);
    return part;
  }

  @Override
  public void await(List<? extends Part<?>> awaited) {
    current.await(() -> awaited.stream().allMatch(Part::isDone), Part.FOREVER);
  }

  @Override
  public void await(BooleanSupplier condition) {
    current.await(condition, Part.FOREVER);
  }

  @Override
  public void awaitAll() {
    await(parts.subList(1, parts.size()));
  }

  @Override
  public SplittableRandom random() {
    return random;
  }

  @Override
  public int step() {
    return steps;
  }

  /// Time passes between two looks at it, so that whoever tries until some time has passed comes to
  /// an end.
  long nanoTime() {
    clock += random.nextInt(MOST_BETWEEN_LOOKS);
    return clock;
  }

  long deadline(long nanos) {
    return clock + nanos < clock ? Part.FOREVER - 1 : clock + nanos;
  }

  Part<?> part(Thread thread) {
    for (var part : parts) {
      if (part.thread.equals(thread)) {
        return part;
      }
    }
    throw new IllegalStateException(thread + " plays no part in this scene");
  }

  /// `me` is about to take a step that others can see, here.
  void point(Part<?> me, String where) {
    at(me, where);
    here(me);
  }

  void at(Part<?> me, String where) {
    me.where = where;
  }

  void here(Part<?> me) {
    if (me.initialisers == 0) {
      turnTo(me, choose(null));
    }
  }

  /// `me` lets another part go on, if one can.
  void stepAside(Part<?> me) {
    if (me.initialisers == 0) {
      strategy.stepAside(me);
      turnTo(me, choose(me));
    }
  }

  void nap(Part<?> me, long nanos) {
    stepAside(me);
    clock += nanos;
  }

  /// `me` cannot go on by itself.
  void wait(Part<?> me) {
    var next = choose(null);
    if (next == null) {
      fail("nobody can go on", null);
    }
    turnTo(me, next);
  }

  /// The current part has ended.
  void leave() {
    if (parts.stream().allMatch(Part::isDone)) {
      ended.countDown();
      return;
    }
    var next = choose(null);
    if (next == null) {
      fail("nobody can go on", null);
    } else {
      current = next;
      next.giveTurn();
    }
  }

  private void turnTo(Part<?> me, @Nullable Part<?> next) {
    if (steps >= TOO_MANY_STEPS) {
      fail("goes on and on", null);
      next = null;
    }
    if (next != me) {
      if (next != null) {
        current = next;
        next.giveTurn();
      }
      me.awaitTurn(); // for ever, if the run has failed
    }
    steps++;
    trace[steps % REMEMBERED] = me.name + " " + me.where;
    fingerprint = fingerprint * 31 + parts.indexOf(me);
  }

  /// @param aside who goes on only if nobody else can
  private @Nullable Part<?> choose(@Nullable Part<?> aside) {
    var ready = new ArrayList<Part<?>>();
    var sleeping = new ArrayList<Part<?>>();
    for (var part : parts) {
      if (part.canGoOn()) {
        ready.add(part);
      } else if (part.deadline() != Part.FOREVER) {
        sleeping.add(part);
      }
    }
    if (!sleeping.isEmpty()
        && (ready.isEmpty() ? timed : impatience > 0 && random.nextInt(impatience) == 0)) {
      var late = sleeping.get(random.nextInt(sleeping.size()));
      clock = Math.max(clock, late.deadline());
      return late;
    }
    if (ready.size() > 1) {
      ready.remove(aside);
    }
    return ready.isEmpty() ? null : strategy.next(current, ready);
  }

  /// Ends the run. The threads of its parts stay where they are: only the one that calls this runs,
  /// and it must not go on either.
  void fail(String what, @Nullable Throwable cause) {
    if (failure == null) {
      failure = failure(what, cause);
    }
    ended.countDown();
  }

  private AssertionError failure(String what, @Nullable Throwable cause) {
    var text = new StringBuilder(what);
    for (var part : parts) {
      text.append("\n  ")
          .append(part)
          .append(part.isDone() ? " has ended" : " is at " + part.where);
    }
    text.append("\nthe last of ").append(steps).append(" steps:");
    for (int step = Math.max(1, steps - REMEMBERED + 1); step <= steps; step++) {
      text.append("\n  ").append(trace[step % REMEMBERED]);
    }
    return new AssertionError(text.toString(), cause);
  }
}
