package dev.sluice.examples;

import dev.sluice.channels.Channel;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/// A queue with poison pills, and a channel that closes: `docs/guide/migrating.md`.
@SuppressWarnings("FutureReturnValueIgnored") // as it is often written
final class MigratingQueues {
  private MigratingQueues() {}

  static long before(List<List<Integer>> orders) throws Exception {
    var sum = new LongAdder();
    try (var executor = Executors.newCachedThreadPool()) {
      // @start queue-before
      BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(16);
      int consumers = 3;
      Integer poison = Integer.MIN_VALUE; // no order may ever be this
      for (int i = 0; i < consumers; i++) {
        executor.submit(() -> {
          for (int order = queue.take(); order != poison; order = queue.take()) {
            sum.add(order);
          }
          return null;
        });
      }
      List<Future<?>> producers =
          orders.stream()
              .<Future<?>>map(some ->
                  executor.submit(() -> {
                    for (int order : some) {
                      queue.put(order);
                    }
                    return null;
                  }))
              .toList();
      for (var producer : producers) {
        producer.get(); // all must be done before the first pill
      }
      for (int i = 0; i < consumers; i++) {
        queue.put(poison); // as many as there are consumers
      }
      // @end
    }
    return sum.sum();
  }

  static long after(List<List<Integer>> orders) {
    var sum = new LongAdder();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      // @start queue-after
      var channel = Channel.<Integer>bounded(16);
      int consumers = 3;
      for (int i = 0; i < consumers; i++) {
        executor.submit(() -> {
          for (int order : channel) { // ends when the channel is closed and empty
            sum.add(order);
          }
        });
      }
      var senders = channel.senders(orders.size());
      for (int i = 0; i < orders.size(); i++) {
        var some = orders.get(i);
        var sender = senders.get(i);
        executor.submit(() -> {
          try (sender) { // the last one to close closes the channel
            for (int order : some) {
              sender.send(order);
            }
          }
          return null;
        });
      }
      // @end
    }
    return sum.sum();
  }
}
