package dev.sluice.pipelines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Where one thread waits until others have made something ready.
final class Parker {

  /*
   * The hand-shake. The waiter and a maker each do two things, in order:
   *
   *   waiter:  write `waiting`        look whether it is ready        park
   *   maker:   make it ready          look at `waiting`               unpark
   *
   * The waiter's two have a full fence between them. The maker's have none, since it would pay for
   * a fence with each item; so its look may come before others see what it made. Then the
   * waiter may find nothing, and the maker nobody.
   *
   * What the maker made is seen a moment later, when its processor has written it out: that takes
   * some hundred nanoseconds at most, and doesn't depend on what the maker does next. So after it
   * wrote `waiting` the waiter looks again and again for a hundred times as long, and only then
   * parks. A maker whose look comes after all that sees `waiting`.
   */

  private static final long LOOKING_NANOS = 20_000;

  /// Who goes on at once gets each item as it comes, and the two ends fight for each place. Some
  /// microseconds later there is plenty, and they are out of each other's way.
  private static final int YIELDS = 16;

  private static final VarHandle WAITING;

  static {
    try {
      WAITING = MethodHandles.lookup().findVarHandle(Parker.class, "waiting", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile @Nullable Thread waiting;

  /// Wakes the waiter, if there is one: to be called after something was made ready with release.
  void wake() {
    if (isWaited()) {
      wakeWaiting();
    }
  }

  private void wakeWaiting() {
    var thread = (Thread) WAITING.getAndSet(this, null);
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /// Whether somebody seems to wait: what [#wake] would look at.
  boolean isWaited() {
    return WAITING.getOpaque(this) != null;
  }

  /// Waits until `ready` holds, the run is being stopped, or the time has come. For one thread at a
  /// time. Counts the time that it was parked.
  ///
  /// @param forRoom whether it is room that is waited for; otherwise it is something to do
  /// @param ready asked by the waiter
  /// @param plenty whether going on is worth its while; who finds no more than ready goes on some
  ///   microseconds later
  /// @param deadline until when, in nanoseconds of the run's clock, or [Step#NEVER]
  @SuppressWarnings("ThreadPriorityCheck") // and then it parks
  void await(
      Run run,
      Tally tally,
      boolean forRoom,
      BooleanSupplier ready,
      BooleanSupplier plenty,
      long deadline)
      throws InterruptedException {
    for (int i = 0; i < YIELDS; i++) {
      Thread.yield();
      if (plenty.getAsBoolean()) {
        return;
      }
    }
    if (ready.getAsBoolean()) {
      return;
    }
    var stall = Recording.beginStall();
    long begun = System.nanoTime();
    if (forRoom) {
      tally.blocks();
    } else {
      tally.starves();
    }
    try {
      park(run, ready, deadline);
    } finally {
      waiting = null;
      long nanos = System.nanoTime() - begun;
      if (forRoom) {
        tally.blocked(nanos);
      } else {
        tally.starved(nanos);
      }
      if (stall != null) {
        stall.end(run, forRoom);
      }
    }
  }

  private void park(Run run, BooleanSupplier ready, long deadline) throws InterruptedException {
    var thread = Thread.currentThread();
    while (true) {
      if (!thread.equals(waiting)) {
        waiting = thread;
        if (isReadySoon(ready)) {
          return;
        }
      }
      if (ready.getAsBoolean() || run.isStopping()) {
        return;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (deadline == Step.NEVER) {
        LockSupport.park(this);
      } else {
        long left = deadline - run.clock().nanoTime();
        if (left <= 0) {
          return;
        }
        run.clock().park(this, left);
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // and then it parks
  private static boolean isReadySoon(BooleanSupplier ready) {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < LOOKING_NANOS) {
      if (ready.getAsBoolean()) {
        return true;
      }
      Thread.yield();
    }
    return false;
  }
}
