package dev.sluice.races;

import dev.sluice.channels.Channel;

/// A kind of channel: everything here plays on each for which it makes sense.
///
/// All of them are first in, first out, as they are opened here.
public enum Kind {
  BOUNDED(1, 3) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.bounded(capacity);
    }
  },
  FAIR(1, 2) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.<T>builder().fair().bounded(capacity);
    }
  },
  RENDEZVOUS(0, 0) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.rendezvous();
    }
  },
  RESIZABLE(1, 2) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.resizable(capacity);
    }
  },
  PRIORITY(1, 2) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.priority(capacity, _ -> 0);
    }
  },
  WEIGHED(1, 2) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.<T>builder().weighed(capacity, _ -> 1);
    }
  },
  STEALING(1, 2) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.stealing(1, capacity);
    }
  },
  /// Its capacity is how many items the scenes put into it at first.
  UNBOUNDED(3, 3) {
    @Override
    public <T> Channel<T> open(int capacity) {
      return Channel.unbounded();
    }
  };

  public final int smallest;
  public final int largest;

  Kind(int smallest, int largest) {
    this.smallest = smallest;
    this.largest = largest;
  }

  public abstract <T> Channel<T> open(int capacity);

  /// Whether exactly `capacity` items fit.
  public boolean isBounded() {
    return this != RENDEZVOUS && this != UNBOUNDED;
  }
}
