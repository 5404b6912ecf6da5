package dev.sluice.queues;

import java.time.Duration;

/// How a [QueueStore] is opened.
///
/// @param durability what a send that returned survives; of a file alone: a server has its own
///   setting (`synchronous_commit`)
/// @param patience how long a call waits for a file that another process has locked, or for a
///   server that is away, before it fails
public record StoreOptions(Durability durability, Duration patience) {

  /// Checks the time.
  public StoreOptions {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience must not be negative, but was " + patience);
    }
  }

  /// [Durability#FULL], and half a minute of patience.
  public static StoreOptions standard() {
    return new StoreOptions(Durability.FULL, Duration.ofSeconds(30));
  }

  /// With another durability.
  public StoreOptions durability(Durability level) {
    return new StoreOptions(level, patience);
  }

  /// With another patience.
  public StoreOptions patience(Duration most) {
    return new StoreOptions(durability, most);
  }
}
