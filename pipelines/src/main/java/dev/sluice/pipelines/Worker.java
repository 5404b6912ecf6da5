package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A thread of a run and what it does from start to end.
abstract class Worker implements Runnable {

  /// How many items a worker takes off a channel at once, when so many are there. Taking is one
  /// claim of the channel instead of many; nothing waits for more to come.
  static final int CHUNK = 256;

  final Run run;

  /// The stage that it begins with, or waits for.
  private final String stage;

  /// The stage that it is at.
  private final AtomicReference<String> at;

  /// When it last took something in hand or began to wait, in `System.nanoTime`.
  private volatile long since = System.nanoTime();

  private volatile @Nullable Thread thread;

  Worker(Run run, String stage, AtomicReference<String> at) {
    this.run = run;
    this.stage = stage;
    this.at = at;
  }

  /// Notes that something new begins: a wait, or an item in hand.
  final long begin() {
    at.setRelease(stage);
    long now = System.nanoTime();
    since = now;
    return now;
  }

  /// The work. Returns when the input has ended and everything has been passed on.
  ///
  /// @throws Stopped if the run is being stopped
  abstract void work() throws Exception;

  /// The last thing, whatever happened.
  abstract void release() throws Exception;

  @Override
  public final void run() {
    thread = Thread.currentThread();
    try {
      if (!run.isStopping()) {
        work();
      }
    } catch (Stopped e) {
      // Why, the run knows.
    } catch (Throwable e) {
      run.failed(stage, e);
    }
    boolean interrupted = Thread.interrupted(); // what is left to do is short, and must be done
    try {
      release();
    } catch (Throwable e) {
      run.failed(stage, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      thread = null;
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

  String stage() {
    return at.getAcquire();
  }

  Report.Stuck stuck() {
    var running = thread;
    var stack = running == null ? List.<StackTraceElement>of() : List.of(running.getStackTrace());
    return new Report.Stuck(stage(), Duration.ofNanos(System.nanoTime() - since), stack);
  }

  /// Asked to take no more from a source.
  void closeGate() {}

  /// Passes `items` to `step`, and abandons what is left of them if it throws. Empties `items`.
  final void passAll(List<Item> items, Step step) {
    begin();
    int next = 0;
    try {
      while (next < items.size()) {
        run.throwIfStopping();
        var item = items.get(next++);
        step.accept(item.value(), item.lineage());
      }
    } finally {
      abandon(items, next);
      items.clear();
    }
  }

  static void abandon(List<Item> items, int from) {
    for (var item : items.subList(from, items.size())) {
      item.lineage().settle(Outcome.ABANDONED);
    }
  }

  /// Takes at least one item and at most `max` off `channel`.
  ///
  /// @return whether there was one; false if the channel has ended
  final boolean receive(Channel<Item> channel, List<Item> into, int max)
      throws InterruptedException {
    begin();
    try {
      into.add(channel.receive());
    } catch (ClosedException e) {
      if (run.isStopping()) {
        throw new Stopped();
      }
      return false;
    }
    channel.drainTo(into, max - 1);
    return true;
  }
}
