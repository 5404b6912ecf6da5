package dev.sluice.channels;

import org.jspecify.annotations.Nullable;

/// A thread's place among the [Waiters] of one side of one channel. A select has one in each.
///
/// Changed under the lock of those waiters; the thread itself looks at its place without it.
sealed class Waiter permits Party {
  enum Place {
    /// Not enlisted: not yet, or no more.
    AWAY,
    /// In the queue, to be woken.
    QUEUED,
    /// Taken out of the queue and unparked, but not yet back.
    WOKEN
  }

  final Thread thread;

  /// How much room it waits for, in what the channel is bounded by.
  final long need;

  volatile Place place = Place.AWAY;
  @Nullable Waiter previous;
  @Nullable Waiter next;

  Waiter() {
    this(1);
  }

  Waiter(long need) {
    this(Thread.currentThread(), need);
  }

  Waiter(Thread thread, long need) {
    this.thread = thread;
    this.need = need;
  }

  boolean isWoken() {
    return place == Place.WOKEN;
  }
}
