package dev.sluice.testkit;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;

/// [Channel#bounded] keeps the contract.
class BoundedChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.bounded(capacity);
  }

  @Override
  int neverEmptyFrom() {
    return 2;
  }
}
