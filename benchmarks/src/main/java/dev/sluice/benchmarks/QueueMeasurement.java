package dev.sluice.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.queues.Codec;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.Outgoing;
import dev.sluice.queues.QueueAddress;
import dev.sluice.queues.QueueOptions;
import dev.sluice.queues.QueueStore;
import dev.sluice.queues.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// What a JVM of its own does for a scenario of queues: it plays one contestant once, and prints
/// its figures, `NAME TAB VALUE` a line. An item is 200 bytes, its number first, and has to come
/// once.
public final class QueueMeasurement {
  static final int CALLERS = 64;
  static final int BATCH = 500;
  private static final int CONSUMERS = 4;
  private static final String REST = "x".repeat(192);

  /// Items that come and go before something else is measured.
  private static final int WARM_UP = 40_000;

  /// Whether what runs is not measured, but gets the JVM going: a queue is no short program.
  private static boolean warming;

  private QueueMeasurement() {}

  /// @param args what to do, where (a QUEUE of `sluice queue`, or a JDBC URL), with how many items
  public static void main(String[] args) throws Exception {
    String what = args[0];
    String place = args[1];
    int items = Integer.parseInt(args[2]);
    warming = true;
    switch (what) {
      case "sender" -> {
        // is measured by who receives
      }
      case "latency", "latency-between" -> ours(place, WARM_UP, 1, CALLERS);
      case "held" -> ours(place, WARM_UP, BATCH, CONSUMERS);
      default -> measure(what, place, items / 2);
    }
    warming = false;
    measure(what, place, items);
  }

  private static void measure(String what, String place, int items) throws Exception {
    switch (what) {
      case "calls" -> ours(place, items, 1, CALLERS);
      case "batches" -> ours(place, items, BATCH, CONSUMERS);
      case "naive" -> naive(place, items, place.startsWith("jdbc:sqlite:") ? 1 : CONSUMERS);
      case "db-scheduler" -> JobSchedulers.dbScheduler(place, items);
      case "jobrunr" -> JobSchedulers.jobRunr(place, items);
      case "latency" -> latency(place, items, false);
      case "latency-between" -> latency(place, items, true);
      case "sender" -> sendSlowly(place, items);
      case "held" -> held(place, items);
      default -> throw new IllegalArgumentException(what);
    }
  }

  private static void figure(String name, double value) {
    if (!warming) {
      System.out.println(name + "\t" + value);
    }
  }

  static void rates(double sends, double receives) {
    figure("sends/s", sends);
    figure("receives+acks/s", receives);
  }

  static double rate(int items, long began) {
    return items * 1e9 / (System.nanoTime() - began);
  }

  static String payload(int number) {
    return "%07d %s".formatted(number, REST);
  }

  /// Which items came, and how often.
  static final class Arrived {
    private final AtomicIntegerArray times;
    private final AtomicInteger count = new AtomicInteger();

    Arrived(int items) {
      times = new AtomicIntegerArray(items);
    }

    void came(String payload) {
      times.incrementAndGet(Integer.parseInt(payload.substring(0, 7)));
      count.incrementAndGet();
    }

    int count() {
      return count.get();
    }

    void check() {
      for (int i = 0; i < times.length(); i++) {
        if (times.get(i) != 1) {
          throw new IllegalStateException("item %d came %d times".formatted(i, times.get(i)));
        }
      }
    }
  }

