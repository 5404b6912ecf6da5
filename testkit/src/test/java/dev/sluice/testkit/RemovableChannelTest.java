package dev.sluice.testkit;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;

/// [ChannelBuilder#removable] keeps the contract.
class RemovableChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.removable().bounded(capacity);
  }
}
