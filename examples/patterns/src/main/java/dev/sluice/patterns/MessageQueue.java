package dev.sluice.patterns;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Sink;
import dev.sluice.queues.Codec;
import dev.sluice.queues.QueueStore;
import java.nio.file.Path;

/// Processes that hand work to each other: a message is gone when it is acknowledged, not before.
final class MessageQueue {
  private MessageQueue() {}

  /// What one process does.
  static void send(Path file, String message) throws Exception {
    // @start region="message-queue-send"
    try (var store = QueueStore.open(file)) {
      store.queue("orders", Codec.text()).send(message); // stored when this returns
    }
    // @end
  }

  /// What another does, at any time: each message is acknowledged when `work` has returned.
  static Report work(Path file, Sink<String> work) throws Exception {
    // @start region="message-queue"
    try (var store = QueueStore.open(file)) {
      var source = store.queue("orders", Codec.text()).source().untilEmpty();
      var report = Pipeline.from(source.values()).to(work).run();
      source.awaitSettled();
      return report;
    }
    // @end
  }
}
