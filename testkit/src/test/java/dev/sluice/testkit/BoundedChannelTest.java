package dev.sluice.testkit;

import dev.sluice.channels.Channel;

/// [Channel#bounded] keeps the contract, on platform threads.
class BoundedChannelTest extends ChannelContract {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }
}
