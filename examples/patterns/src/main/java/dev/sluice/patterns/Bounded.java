package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Stats;
import java.time.Duration;
import java.util.List;

/// A bounded queue whose producers are registered. Whoever is faster waits, and it shows.
final class Bounded {
  private Bounded() {}

  /// @param make how long a producer needs for an item
  /// @param use how long the consumer does
  static Stats run(List<String> producers, int each, Duration make, Duration use, Narrator narrator)
      throws Exception {
    // @start region="bounded"
    var queue = Channel.<String>builder().named("shelf").bounded(3);
    try (var team = new Team()) {
      for (var name : producers) {
        var sender = queue.newSender(); // registered here, before its thread begins
        team.play(
            name,
            () -> {
              try (sender) {
                for (int i = 1; i <= each; i++) {
                  Thread.sleep(make);
                  narrator.send(name, sender, name + "'s " + i);
                }
              }
            });
      }
      for (var item : queue) {
        narrator.tell("consumer", "takes " + item);
        Thread.sleep(use);
      }
    }
    // @end
    return queue.stats();
  }

  static void demo(Narrator narrator) throws Exception {
    tell(
        narrator,
        run(List.of("anna", "ben"), 5, Duration.ofMillis(10), Duration.ofMillis(150), narrator));
    tell(
        narrator,
        run(List.of("anna", "ben"), 3, Duration.ofMillis(300), Duration.ofMillis(10), narrator));
  }

  private static void tell(Narrator narrator, Stats stats) {
    narrator.tell(
        stats.name(),
        "producers waited %d ms for room, the consumer %d ms for items"
            .formatted(stats.sendingBlocked().toMillis(), stats.receivingBlocked().toMillis()));
    narrator.account(stats);
  }
}
