package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;

/// Our sources beside plain loops of Kafka's clients, on the same broker and topic, in turns: with
/// no work, with 5 ms of work for each record of 100 keys, and by a share group. Checks that each
/// record arrives. Not a test: run its `main` on a quiet machine, with the number of records.
///
/// ```text
///   plain    poll, work, commitSync, one thread
///   ours     KafkaSource or ShareSource, with its defaults
/// ```
final class KafkaBenchmark {
  private static final int WORKED = 20_000;
  private static final int KEYS = 100;
  private static final int ROUNDS = 5;
  private static final AtomicInteger GROUPS = new AtomicInteger();

  private KafkaBenchmark() {}

  private interface Contestant {
    void run(String group, int records, AtomicIntegerArray seen, boolean works) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    int records = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    var dir = Files.createTempDirectory("kafka-benchmark");
    try (var server = TestKafka.start(dir)) {
      server.topic("all", 4);
      server.topic("worked", 4);
      produce(server, "all", records);
      server.topic("shared", 4);
      produce(server, "worked", WORKED);
      int shared = Math.min(records, 400_000);
      produce(server, "shared", shared);
      compare(
          "no work, consumer group",
          records,
          ROUNDS,
          (g, n, seen, w) -> plain(server, "all", g, n, seen, w),
          (g, n, seen, w) -> ours(server, "all", g, n, seen, w));
      compare(
          "no work, share group",
          shared,
          ROUNDS,
          (g, n, seen, w) -> plainShare(server, "shared", g, n, seen),
          (g, n, seen, w) -> oursShare(server, "shared", g, n, seen));
      // A plain loop needs 5 ms for each: a part of it tells its rate.
      compare(
          "5 ms of work, 100 keys",
          WORKED,
          1,
          (g, n, seen, w) -> plain(server, "worked", g, 1_000, seen, true),
          (g, n, seen, w) -> ours(server, "worked", g, n, seen, true));
    }
  }

  private static void compare(
      String what, int records, int rounds, Contestant plain, Contestant ours) throws Exception {
    var ratios = new double[rounds];
    var rates = new double[2];
    for (int round = -1; round < rounds; round++) { // the first is to warm up
      double first = rate(plain, records);
      double second = rate(ours, records);
      if (round >= 0 || rounds == 1) {
        ratios[Math.max(0, round)] = second / first;
        rates[0] = first;
        rates[1] = second;
      }
    }
    Arrays.sort(ratios);
    System.out.printf(
        "%-28s plain %,10.0f/s  ours %,10.0f/s (last round)  ratio %.2f (median of %d, %.2f to %.2f)%n",
        what, rates[0], rates[1], ratios[rounds / 2], rounds, ratios[0], ratios[rounds - 1]);
  }

  private static double rate(Contestant one, int records) throws Exception {
    var seen = new AtomicIntegerArray(records);
    long began = System.nanoTime();
    one.run("bench" + GROUPS.incrementAndGet(), records, seen, false);
    double seconds = (System.nanoTime() - began) / 1e9;
    int count = 0;
    for (int i = 0; i < records; i++) {
      count += Math.min(1, seen.get(i));
    }
    assertThat(count).as("records that arrived").isIn(records, 1_000);
    return count / seconds;
  }

  private static void produce(TestKafka server, String topic, int count) {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", server.address(), "batch.size", "131072"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        var value = new byte[200];
        java.nio.ByteBuffer.wrap(value).putInt(i);
        var key = ("k" + i % KEYS).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        var _ =
            producer.send(
                new ProducerRecord<>(topic, key, value),
                (metadata, e) -> {
                  if (e != null) {
                    throw new IllegalStateException(e);
                  }
                });
      }
    }
  }

  private static void work(byte[] value, AtomicIntegerArray seen, boolean works) {
    if (works) {
      LockSupport.parkNanos(5_000_000); // the work
    }
    int number = java.nio.ByteBuffer.wrap(value).getInt();
    if (number < seen.length()) {
      seen.incrementAndGet(number);
    }
  }

  private static void plain(
      TestKafka server,
      String topic,
      String group,
      int records,
      AtomicIntegerArray seen,
      boolean works) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", server.address(),
            "group.id", group,
            "group.protocol", "consumer",
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      int count = 0;
      while (count < records) {
        for (var one : consumer.poll(Duration.ofMillis(200))) {
          work(one.value(), seen, works);
          if (++count == records) {
            break;
          }
        }
        consumer.commitSync();
      }
    }
  }

  private static void ours(
      TestKafka server,
      String topic,
      String group,
      int records,
      AtomicIntegerArray seen,
      boolean works)
      throws Exception {
    try (var kafka = server.connect()) {
      var source = kafka.source(topic, group, Serdes.ByteArray(), Serdes.ByteArray()).untilEnd();
      var report =
          works
              ? Pipeline.from(source.order(Order.BY_KEY))
                  .map(
                      Parallel.unordered(KEYS),
                      one -> {
                        work(one.value(), seen, true);
                        return one;
                      })
                  .to(Sink.discard())
                  .run()
              : Pipeline.from(source).to(one -> work(one.value(), seen, false)).run();
      assertThat(report.account().out()).isEqualTo(records);
    }
  }

  private static void plainShare(
      TestKafka server, String topic, String group, int records, AtomicIntegerArray seen)
      throws Exception {
    try (var kafka = server.connect()) {
      kafka.topics().prepareShareGroup(group);
    }
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            server.address(),
            "group.id",
            group,
            "share.acknowledgement.mode",
            "explicit");
    try (var consumer =
        new KafkaShareConsumer<>(
            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      int count = 0;
      while (count < records) {
        for (var one : consumer.poll(Duration.ofMillis(200))) {
          work(one.value(), seen, false);
          count++;
          consumer.acknowledge(one, AcknowledgeType.ACCEPT);
        }
        consumer.commitSync();
      }
    }
  }

  private static void oursShare(
      TestKafka server, String topic, String group, int records, AtomicIntegerArray seen)
      throws Exception {
    try (var kafka = server.connect()) {
      var count = new AtomicInteger();
      var running =
          Pipeline.from(kafka.shareSource(topic, group, Serdes.ByteArray(), Serdes.ByteArray()))
              .to(one -> {
                work(one.value(), seen, false);
                count.incrementAndGet();
              })
              .start();
      while (count.get() < records) {
        LockSupport.parkNanos(200_000); // polled: it has no end
      }
      running.drain(Duration.ofSeconds(20));
    }
  }
}
