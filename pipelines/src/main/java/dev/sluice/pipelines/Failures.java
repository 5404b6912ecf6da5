package dev.sluice.pipelines;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Deals with what the functions of one stage throw, in one run.
final class Failures {
  private final Run run;
  private final String stage;
  private final OnError policy;
  private final AtomicLong skipped = new AtomicLong();
  private final ReentrantLock deadLetters = new ReentrantLock();

  Failures(Run run, String stage, OnError policy) {
    this.run = run;
    this.stage = stage;
    this.policy = policy;
  }

  /// The name of the stage.
  String stage() {
    return stage;
  }

  /// A stage must make something of an item.
  Object notNull(@Nullable Object result) {
    if (result == null) {
      throw new NullPointerException(
          "stage '" + stage + "' returned null; to leave an item out, filter it");
    }
    return result;
  }

  /// Settles `lineage` by the policy, and stops the run if that is the policy or the matter is too
  /// grave for it.
  ///
  /// @throws Stopped if the run is being stopped
  void handle(Object value, Lineage lineage, Throwable thrown) {
    if (run.isStopping()) {
      lineage.settle(Outcome.ABANDONED);
      run.failed(stage, thrown);
      throw new Stopped();
    }
    if (!(thrown instanceof Exception cause)) {
      throw stop(lineage, thrown);
    }
    switch (policy) {
      case OnError.Stop() -> throw stop(lineage, cause);
      case OnError.Skip(long limit) -> {
        if (skipped.getAndIncrement() >= limit) {
          throw stop(lineage, cause);
        }
        lineage.settle(Outcome.DROPPED);
      }
      case OnError.ToDeadLetters(var sink) -> {
        deadLetters.lock();
        try {
          sink.write(new DeadLetter(lineage.original(), value, stage, cause));
        } catch (Throwable e) {
          e.addSuppressed(cause);
          throw stop(lineage, e);
        } finally {
          deadLetters.unlock();
        }
        lineage.settle(Outcome.DEAD_LETTERED);
      }
    }
  }

  private Stopped stop(Lineage lineage, Throwable thrown) {
    lineage.settle(Outcome.ABANDONED);
    run.failed(stage, thrown);
    return new Stopped();
  }
}
