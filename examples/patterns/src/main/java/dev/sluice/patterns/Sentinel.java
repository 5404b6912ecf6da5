package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// End of stream by sentinel, kept to show what `close` replaces.
final class Sentinel {
  /// Told from the items by identity: no item may be it.
  static final String END = new String("end");

  private Sentinel() {}

  /// A consumer of the old kind: it must put the sentinel back, for the next consumer.
  @SuppressWarnings("ReferenceEquality") // an item may be equal to the sentinel
  static int consumeBySentinel(BlockingQueue<String> queue) throws InterruptedException {
    // @start region="sentinel"
    int count = 0;
    for (var item = queue.take(); item != END; item = queue.take()) {
      count++;
    }
    queue.put(END); // forget this, and all other consumers wait for ever
    // @end
    return count;
  }

  /// A consumer of the new kind.
  static int consume(Channel<String> channel) {
    int count = 0;
    for (var _ : channel) { // ends when the channel does
      count++;
    }
    return count;
  }

  static void demo(Narrator narrator) throws Exception {
    var queue = new ArrayBlockingQueue<String>(10);
    try (var team = new Team()) {
      for (int i = 1; i <= 3; i++) {
        var name = "consumer " + i;
        team.play(
            name,
            () -> {
              int count = consumeBySentinel(queue);
              narrator.tell(
                  name, "ends after %d items, and puts the sentinel back".formatted(count));
            });
      }
      for (int i = 1; i <= 9; i++) {
        queue.put("item " + i);
      }
      narrator.tell("producer", "has put 9 items, and then a sentinel");
      queue.put(END);
    }
    narrator.tell(
        "queue", "still holds %d item: the sentinel that nobody took".formatted(queue.size()));

    var channel = Channel.<String>bounded(10);
    try (var team = new Team()) {
      for (int i = 1; i <= 3; i++) {
        var name = "consumer " + i;
        team.play(
            name, () -> narrator.tell(name, "ends after %d items".formatted(consume(channel))));
      }
      for (int i = 1; i <= 9; i++) {
        channel.send("item " + i);
      }
      narrator.tell("producer", "has sent 9 items, and closes the channel");
      channel.close();
    }
    narrator.account(channel.stats());
  }
}
