package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.function.Consumer;

/// Watching a queue: an alarm when a backlog builds up, and one when it is gone. Nothing polls.
final class Watching {
  private Watching() {}

  static void watch(Channel<?> orders, Consumer<String> alarm) {
    // @start region="monitor"
    orders.onBacklog(
        80, 20, (high, size) -> alarm.accept((high ? "backlog: " : "all clear: ") + size));
    // @end
  }
}
