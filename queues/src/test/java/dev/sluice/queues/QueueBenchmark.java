package dev.sluice.queues;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// A file under FULL with many callers, beside the naive form: one statement and one commit for
/// each call. Checks that each item arrives once. Not a test: run its `main` on a quiet machine,
/// with the number of items and of callers.
final class QueueBenchmark {
  private static final String PAYLOAD = "x".repeat(190);

  private QueueBenchmark() {}

  public static void main(String[] args) throws Exception {
    int items = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    int callers = args.length > 1 ? Integer.parseInt(args[1]) : 64;
    var dir = Files.createTempDirectory("queue-benchmark");
    for (int round = 0; round < 3; round++) {
      double[] ours = ours(dir.resolve("ours" + round + ".db"), items, callers);
      double[] naive = naive(dir.resolve("naive" + round + ".db"), items / 10);
      System.out.printf(
          "send %,.0f/s, naive %,.0f/s, ratio %.1f; receive and ack %,.0f/s, naive %,.0f/s, ratio %.1f%n",
          ours[0], naive[0], ours[0] / naive[0], ours[1], naive[1], ours[1] / naive[1]);
    }
  }

  private static double[] ours(Path file, int items, int callers) throws Exception {
    try (var store = QueueStore.open(file)) {
      var queue = store.queue("bench", Codec.text());
      var next = new AtomicInteger();
      long began = System.nanoTime();
      together(
          callers,
          () -> {
            for (int i = next.getAndIncrement(); i < items; i = next.getAndIncrement()) {
              queue.send(i + " " + PAYLOAD);
            }
            return null;
          });
      double sending = rate(items, began);
      Set<String> seen = ConcurrentHashMap.newKeySet();
      began = System.nanoTime();
      together(
          callers,
          () -> {
            for (var item = queue.tryReceive(); item != null; item = queue.tryReceive()) {
              assertThat(seen.add(item.value())).isTrue();
              assertThat(item.ack()).isTrue();
            }
            return null;
          });
      double receiving = rate(items, began);
      assertThat(seen).hasSize(items);
      assertThat(queue.receive(Duration.ZERO)).isNull();
      return new double[] {sending, receiving};
    }
  }

  private static void together(int callers, Callable<?> work) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var started =
          IntStream.range(0, callers).<Future<?>>mapToObj(i -> threads.submit(work)).toList();
      for (var it : started) {
        it.get();
      }
    }
  }

  private static double rate(int items, long began) {
    return items * 1e9 / (System.nanoTime() - began);
  }

  private static double[] naive(Path file, int items) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute(
          "CREATE TABLE queue(id INTEGER PRIMARY KEY AUTOINCREMENT, taken INTEGER NOT NULL DEFAULT 0, payload TEXT)");
      long began = System.nanoTime();
      try (var insert = connection.prepareStatement("INSERT INTO queue(payload) VALUES(?)")) {
        for (int i = 0; i < items; i++) {
          insert.setString(1, i + " " + PAYLOAD);
          insert.executeUpdate();
        }
      }
      double sending = rate(items, began);
      var seen = new BitSet();
      began = System.nanoTime();
      try (var claim =
              connection.prepareStatement(
                  "UPDATE queue SET taken = 1 WHERE id = (SELECT min(id) FROM queue WHERE taken = 0) RETURNING id");
          var ack = connection.prepareStatement("DELETE FROM queue WHERE id = ?")) {
        for (int i = 0; i < items; i++) {
          int id;
          try (var rows = claim.executeQuery()) {
            rows.next();
            id = rows.getInt(1);
          }
          seen.set(id);
          ack.setInt(1, id);
          ack.executeUpdate();
        }
      }
      assertThat(seen.cardinality()).isEqualTo(items);
      return new double[] {sending, rate(items, began)};
    }
  }
}
