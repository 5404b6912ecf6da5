package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.Stats;
import java.util.List;
import java.util.function.Consumer;

/// Where waiting is wrong: other policies for an item that finds no room. All losses are counted.
final class Overflowing {
  private Overflowing() {}

  /// A channel for three items with each policy.
  ///
  /// @param lost gets what is dropped
  static List<Channel<Integer>> policies(Consumer<Integer> lost) {
    // @start region="overflow"
    var waiting = Channel.<Integer>bounded(3); // back-pressure, the default
    var failing = Channel.<Integer>builder().onOverflow(Overflow.fail()).bounded(3);
    var newest = Channel.<Integer>builder().onOverflow(Overflow.dropOldest(lost)).bounded(3);
    var oldest = Channel.<Integer>builder().onOverflow(Overflow.dropNewest(lost)).bounded(3);
    var last = Channel.<Integer>latest(); // keeps the newest alone
    // @end
    return List.of(waiting, failing, newest, oldest, last);
  }

  /// What was accepted, and what became of it.
  static Stats offer(Channel<Integer> channel, int count) throws InterruptedException {
    for (int i = 1; i <= count; i++) {
      channel.send(i);
    }
    return channel.stats();
  }
}
