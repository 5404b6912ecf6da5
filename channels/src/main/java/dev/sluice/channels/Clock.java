package dev.sluice.channels;

/// What time it is for whatever waits with patience, and how it waits: the system's clock, unless a
/// test brings one that it moves by hand.
public interface Clock {

  /// The monotonic clock of the system.
  static Clock system() {
    return SystemClock.INSTANCE;
  }

  /// Nanoseconds since some moment: only differences mean anything, as for [System#nanoTime].
  long nanoTime();

  /// Parks the calling thread until `nanos` have passed on this clock, it is unparked or
  /// interrupted, or for no reason, as [java.util.concurrent.locks.LockSupport] does.
  ///
  /// @param blocker what the thread waits for, for those who look at its stack
  /// @param nanos zero or less does not wait
  void park(Object blocker, long nanos);
}
