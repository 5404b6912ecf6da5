package dev.sluice.testkit;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;

/// [Channel#bounded] keeps the contract, also when it serves in order.
class FairChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.fair().bounded(capacity);
  }

  @Override
  int neverEmptyFrom() {
    return 2;
  }
}
