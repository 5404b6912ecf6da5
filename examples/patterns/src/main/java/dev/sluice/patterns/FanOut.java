package dev.sluice.patterns;

import dev.sluice.pipelines.Branch;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Slow;
import dev.sluice.pipelines.Source;
import dev.sluice.queues.Codec;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.QueueStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// One producer, many consumers: they compete for the items, or each gets them all.
final class FanOut {
  private static final Duration IDLE = Duration.ofMillis(300);

  private FanOut() {}

  /// A consumer that may fail.
  interface Worker {
    void work(String item) throws IOException;
  }

  /// Takes items until none comes for a while. A consumer that fails at one hands it back, for any
  /// other, and takes no more.
  static void compete(DurableQueue<String> queue, Worker worker) throws Exception {
    // @start region="fan-out"
    for (var item = queue.receive(IDLE); item != null; item = queue.receive(IDLE)) {
      try {
        worker.work(item.value());
        item.ack();
      } catch (IOException e) {
        item.retry(e, Duration.ofMillis(50)); // again, for whoever comes first
        return;
      }
    }
    // @end
  }

  /// Gives everything to both; the slow one loses the oldest instead of holding the other up.
  static Pipeline broadcast(Source<Integer> news, Sink<Integer> archive, Sink<Integer> ticker) {
    // @start region="broadcast"
    return Pipeline.from(news)
        .alsoTo(
            Branch.buffer(3).whenSlow(Slow.DROP_OLDEST).bestEffort(),
            branch -> branch.to("ticker", ticker))
        .to("archive", archive);
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    var file = Files.createTempDirectory("sluice-demo").resolve("jobs.db");
    try (var store = QueueStore.open(file);
        var team = new Team()) {
      var queue = store.queue("jobs", Codec.text());
      for (int i = 1; i <= 6; i++) {
        queue.send("job " + i);
      }
      narrator.tell("producer", "has sent six jobs");
      team.play(
          "weak worker",
          () ->
              compete(
                  queue,
                  job -> {
                    narrator.tell(
                        "weak worker", "fails at " + job + " and leaves: any other may have it");
                    throw new IOException("too heavy");
                  }));
      team.play(
          "good worker",
          () ->
              compete(
                  queue,
                  job -> {
                    pause(100);
                    narrator.tell("good worker", "does " + job);
                  }));
    } finally {
      delete(file);
    }
    var report =
        broadcast(
                Source.of(() -> IntStream.rangeClosed(1, 20).boxed().peek(_ -> pause(50))),
                news -> narrator.tell("archive", "keeps " + news),
                news -> {
                  Thread.sleep(200);
                  narrator.tell("ticker", "shows " + news);
                })
            .run();
    narrator.tell("ticker", "was slow, and lost some; the archive lost none");
    narrator.account(report.account());
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path file) throws IOException {
    for (var suffix : List.of("", "-wal", "-shm", "-journal")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
    }
    try (var left = Files.list(file.resolveSibling("."))) {
      for (var other : left.toList()) {
        Files.deleteIfExists(other);
      }
    }
    Files.deleteIfExists(file.resolveSibling(".").normalize());
  }
}
