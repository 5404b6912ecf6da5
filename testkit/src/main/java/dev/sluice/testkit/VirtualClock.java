package dev.sluice.testkit;

import dev.sluice.channels.Clock;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A clock that stands still until a test moves it.
///
/// ```java
/// var clock = new VirtualClock();
/// Channel<String> channel = Channel.<String>builder().clock(clock).bounded(1);
/// try (var receiver = Actor.playing(() -> channel.receive(Duration.ofHours(1)))) {
///   clock.awaitWaiting(1);
///   clock.advance(Duration.ofHours(1));
///   assertThat(receiver.awaitDone()).isNull();
/// }
/// ```
public final class VirtualClock implements Clock {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private record Sleeper(Thread thread, long deadline) {}

  // No lock: a thread that waits for one in `park` would use up there what unparks it.
  private final Queue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();
  private final AtomicLong now = new AtomicLong();

  /// Makes a clock that stands at zero.
  public VirtualClock() {}

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public void park(Object blocker, long nanos) {
    if (nanos <= 0) {
      return;
    }
    var sleeper = new Sleeper(Thread.currentThread(), saturatedSum(now.get(), nanos));
    sleepers.add(sleeper);
    try {
      if (sleeper.deadline
          > now.get()) { // looked at after it can be seen: from now on advance unparks it
        LockSupport.park(blocker);
      }
    } finally {
      sleepers.remove(sleeper);
    }
  }

  private static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /// Moves the clock on and wakes whoever waits for a time that has come.
  ///
  /// @param time not negative
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time goes forward, but was to go by " + time);
    }
    long then = now.accumulateAndGet(time.toNanos(), VirtualClock::saturatedSum);
    for (var sleeper : sleepers) {
      if (sleeper.deadline <= then) {
        LockSupport.unpark(sleeper.thread);
      }
    }
  }

  /// Returns once at least `count` threads wait for a time that has not come: their states are
  /// watched, nothing sleeps.
  ///
  /// @throws AssertionError if they don't within ten seconds
  @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy here, nothing relies on it
  public void awaitWaiting(int count) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (waiting() < count) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "expected " + count + " threads to wait for the clock, but " + waiting() + " do");
      }
      Thread.yield();
    }
  }

  private long waiting() {
    return sleepers.stream()
        .filter(sleeper -> sleeper.deadline > now.get())
        .filter(sleeper -> sleeper.thread.getState() == Thread.State.WAITING)
        .count();
  }
}
