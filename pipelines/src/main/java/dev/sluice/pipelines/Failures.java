package dev.sluice.pipelines;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Calls the functions of one stage, in one run, and deals with what they throw. Shared by the
/// stage's workers.
final class Failures {
  private final Run run;
  private final int stage;
  private final OnError policy;
  private final @Nullable Retry retry;
  private final AtomicLong skipped = new AtomicLong();
  private final LongAdder failed = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final ReentrantLock deadLetters = new ReentrantLock();

  /// Null unless the policy asks for them.
  private final @Nullable DeadKeys deadKeys;

  Failures(Run run, int stage, OnError onError) {
    this.run = run;
    this.stage = stage;
    if (onError instanceof OnError.Retried(var attempts, var then)) {
      this.retry = attempts;
      this.policy = then;
    } else {
      this.retry = null;
      this.policy = onError;
    }
    this.deadKeys = policy instanceof OnError.KeyToDeadLetters keyed ? new DeadKeys(keyed) : null;
  }

  /// The number of the stage in the run.
  int stage() {
    return stage;
  }

  long failed() {
    return failed.sum();
  }

  long retried() {
    return retried.sum();
  }

  /// Applies the stage's function, as often as the policy says.
  ///
  /// The steps that most pipelines are made of call their functions themselves: where all call from
  /// here, the JVM can't tell which function it will be, and calls it without knowing.
  ///
  /// @return what it made of `value`; null if it failed for good and `lineage` is settled
  /// @throws Stopped if the run is being stopped; `lineage` is settled
  /// @throws InterruptedException if interrupted before another attempt; likewise
  @Nullable Object apply(
      ThrowingFunction<Object, Object> function, Object value, Lineage lineage, Tally tally)
      throws InterruptedException {
    if (tally.isCareful() && refuses(value, lineage, tally)) {
      return null;
    }
    try {
      return notNull(function.apply(value));
    } catch (Throwable e) {
      return recover(function, value, lineage, e, tally);
    }
  }

  /// Notes that the stage has a value in hand, and settles its lineage without an attempt if an
  /// earlier value of the same key has failed. To be asked by a careful worker; the others have no
  /// keys, since a run whose dead letters tell what was delivered tracks it.
  ///
  /// @return whether it did
  /// @throws Stopped if the run is being stopped; `lineage` is settled
  boolean refuses(Object value, Lineage lineage, Tally tally) {
    tally.at(stage);
    if (deadKeys == null) {
      return false;
    }
    Exception untried;
    try {
      untried = deadKeys.refuse(value);
    } catch (Throwable e) { // without its key nobody can tell whether it would overtake one
      failed.increment();
      throw stop(lineage, e, tally);
    }
    if (untried == null) {
      return false;
    }
    settle(value, lineage, untried, 0, tally);
    return true;
  }

  /// Refuses what a function must not return.
  Object notNull(@Nullable Object result) {
    if (result == null) {
      throw new NullPointerException(
          "stage '%s' returned null; to leave an item out, filter it"
              .formatted(run.stageName(stage)));
    }
    return result;
  }

  /// Does what the policy says with a value whose first attempt failed.
  ///
  /// @return what another attempt made of it; null if it failed for good and `lineage` is settled
  /// @throws Stopped if the run is being stopped; `lineage` is settled
  /// @throws InterruptedException if interrupted before another attempt; likewise
  @Nullable Object recover(
      ThrowingFunction<Object, Object> function,
      Object value,
      Lineage lineage,
      Throwable first,
      Tally tally)
      throws InterruptedException {
    var thrown = first;
    int attempts = 1;
    while (isWorthAnother(thrown, attempts)) {
      delay(attempts, lineage, tally);
      retried.increment();
      attempts++;
      try {
        return notNull(function.apply(value));
      } catch (Throwable e) {
        thrown = e;
      }
    }
    settle(value, lineage, thrown, attempts, tally);
    return null;
  }

  /// Whether an item that failed shall be tried again. A condition that throws stops the run.
  boolean isWorthAnother(Throwable thrown, int attempts) {
    if (retry == null
        || attempts >= retry.attempts()
        || !(thrown instanceof Exception exception)
        || run.isStopping()) {
      return false;
    }
    try {
      return retry.when().test(exception);
    } catch (Throwable e) {
      run.failed(stage, e);
      return false;
    }
  }

  /// Waits before another attempt.
  ///
  /// @param failed how many attempts have failed
  /// @throws Stopped if the run is being stopped; `lineage` is settled, as by any exception
  void delay(int failed, Lineage lineage, Tally tally) throws InterruptedException {
    try {
      if (retry != null) {
        run.delayUntil(run.clock().nanoTime() + retry.nanosAfter(failed), tally);
      }
    } catch (InterruptedException | Stopped e) {
      lineage.settle(Outcome.ABANDONED, tally);
      throw e;
    }
  }

  void retriedOnce() {
    retried.increment();
  }

  /// Settles `lineage` by the policy, and stops the run if that is the policy or the matter is too
  /// grave for it.
  ///
  /// @throws Stopped if the run is being stopped
  void settle(Object value, Lineage lineage, Throwable thrown, int attempts, Tally tally) {
    failed.increment();
    if (run.isStopping() || !(thrown instanceof Exception cause)) {
      throw stop(lineage, thrown, tally);
    }
    switch (policy) {
      case OnError.Stop() -> throw stop(lineage, cause, tally);
      case OnError.Skip(long limit) -> {
        if (skipped.getAndIncrement() >= limit) {
          throw stop(lineage, cause, tally);
        }
        lineage.settle(Outcome.DROPPED, tally);
      }
      case OnError.ToDeadLetters(var sink) -> write(sink, value, lineage, cause, attempts, tally);
      case OnError.KeyToDeadLetters(var key, int most, var sink) -> {
        try {
          Objects.requireNonNull(deadKeys).add(value);
        } catch (RuntimeException e) {
          e.addSuppressed(cause);
          throw stop(lineage, e, tally);
        }
        write(sink, value, lineage, cause, attempts, tally);
      }
      case OnError.Retried retried -> throw new AssertionError(retried);
    }
  }

  private void write(
      Sink<? super DeadLetter> sink,
      Object value,
      Lineage lineage,
      Exception cause,
      int attempts,
      Tally tally) {
    deadLetters.lock();
    try {
      sink.write(
          new DeadLetter(lineage.original(value), value, run.stageName(stage), cause, attempts));
    } catch (Throwable e) {
      if (!e.equals(cause)) { // an exception can't be suppressed by itself
        e.addSuppressed(cause);
      }
      throw stop(lineage, e, tally);
    } finally {
      deadLetters.unlock();
    }
    lineage.settle(Outcome.DEAD_LETTERED, tally);
  }

  private Stopped stop(Lineage lineage, Throwable thrown, Tally tally) {
    lineage.settle(Outcome.ABANDONED, tally);
    run.failed(stage, thrown);
    return new Stopped();
  }
}