  static void together(int callers, Callable<?> work) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var started =
          IntStream.range(0, callers).<Future<?>>mapToObj(_ -> threads.submit(work)).toList();
      for (var it : started) {
        it.get();
      }
    }
  }

  private static QueueStore open(String place) throws Exception {
    return QueueStore.open(QueueAddress.parse(place, Map.of()), StoreOptions.standard());
  }

  private static DurableQueue<String> queue(QueueStore store) throws Exception {
    return store.queue(
        "bench", Codec.text(), QueueOptions.standard().bounded(10_000_000, 1L << 40));
  }

  private static void ours(String place, int items, int batch, int callers) throws Exception {
    try (var store = open(place)) {
      var queue = queue(store);
      var next = new AtomicInteger();
      long began = System.nanoTime();
      together(
          callers,
          () -> {
            for (int i = next.getAndAdd(batch); i < items; i = next.getAndAdd(batch)) {
              if (batch == 1) {
                queue.send(payload(i));
              } else {
                queue.sendAll(
                    IntStream.range(i, Math.min(items, i + batch))
                        .mapToObj(n -> Outgoing.of(payload(n)))
                        .toList());
              }
            }
            return null;
          });
      double sends = rate(items, began);
      rates(sends, receive(queue, items, batch, callers));
    }
  }

  private static double receive(DurableQueue<String> queue, int items, int batch, int callers)
      throws Exception {
    var arrived = new Arrived(items);
    long began = System.nanoTime();
    together(
        callers,
        () -> {
          while (arrived.count() < items) {
            var some = queue.receiveMany(batch, Duration.ofMillis(20));
            some.forEach(item -> arrived.came(item.value()));
            if (!some.isEmpty() && !queue.ackAll(some).isEmpty()) {
              throw new IllegalStateException("a lease was lost");
            }
          }
          return null;
        });
    double rate = rate(items, began);
    arrived.check();
    if (queue.stats().depth() != 0) {
      throw new IllegalStateException("not empty: " + queue.stats());
    }
    return rate;
  }

  /// One statement and one commit for each call.
  private static void naive(String url, int items, int callers) throws Exception {
    boolean file = url.startsWith("jdbc:sqlite:");
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      if (file) {
        statement.execute("PRAGMA journal_mode = WAL");
      }
      statement.execute("DROP TABLE IF EXISTS naive");
      statement.execute(
          "CREATE TABLE naive(id %s PRIMARY KEY, taken INTEGER NOT NULL DEFAULT 0, payload TEXT)"
              .formatted(file ? "INTEGER" : "BIGINT GENERATED ALWAYS AS IDENTITY"));
      statement.execute("CREATE INDEX naive_ready ON naive(id) WHERE taken = 0");
    }
    var next = new AtomicInteger();
    var arrived = new Arrived(items);
    long began = System.nanoTime();
    together(
        callers,
        () -> {
          try (var connection = naiveConnection(url, file);
              var insert = connection.prepareStatement("INSERT INTO naive(payload) VALUES(?)")) {
            for (int i = next.getAndIncrement(); i < items; i = next.getAndIncrement()) {
              insert.setString(1, payload(i));
              insert.executeUpdate();
            }
          }
          return null;
        });
    double sends = rate(items, began);
    began = System.nanoTime();
    together(
        callers,
        () -> {
          try (var connection = naiveConnection(url, file);
              var claim =
                  connection.prepareStatement(
                      """
                      UPDATE naive SET taken = 1 WHERE id =
                        (SELECT id FROM naive WHERE taken = 0 ORDER BY id LIMIT 1 %s)
                        RETURNING id, payload\
                      """
                          .formatted(file ? "" : "FOR UPDATE SKIP LOCKED"));
              var ack = connection.prepareStatement("DELETE FROM naive WHERE id = ?")) {
            while (true) {
              long id;
              try (var rows = claim.executeQuery()) {
                if (!rows.next()) {
                  return null;
                }
                id = rows.getLong(1);
                arrived.came(rows.getString(2));
              }
              ack.setLong(1, id);
              ack.executeUpdate();
            }
          }
        });
    double receives = rate(items, began);
    arrived.check();
    rates(sends, receives);
  }

  private static Connection naiveConnection(String url, boolean file) throws SQLException {
    var connection = DriverManager.getConnection(url);
    if (file) {
      try (var statement = connection.createStatement()) {
        statement.execute("PRAGMA synchronous = FULL");
      }
    }
    return connection;
  }

  // ---- Latency of an idle queue

  private static long micros() {
    return TimeUnit.NANOSECONDS.toMicros(
        TimeUnit.SECONDS.toNanos(Instant.now().getEpochSecond()) + Instant.now().getNano());
  }

  private static void sendSlowly(String place, int items) throws Exception {
    try (var store = open(place)) {
      sendSlowly(queue(store), items);
    }
  }

  private static void sendSlowly(DurableQueue<String> queue, int items) throws Exception {
    for (int i = 0; i < items; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(15)); // so that the queue is idle
      queue.send(Long.toString(micros()));
    }
  }

  private static void latency(String place, int items, boolean between) throws Exception {
    int warmUp = 10;
    long[] micros = new long[items];
    try (var store = open(place)) {
      var queue = queue(store);
      var sender = between ? senderElsewhere(place, items + warmUp) : sender(queue, items + warmUp);
      for (int i = -warmUp; i < items; i++) {
        var item = queue.receive();
        if (i >= 0) {
          micros[i] = micros() - Long.parseLong(item.value());
        }
        item.ack();
      }
      sender.call();
    }
    Arrays.sort(micros);
    figure("p50 ms", micros[items / 2] / 1e3);
    figure("p99 ms", micros[items * 99 / 100] / 1e3);
    figure("max ms", micros[items - 1] / 1e3);
  }

  /// Begins to send; the result waits for its end.
  private static Callable<?> sender(DurableQueue<String> queue, int items) {
    var sending =
        new FutureTask<Void>(() -> {
          sendSlowly(queue, items);
          return null;
        });
    Thread.ofPlatform().start(sending);
    return sending::get;
  }

  /// The same in another process.
  private static Callable<?> senderElsewhere(String place, int items) throws Exception {
    var process =
        new ProcessBuilder(
                List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    QueueMeasurement.class.getName(),
                    "sender",
                    place,
                    Integer.toString(items)))
            .redirectErrorStream(true)
            .start();
    return () -> {
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the sender failed: " + said);
      }
      return null;
    };
  }

  // ---- A transaction held open elsewhere

  /// Receives as fast as it can, first with nobody else there, then beside a transaction that was
  /// open before the items were sent and sees all of the dead rows that it leaves.
  private static void held(String place, int items) throws Exception {
    double free;
    double beside;
    String url = place.replaceFirst("^postgresql://([^@]*)@(.*)$", "jdbc:postgresql://$2?user=$1");
    try (var store = open(place)) {
      var queue = queue(store);
      fill(queue, items);
      free = receive(queue, items, BATCH, CONSUMERS);
      try (var other = DriverManager.getConnection(url);
          var statement = other.createStatement()) {
        other.setAutoCommit(false);
        other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        statement.executeQuery("SELECT count(*) FROM sluice_queue_items").close();
        fill(queue, items);
        beside = receive(queue, items, BATCH, CONSUMERS);
        other.commit();
      }
    }
    figure("receives+acks/s alone", free);
    figure("receives+acks/s beside it", beside);
    figure("share kept", beside / free);
  }

  private static void fill(DurableQueue<String> queue, int items) throws Exception {
    for (int i = 0; i < items; i += BATCH) {
      queue.sendAll(
          IntStream.range(i, Math.min(items, i + BATCH))
              .mapToObj(n -> Outgoing.of(payload(n)))
              .toList());
    }
  }
}
