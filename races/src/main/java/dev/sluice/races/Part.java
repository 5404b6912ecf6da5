package dev.sluice.races;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A part of a scene: a block of code on a thread of its own, that runs only when it has the turn.
///
/// @param <R> what the block returns
public final class Part<R extends @Nullable Object> {
  static final long FOREVER = Long.MAX_VALUE;

  final Run run;
  final String name;
  final Thread thread;

  /// Where it was last, for whoever reads of a failure.
  String where = "the beginning";

  /// How many class initialisers it is in.
  int initialisers;

  // Written by whoever has the turn; the turn's hand-over publishes all of it.
  private boolean started;
  private volatile boolean turn;
  private boolean done;
  private @Nullable BooleanSupplier wakeable; // null while it can go on
  private long deadline = FOREVER;
  private boolean permit;
  private boolean interrupted;
  private @Nullable R result;

  Part(Run run, String name, Callable<R> block) {
    this.run = run;
    this.name = name;
    thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(() -> {
              try {
                result = block.call();
              } catch (Throwable e) { // also an assertion's: the scene has failed
                run.fail(this + " threw " + e, e);
                return;
              }
              done = true;
              run.leave();
            });
  }

  /// What the block returned.
  ///
  /// @throws IllegalStateException unless it has ended: see [Stage#await]
  @SuppressWarnings("NullAway") // R decides whether the block may return null
  public R result() {
    if (!done) {
      throw new IllegalStateException(this + " has not ended");
    }
    return result;
  }

  /// Whether the block has ended.
  public boolean isDone() {
    return done;
  }

  /// Interrupts the part: at any step of it, depending on the schedule.
  public void interrupt() {
    interrupted = true;
  }

  boolean isInterrupted() {
    return interrupted;
  }

  boolean interrupted() {
    var was = interrupted;
    interrupted = false;
    return was;
  }

  void throwIfInterrupted() throws InterruptedException {
    if (interrupted()) {
      throw new InterruptedException();
    }
  }

  void unpark() {
    permit = true;
  }

  void losePermit() {
    permit = false;
  }

  void park(long nanos) {
    await(() -> permit || interrupted, nanos);
    permit = false;
  }

  /// Gives the turn away until `condition` holds or `nanos` have passed.
  void await(BooleanSupplier condition, long nanos) {
    if (condition.getAsBoolean()) {
      return;
    }
    wakeable = condition;
    deadline = nanos == FOREVER ? FOREVER : run.deadline(nanos);
    run.wait(this);
    wakeable = null;
    deadline = FOREVER;
  }

  boolean canGoOn() {
    return !done && (wakeable == null || wakeable.getAsBoolean());
  }

  /// When it goes on by itself, or [#FOREVER].
  long deadline() {
    return done ? FOREVER : deadline;
  }

  void giveTurn() {
    if (started) {
      turn = true;
      LockSupport.unpark(thread);
    } else {
      started = true;
      thread.start();
    }
  }

  void awaitTurn() {
    while (!turn) {
      LockSupport.park(this);
    }
    turn = false;
  }

  @Override
  public String toString() {
    return name;
  }
}
