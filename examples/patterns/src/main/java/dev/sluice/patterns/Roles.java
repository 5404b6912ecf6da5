package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Producers and consumers: any number of each, on threads of any kind. Items say who made them.
final class Roles {
  private Roles() {}

  /// An item, and who made it.
  record Made(String producer, int number) {}

  /// Lets each producer make `each` items, and returns what each consumer got.
  static Map<String, List<Made>> run(int producers, int consumers, int each, Thread.Builder threads)
      throws Exception {
    var got = new ConcurrentHashMap<String, List<Made>>();
    // @start region="roles"
    var items = Channel.<Made>bounded(5);
    try (var team = new Team(threads)) {
      int number = 0;
      for (var sender : items.senders(producers)) {
        var producer = "producer " + ++number;
        team.play(
            producer,
            () -> {
              try (sender) { // when the last of them is closed, the channel is
                for (int i = 0; i < each; i++) {
                  sender.send(new Made(producer, i));
                }
              }
            });
      }
      for (int i = 1; i <= consumers; i++) {
        var consumer = "consumer " + i;
        team.play(
            consumer,
            () -> {
              for (var item : items) {
                got.computeIfAbsent(consumer, _ -> new ArrayList<>()).add(item);
              }
            });
      }
    }
    // @end
    return got;
  }
}
