package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// A queue object: enqueue, dequeue, isEmpty; and the same as a `BlockingQueue` of the platform.
final class QueueObject {
  private QueueObject() {}

  /// An executor whose tasks wait in a channel.
  static ExecutorService executor(int workers, Channel<Runnable> tasks) {
    // @start region="queue-executor"
    return new ThreadPoolExecutor(workers, workers, 0, TimeUnit.SECONDS, tasks.asBlockingQueue());
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    // @start region="queue"
    var queue = Channel.<String>bounded(3);
    queue.send("first"); // enqueue: waits if it is full
    queue.send("second");
    var next = queue.receive(); // dequeue: waits if it is empty
    boolean isEmpty = queue.size() == 0;
    // @end
    narrator.tell("producer", "enqueued first, then second");
    narrator.tell("consumer", "dequeued %s; is it empty? %s".formatted(next, isEmpty));
    narrator.tell(
        "consumer", "dequeued " + queue.receive() + "; is it empty? " + (queue.size() == 0));
    narrator.account(queue.stats());

    var tasks = Channel.<Runnable>builder().removable().bounded(10);
    try (var executor = executor(2, tasks)) {
      for (int i = 1; i <= 6; i++) {
        var task = "task " + i;
        executor.execute(() -> narrator.tell(Thread.currentThread().getName(), "runs " + task));
      }
    }
    narrator.tell(
        "executor", "has ended; two tasks began its threads, the others waited in a channel");
    narrator.account(tasks.stats());
  }
}
