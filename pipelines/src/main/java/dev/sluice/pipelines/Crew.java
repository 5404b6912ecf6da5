package dev.sluice.pipelines;

import dev.sluice.channels.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The workers of one parallel stage: as many are at work as the target says, the others rest, or
/// were never started.
final class Crew {
  private static final long INTERVAL_NANOS = 50_000_000;

  /// How long a worker may be at one item before others take over what it has in hand.
  private static final long PATIENCE_NANOS = 1_000_000;

  /// Held by the one worker that takes from the edge before the stage, also while it waits there.
  final ReentrantLock turn = new ReentrantLock();

  private final Run run;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition called = lock.newCondition();
  private final List<CrewWorker> workers = new ArrayList<>();
  private final Runnable atEnd;

  /// Whether the clock tells how long a worker is at an item: one that a test moves does not.
  private final boolean timed;

  /// Where who holds the turn waits if there is nobody to wake it.
  private final Parker idle = new Parker();

  /// Written under lock.
  private volatile int target;

  // Those who hold the turn write it.
  private final @Nullable Tuner tuner;
  private long tunedAt;
  private long doneThen;
  private long[] seen = {};
  private long lookedAt;

  // Guarded by lock.
  private int started;
  private boolean finished;

  /// @param atEnd called when nobody will take anything more from the edge
  Crew(Run run, Parallel parallel, Runnable atEnd) {
    this.run = run;
    this.target = parallel.workers();
    this.tuner = parallel.auto() ? new Tuner(parallel.workers(), parallel.most()) : null;
    this.atEnd = atEnd;
    this.timed = run.clock().equals(Clock.system());
  }

  /// Adds a worker, before the start of the run.
  void add(CrewWorker worker) {
    workers.add(worker);
    if (started < target) {
      started++;
      run.add(worker);
    }
  }

  /// The place of the next worker to be added.
  int next() {
    return workers.size();
  }

  int target() {
    return target;
  }

  int most() {
    return workers.size();
  }

  /// Sets how many work, from 1 to [#most]. Those that are too many go on with the item in hand.
  void target(int workersAtWork) {
    lock.lock();
    try {
      target = workersAtWork;
      while (started < target && !finished) {
        run.startLate(workers.get(started++));
      }
      called.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Looks whether another number of workers would be better, if it shall and it is time. For who
  /// holds the turn.
  ///
  /// @param now the time
  void tune(long now) {
    if (tuner == null || now - tunedAt < INTERVAL_NANOS) {
      return;
    }
    long done = 0;
    for (var worker : workers) {
      done += worker.tally.takenSoFar();
    }
    long nanos = now - tunedAt;
    if (tunedAt != 0 && done - doneThen < target) {
      return; // too few to tell
    }
    if (tunedAt != 0) {
      int better = tuner.observe((done - doneThen) * 1e9 / nanos);
      if (better != target) {
        target(better);
      }
    }
    tunedAt = now;
    doneThen = done;
  }

  /// Looks what the workers have in hand. For who holds the turn and has nothing to do.
  ///
  /// @return when to look again, in nanoseconds of the run's clock; [Step#NEVER] if nobody has
  ///   anything: then nobody will before the caller has let go of the turn
  long look() {
    seen = seen.length == workers.size() ? seen : new long[workers.size()];
    boolean any = false;
    for (int i = 0; i < seen.length && timed; i++) {
      seen[i] = workers.get(i).hand.look();
      any |= seen[i] != Hand.NOTHING;
    }
    lookedAt = any ? run.clock().nanoTime() : 0;
    return any ? lookedAt + PATIENCE_NANOS : Step.NEVER;
  }

  /// Takes over some of what a worker has in hand that has begun nothing since the look, if that is
  /// long enough ago.
  boolean takeOver(Hand hand) {
    if (run.clock().nanoTime() - lookedAt >= PATIENCE_NANOS) {
      for (int i = 0; i < seen.length; i++) {
        if (seen[i] != Hand.NOTHING && hand.takeOver(workers.get(i).hand, seen[i])) {
          return true;
        }
      }
    }
    return false;
  }

  /// Waits until the time has come.
  void pause(long deadline, Tally tally) throws InterruptedException {
    idle.await(run, tally, false, () -> false, () -> false, deadline);
    run.throwIfStopping();
  }

  boolean calls(int worker) {
    return worker < target;
  }

  /// Waits until the worker is called again.
  ///
  /// @return whether there is anything left to do
  boolean rest(int worker, Tally tally) throws InterruptedException {
    long start = System.nanoTime();
    tally.leaves();
    try {
      return awaitCall(worker);
    } finally {
      tally.rested(System.nanoTime() - start);
    }
  }

  private boolean awaitCall(int worker) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!calls(worker) && !finished) {
        run.throwIfStopping();
        called.await();
      }
      return !finished;
    } finally {
      lock.unlock();
    }
  }

  /// The edge before the stage has ended: there is nothing left to take.
  void finish() throws Exception {
    List<CrewWorker> unused;
    lock.lock();
    try {
      if (finished) {
        return;
      }
      finished = true;
      unused = workers.subList(started, workers.size());
      called.signalAll();
    } finally {
      lock.unlock();
    }
    for (var worker : unused) {
      worker.release();
    }
    atEnd.run();
  }
}
