package dev.sluice.testkit;

import dev.sluice.channels.Channel;

/// The queue of a channel with a lock keeps the contract, on platform threads.
class RemovableQueueTest extends QueueContract {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.<T>builder().removable().bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }
}
