package dev.sluice.testkit;

import dev.sluice.channels.Channel;

/// The queue of a bounded channel keeps the contract, on platform threads.
class BoundedQueueTest extends QueueContract {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }
}
