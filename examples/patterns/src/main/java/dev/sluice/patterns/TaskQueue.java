package dev.sluice.patterns;

import dev.sluice.pipelines.Retry;
import dev.sluice.queues.Codec;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.Outgoing;
import dev.sluice.queues.QueueOptions;
import dev.sluice.queues.QueueStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Background jobs with delays, priorities and retries, which outlive the program.
final class TaskQueue {
  private TaskQueue() {}

  static DurableQueue<String> open(QueueStore store) throws IOException, InterruptedException {
    // @start region="task-queue"
    var options = QueueOptions.standard().retry(Retry.attempts(3).delay(Duration.ofMillis(100)));
    var jobs = store.queue("jobs", Codec.text(), options);
    // @end
    return jobs;
  }

  static void schedule(DurableQueue<String> jobs) throws IOException, InterruptedException {
    // @start region="task-queue-send"
    jobs.sendAll(
        List.of(
            Outgoing.of("weekly report").after(Duration.ofHours(1)), // not before
            Outgoing.of("resize picture"),
            Outgoing.of("reset password").priority(-1))); // before the others
    // @end
  }
}
