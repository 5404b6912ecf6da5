package dev.sluice.patterns;

import dev.sluice.channels.Sender;
import dev.sluice.channels.Stats;
import dev.sluice.pipelines.Account;

/// Hears what happens in an example. Any thread may call it.
@FunctionalInterface
public interface Narrator {

  /// `who` does, or has done, `what`.
  void tell(String who, String what);

  /// Hears nothing.
  static Narrator silent() {
    return (_, _) -> {};
  }

  /// Sends `item`, and tells if it has to wait for room.
  default <T> void send(String who, Sender<T> to, T item) throws InterruptedException {
    if (!to.trySend(item)) {
      tell(who, "waits: there is no room for " + item);
      to.send(item);
    }
    tell(who, "sends " + item);
  }

  /// Tells what became of every item of a channel.
  default void account(Stats stats) {
    tell(
        "account",
        "sent %,d = received %,d + dropped %,d + cancelled %,d + still there %,d"
            .formatted(
                stats.sent(), stats.received(), stats.dropped(), stats.cancelled(), stats.size()));
  }

  /// Tells what became of every item of a pipeline.
  default void account(Account account) {
    tell(
        "account",
        "in %,d = out %,d + filtered %,d + dropped %,d + dead-lettered %,d + abandoned %,d"
            .formatted(
                account.in(),
                account.out(),
                account.filtered(),
                account.dropped(),
                account.deadLettered(),
                account.abandoned()));
  }
}
