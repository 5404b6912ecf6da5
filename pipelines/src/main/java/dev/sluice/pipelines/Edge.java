package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Sender;

/// A boundary between workers: a channel, and who may send to it.
final class Edge {
  /// How many items wait between two workers unless the description says otherwise.
  static final int DEFAULT_CAPACITY = 64;

  private final Channel<Item> channel;

  Edge(int capacity) {
    this.channel = Channel.bounded(capacity);
  }

  Channel<Item> channel() {
    return channel;
  }

  /// The last step of a worker that hands over here. The edge ends when all that were made have.
  Step entry() {
    Sender<Item> sender = channel.newSender();
    return new EdgeStep(sender);
  }

  /// Takes away what waits here and turns everyone away.
  void cancel() {
    for (var item : channel.cancel()) {
      item.lineage().settle(Outcome.ABANDONED);
    }
  }
}
