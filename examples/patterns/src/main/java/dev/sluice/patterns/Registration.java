package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Sender;
import java.util.List;

/// Many producers, one end: the channel ends when the last registered producer is done.
final class Registration {
  private Registration() {}

  /// A channel and its producers, registered before any of them runs.
  record Registered(Receiver<String> items, List<Sender<String>> producers) {}

  static Registered open(int producers) {
    // @start region="register"
    var items = Channel.<String>bounded(10);
    var senders = items.senders(producers); // all at once: none can be the last too early
    // @end
    return new Registered(items, senders);
  }
}
