package dev.sluice.examples;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.queues.Codec;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.ItemState;
import dev.sluice.queues.Outgoing;
import dev.sluice.queues.QueueOptions;
import dev.sluice.queues.QueueStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// What `docs/guide/queues.md` shows.
final class QueuesAtWork {
  private QueuesAtWork() {}

  /// Something that can be done with a text, and can fail.
  interface Job {
    void run(String text) throws IOException;
  }

  static long send(Path file) throws IOException, InterruptedException {
    // @start send
    long id;
    try (var store = QueueStore.open(file)) {
      var jobs = store.queue("jobs", Codec.text());
      id = jobs.send("resize cat.png").id(); // stored when this returns
    }
    // @end
    return id;
  }

  static int work(Path file, Job job) throws IOException, InterruptedException {
    int done = 0;
    // @start work
    try (var store = QueueStore.open(file)) {
      var jobs = store.queue("jobs", Codec.text());
      var item = jobs.receive(Duration.ofSeconds(1));
      while (item != null) {
        try {
          job.run(item.value());
          item.ack(); // only now it is gone
          done++;
        } catch (IOException e) {
          item.retry(e); // again later, and a dead letter in the end
        }
        item = jobs.receive(Duration.ofSeconds(1));
      }
    }
    // @end
    return done;
  }

  static void sendInManyWays(DurableQueue<String> jobs) throws IOException, InterruptedException {
    // @start ways
    jobs.sendAll(
        List.of(
            Outgoing.of("remind").after(Duration.ofMinutes(10)),
            Outgoing.of("urgent").priority(-1),
            Outgoing.of("charge order 7").key("customer 12"),
            Outgoing.of("nightly report").dedup("report 2027-01-01")));
    // @end
  }

  static void sendWithin(DurableQueue<String> jobs, Connection connection)
      throws IOException, SQLException {
    // @start within
    try (var insert = connection.prepareStatement("INSERT INTO orders(item) VALUES(?)")) {
      insert.setString(1, "tea");
      insert.executeUpdate();
    }
    jobs.send(connection, "pack the tea"); // there when, and if, the caller commits
    // @end
  }

  static DurableQueue<Order> configured(QueueStore store) throws IOException, InterruptedException {
    // @start options
    var options =
        QueueOptions.standard()
            .bounded(10_000, 50_000_000) // then send waits
            .lease(Duration.ofMinutes(1))
            .retry(
                Retry.attempts(3)
                    .backoff(Duration.ofSeconds(5), Duration.ofMinutes(5))
                    .unless(IllegalArgumentException.class));
    var orders = store.queue("orders", Codec.json(Order.class), options);
    // @end
    return orders;
  }

  static void pipeline(DurableQueue<String> jobs, DurableQueue<String> results) throws Exception {
    // @start pipeline
    var source = jobs.source().untilEmpty();
    Pipeline.from(source.values()).map(String::toUpperCase).to(results.sink()).run();
    source.awaitSettled();
    // @end
  }

  static int mend(DurableQueue<String> jobs) throws IOException, InterruptedException {
    // @start dead
    for (var dead : jobs.list(ItemState.DEAD, 0, 100)) {
      System.out.println(dead.id() + ": " + dead.cause());
    }
    int replayed = jobs.replayAll();
    // @end
    return replayed;
  }
}
