package dev.sluice.monitor;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Stats;

/// A channel, and what of its past is needed to tell how it does lately. Read by one thread at a
/// time.
final class WatchedChannel {
  private final String name;
  private final Channel<?> channel;
  private final Ages ages = new Ages();
  private final Lately<Stats> lately = new Lately<>();

  WatchedChannel(String name, Channel<?> channel) {
    this.name = name;
    this.channel = channel;
  }

  String name() {
    return name;
  }

  boolean hasEnded() {
    return channel.isEnded();
  }

  Snapshot.Channel read(long nanos) {
    var now = channel.stats();
    var then = lately.add(nanos, now);
    double seconds = Math.max(1e-9, (nanos - then.nanos()) / 1e9);
    return new Snapshot.Channel(
        name,
        now.size(),
        now.capacity(),
        now.sent(),
        now.received(),
        now.dropped(),
        (now.sent() - then.reading().sent()) / seconds,
        (now.received() - then.reading().received()) / seconds,
        now.waitingSenders(),
        now.waitingReceivers(),
        now.sendingBlocked(),
        now.receivingBlocked(),
        ages.look(nanos, now.sent(), now.received() + now.dropped() + now.cancelled()));
  }
}
