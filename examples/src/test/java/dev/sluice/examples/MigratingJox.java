package dev.sluice.examples;

import com.softwaremill.jox.ChannelClosed;
import dev.sluice.channels.Channel;
import dev.sluice.channels.Select;
import java.util.concurrent.ExecutorService;

/// Jox's channels and ours: `docs/guide/migrating.md`.
@SuppressWarnings("FutureReturnValueIgnored")
final class MigratingJox {
  private MigratingJox() {}

  static int before(ExecutorService executor, int count) throws Exception {
    int sum = 0;
    // @start jox-before
    var numbers = com.softwaremill.jox.Channel.<Integer>newBufferedChannel(16);
    executor.submit(() -> {
      for (int i = 1; i <= count; i++) {
        numbers.send(i);
      }
      numbers.done();
      return null;
    });
    while (true) {
      var next = numbers.receiveOrClosed(); // an item, or a ChannelClosed
      if (next instanceof ChannelClosed) {
        break;
      }
      sum += (Integer) next;
    }
    // @end
    return sum;
  }

  static int after(ExecutorService executor, int count) {
    int sum = 0;
    // @start jox-after
    var numbers = Channel.<Integer>bounded(16);
    executor.submit(() -> {
      try (numbers) {
        for (int i = 1; i <= count; i++) {
          numbers.send(i);
        }
      }
      return null;
    });
    for (int next : numbers) {
      sum += next;
    }
    // @end
    return sum;
  }

  static String selectBefore(
      com.softwaremill.jox.Channel<String> urgent, com.softwaremill.jox.Channel<String> orders)
      throws InterruptedException {
    // @start jox-select-before
    String next =
        com.softwaremill.jox.Select.select(
            urgent.receiveClause(order -> "urgent: " + order), orders.receiveClause());
    // @end
    return next;
  }

  static String selectAfter(Channel<String> urgent, Channel<String> orders) throws Exception {
    // @start jox-select-after
    String next =
        Select.<String>inOrder()
            .receive(urgent, order -> "urgent: " + order)
            .receive(orders, order -> order)
            .await();
    // @end
    return next;
  }
}
