package dev.sluice.lab;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits for something to become so.
final class Until {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Until() {}

  static void holds(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not so after %s: %s".formatted(PATIENCE, what));
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}
