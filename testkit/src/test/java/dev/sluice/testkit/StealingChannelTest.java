package dev.sluice.testkit;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;

/// [Channel#stealing] with one worker keeps the contract.
class StealingChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.stealing(1, capacity);
  }
}
