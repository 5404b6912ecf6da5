package dev.sluice.channels;

import java.util.concurrent.locks.LockSupport;

/// [Clock#system].
enum SystemClock implements Clock {
  INSTANCE;

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void park(Object blocker, long nanos) {
    LockSupport.parkNanos(blocker, nanos);
  }
}
