package dev.sluice.pipelines;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/// Lets the values of each key pass at a rate of their own. Those that must wait stand aside, so
/// that others can pass.
final class KeyedThrottleStep extends Step.Through {

  private record Waiting(Object value, Lineage lineage) {}

  /// What is known of a key.
  private static final class OfKey {
    final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /// When the next value may pass.
    long free;

    OfKey(long free) {
      this.free = free;
    }
  }

  private static final int FEW = 1_024;

  private final Run run;
  private final ThrowingFunction<Object, Object> key;
  private final Failures failures;
  private final long interval;
  private final long credit;
  private final int most;
  private final Map<Object, OfKey> keys = new HashMap<>();
  private final PriorityQueue<OfKey> due =
      new PriorityQueue<>(Comparator.comparingLong((OfKey one) -> one.free));
  private final long begun;
  private int waiting;
  private int sweepAt = FEW;

  /// @param most how many values may stand aside; when so many do, all wait
  KeyedThrottleStep(
      Run run,
      ThrowingFunction<Object, Object> key,
      Failures failures,
      Rate rate,
      int most,
      Step next) {
    super(failures.stage(), next);
    this.run = run;
    this.key = key;
    this.failures = failures;
    this.interval = Math.max(1, Math.round(rate.nanosPerItem()));
    this.credit = rate.creditNanos();
    this.most = most;
    this.begun = run.clock().nanoTime();
  }

  private long now() {
    return run.clock().nanoTime() - begun;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var of = failures.apply(key, value, lineage, tally);
    if (of == null) {
      passed(-1);
      return;
    }
    try {
      passDue();
      while (waiting >= most) {
        passNext();
      }
    } catch (InterruptedException | Stopped e) {
      lineage.settle(Outcome.ABANDONED, tally);
      throw e;
    }
    long now = now();
    var one = keys.computeIfAbsent(of, k -> new OfKey(now - credit));
    if (one.waiting.isEmpty() && one.free <= now) {
      one.free = Math.max(one.free, now - credit) + interval;
      next.accept(value, lineage);
    } else {
      one.waiting.add(new Waiting(value, lineage));
      waiting++;
      if (one.waiting.size() == 1) {
        due.add(one);
      }
    }
    if (keys.size() > sweepAt) {
      sweep(now);
    }
  }

  /// Forgets the keys of which nothing need be known any more.
  private void sweep(long now) {
    keys.values().removeIf(one -> one.waiting.isEmpty() && one.free <= now - credit);
    sweepAt = Math.max(FEW, 2 * keys.size());
  }

  @Override
  long deadline() {
    var first = due.peek();
    return first == null ? NEVER : begun + first.free;
  }

  @Override
  void tick() throws InterruptedException {
    passDue();
  }

  private void passDue() throws InterruptedException {
    for (var first = due.peek(); first != null && first.free <= now(); first = due.peek()) {
      pass();
    }
  }

  /// Waits for the value that may pass first.
  private void passNext() throws InterruptedException {
    var first = due.peek();
    if (first != null) {
      run.delayUntil(begun + first.free, tally);
      pass();
    }
  }

  private void pass() throws InterruptedException {
    var one = due.remove();
    var first = one.waiting.remove();
    waiting--;
    one.free = Math.max(one.free, now() - credit) + interval;
    if (!one.waiting.isEmpty()) {
      due.add(one);
    }
    next.accept(first.value, first.lineage);
  }

  @Override
  void complete() throws Exception {
    while (waiting > 0) {
      passNext();
    }
    super.complete();
  }

  @Override
  void release() throws Exception {
    for (var one : keys.values()) {
      for (var waits : one.waiting) {
        waits.lineage.settle(Outcome.ABANDONED, tally);
      }
      one.waiting.clear();
    }
    waiting = 0;
    due.clear();
    super.release();
  }
}
