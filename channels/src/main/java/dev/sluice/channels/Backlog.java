package dev.sluice.channels;

import java.util.concurrent.locks.ReentrantLock;

/// One alarm on a channel's size, with hysteresis.
final class Backlog {
  private final int high;
  private final int low;
  private final BacklogListener listener;

  /// Makes the listener hear of the changes in the order in which they happened.
  private final ReentrantLock lock = new ReentrantLock();

  private volatile boolean raised;

  Backlog(int high, int low, BacklogListener listener) {
    this.high = high;
    this.low = low;
    this.listener = listener;
  }

  void check(AbstractChannel<?> channel) {
    while (isCrossed(channel.size())) {
      lock.lock();
      try {
        int size = channel.size();
        if (!isCrossed(size)) {
          return;
        }
        raised = !raised;
        tell(raised, size);
      } finally {
        lock.unlock();
      }
    }
  }

  /// What the listener throws must not reach a receiver, who holds an item, nor a sender, whose
  /// item was taken: it is for whoever looks after their threads.
  private void tell(boolean high, int size) {
    try {
      listener.changed(high, size);
    } catch (RuntimeException | Error e) {
      var thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private boolean isCrossed(int size) {
    return raised ? size <= low : size >= high;
  }
}
