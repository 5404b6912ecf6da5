package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Stats;
import java.util.Random;

/// Two producers, three consumers, a buffer of five. It ends by itself.
final class Basic {
  private Basic() {}

  /// How long somebody is busy with an item.
  interface Work {
    void on(int item) throws InterruptedException;
  }

  /// @param each how many items each producer makes
  static Stats run(int each, Work produce, Work consume, Narrator narrator) throws Exception {
    // @start region="basic"
    var orders = Channel.<Integer>bounded(5);
    try (var team = new Team()) {
      int producers = 0;
      for (var sender : orders.senders(2)) {
        int base = 100 * ++producers;
        var name = "producer " + producers;
        team.play(
            name,
            () -> {
              try (sender) {
                for (int i = 1; i <= each; i++) {
                  produce.on(base + i);
                  narrator.send(name, sender, base + i);
                }
              }
              narrator.tell(name, "is done");
            });
      }
      for (int i = 1; i <= 3; i++) {
        var name = "consumer " + i;
        team.play(
            name,
            () -> {
              for (int order : orders) {
                narrator.tell(name, "takes " + order);
                consume.on(order);
              }
              narrator.tell(name, "sees the end");
            });
      }
    }
    // @end
    return orders.stats();
  }

  static void demo(Narrator narrator) throws Exception {
    var random = new Random(1);
    narrator.account(
        run(
            10,
            _ -> Thread.sleep(random.nextInt(100)),
            _ -> Thread.sleep(100 + random.nextInt(300)),
            narrator));
  }
}
