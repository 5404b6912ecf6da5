package dev.sluice.pipelines;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A thread of a run and what it does from start to end.
abstract class Worker implements Runnable {

  final Run run;
  final Tally tally;

  /// The number of the stage that it begins with, or waits for.
  final int stage;

  /// When it last took something in hand or began to wait, in `System.nanoTime`.
  private volatile long since = System.nanoTime();

  private volatile @Nullable Thread thread;

  /// @param fate what becomes of an item that it takes, where lineages need not be known
  Worker(Run run, int stage, Tally tally, Step.Fate fate) {
    this.run = run;
    this.stage = stage;
    this.tally = tally;
    tally.belongsTo(stage, run.carries() ? Step.Fate.LATER : fate);
  }

  /// The work. Returns when the input has ended and everything has been passed on.
  ///
  /// @throws Stopped if the run is being stopped
  abstract void work() throws Exception;

  /// The last thing, whatever happened.
  abstract void release() throws Exception;

  /// The step that each item it takes goes to; null if it has none.
  @Nullable Step first() {
    return null;
  }

  /// How many items sources have delivered to it.
  long delivered() {
    return 0;
  }

  /// What stands for all workers that do the same.
  Object group() {
    return this;
  }

  @Override
  public final void run() {
    thread = Thread.currentThread();
    try {
      if (!run.isStopping()) {
        run.carried(this::work);
      }
    } catch (Stopped e) {
      // Why, the run knows.
    } catch (Throwable e) {
      run.failed(tally.at(), e);
    }
    boolean interrupted = Thread.interrupted(); // what is left to do is short, and must be done
    try {
      run.carried(this::release);
    } catch (Throwable e) {
      run.failed(tally.at(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      thread = null;
      tally.ended();
      run.ended(this);
    }
  }

  void interrupt() {
    var running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  boolean isCurrentThread() {
    return Thread.currentThread().equals(thread);
  }

  /// Asked to take no more from a source.
  void closeGate() {}

  Report.Stuck stuck() {
    var running = thread;
    var stack = running == null ? List.<StackTraceElement>of() : List.of(running.getStackTrace());
    return new Report.Stuck(
        run.stageName(stageAt(stack)), Duration.ofNanos(System.nanoTime() - since), stack);
  }

  /// The stage that the worker is at.
  ///
  /// A plain worker says so of few items. But its steps call one another, so they are on its stack.
  ///
  /// @param stack of the worker's thread, the latest call first
  final int stageAt(List<StackTraceElement> stack) {
    int found = tally.at();
    if (found == stage) {
      @Nullable Step step = first();
      for (int i = stack.size() - 1; i >= 0 && step != null; i--) {
        var frame = stack.get(i);
        if (frame.getMethodName().equals("accept")
            && frame.getClassName().equals(step.getClass().getName())) {
          found = step.stage == Step.NO_STAGE ? found : step.stage;
          step = step.next();
        }
      }
    }
    return found;
  }

  /// Passes an item that was taken to `step`.
  final void accept(Step step, Object value, Lineage lineage) throws InterruptedException {
    if (run.isStopping()) {
      lineage.settle(Outcome.ABANDONED, tally);
      throw new Stopped();
    }
    step.accept(value, lineage);
  }

  /// Notes that something new begins.
  ///
  /// @return the time
  final long begin() {
    tally.at(stage);
    long now = System.nanoTime();
    since = now;
    return now;
  }
}
