package dev.sluice.testkit;

import dev.sluice.channels.Channel;

/// The queue of a fair channel keeps the contract, on platform threads.
class FairQueueTest extends QueueContract {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.<T>builder().fair().bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }
}
