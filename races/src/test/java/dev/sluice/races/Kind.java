package dev.sluice.races;

import dev.sluice.channels.Channel;

/// A kind of channel: everything here plays on each.
public enum Kind {
  BOUNDED {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.bounded(capacity);
    }
  };

  public abstract <T> Channel<T> open(int capacity);
}
