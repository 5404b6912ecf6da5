package dev.sluice.races.schedules;

import dev.sluice.channels.Channel;

/// A kind of channel: the scenes play on each.
enum Kind {
  BOUNDED {
    @Override
    <T> Channel<T> open(int capacity) {
      return Channel.bounded(capacity);
    }
  };

  abstract <T> Channel<T> open(int capacity);
}
