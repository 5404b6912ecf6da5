package dev.sluice.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A fixed number of items handed over once, by parties that have been started before and wait at a
/// gate. Whoever plays it only waits, so it takes no core away.
abstract class Round {

  private final Tally expected;
  private final Tally received = new Tally();
  private final CountDownLatch ready;
  private final CountDownLatch done;
  private final int parties;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  Round(int parties, Tally expected) {
    this.parties = parties;
    this.expected = expected;
    this.ready = new CountDownLatch(parties);
    this.done = new CountDownLatch(parties);
  }

  /// Starts all parties. Each calls [#ready], waits for the gate, and calls [#done] or [#failed].
  abstract void launch();

  abstract void open();

  /// Ends whoever still waits.
  abstract void abandon();

  void prepare() throws InterruptedException {
    launch();
    if (!ready.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("not all of %d parties started".formatted(parties));
    }
  }

  /// From the opening of the gate until the last party is done.
  void play(long patienceSeconds) throws InterruptedException {
    open();
    awaitDone(patienceSeconds);
  }

  void awaitDone(long patienceSeconds) throws InterruptedException {
    boolean ended = done.await(patienceSeconds, TimeUnit.SECONDS);
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("a party failed: " + thrown, thrown);
    }
    if (!ended) {
      long missing = done.getCount();
      abandon();
      throw new IllegalStateException(
          "after %d s %d of %d parties still wait: an item or a wake-up was lost; received %s, sent %s"
              .formatted(patienceSeconds, missing, parties, receivedSoFar(), expected));
    }
  }

  /// What counts of the nanoseconds that the whole round took.
  long measured(long nanos) {
    return nanos;
  }

  void check() {
    if (!receivedSoFar().matches(expected)) {
      throw new IllegalStateException(
          "not each item arrived exactly once: received %s, sent %s"
              .formatted(receivedSoFar(), expected));
    }
  }

  final void ready() {
    ready.countDown();
  }

  final void done(Tally tally) {
    synchronized (received) {
      received.add(tally);
    }
    done.countDown();
  }

  final void failed(Throwable thrown) {
    failure.compareAndSet(null, thrown);
    for (int i = 0; i < parties; i++) {
      done.countDown();
    }
    abandon();
  }

  private Tally receivedSoFar() {
    synchronized (received) {
      Tally copy = new Tally();
      copy.add(received);
      return copy;
    }
  }
}
