package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Termination: "no more" is said of the channel, once, and holds for everybody.
final class Closing {
  private Closing() {}

  /// What several consumers have received when all have seen the end.
  static Queue<String> run(int consumers) throws Exception {
    var received = new ConcurrentLinkedQueue<String>();
    // @start region="close"
    var words = Channel.<String>bounded(10);
    try (var team = new Team()) {
      for (int i = 1; i <= consumers; i++) {
        team.play("consumer " + i, () -> words.forEach(received::add));
      }
      words.send("one");
      words.send("two");
      words.close(); // both are still delivered, then every consumer sees the end
    }
    // @end
    return received;
  }
}
