package dev.sluice.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.sluice.kafka.Kafka;
import dev.sluice.kafka.KafkaSource;
import dev.sluice.kafka.Order;
import dev.sluice.kafka.Outgoing;
import dev.sluice.kafka.Topics;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.kafka.receiver.KafkaReceiver;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.receiver.ReceiverRecord;

/// What a JVM of its own does for a scenario of topics: it reads one from its beginning, once to
/// warm up and once to be measured, each time as a new group, and prints its figure, `NAME TAB
/// VALUE`. A record is 200 bytes, its number first, of one of 100 keys, and has to come once.
///
/// The clock runs from the first record to the last: a group needs as long to let a member in
/// whoever it is.
public final class KafkaMeasurement {
  private static final int KEYS = 100;
  private static final int PARTITIONS = 4;
  private static final long WORK_NANOS = 5_000_000;
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final String servers;
  private final String topic;
  private final int items;
  private final boolean works;
  private final String group;
  private final AtomicIntegerArray times;
  private final AtomicInteger count = new AtomicInteger();
  private volatile long first;
  private volatile long last;

  private KafkaMeasurement(String servers, String topic, int items, boolean works, String group) {
    this.servers = servers;
    this.topic = topic;
    this.items = items;
    this.works = works;
    this.group = group;
    times = new AtomicIntegerArray(items);
  }

  /// @param args what to do, `HOST:PORT/TOPIC`, with how many records
  public static void main(String[] args) throws Exception {
    int slash = args[1].indexOf('/');
    var servers = args[1].substring(0, slash);
    var topic = args[1].substring(slash + 1);
    int items = Integer.parseInt(args[2]);
    if (args[0].equals("fill")) {
      fill(servers, topic, items);
      return;
    }
    boolean works = args[0].endsWith("-5ms");
    for (var turn : List.of("warm-up", "measured")) {
      var group = "%s-%s-%d".formatted(args[0], turn, System.nanoTime());
      var one = new KafkaMeasurement(servers, topic, items, works, group);
      one.play(works ? args[0].substring(0, args[0].indexOf("-5ms")) : args[0]);
      one.check();
      if (turn.equals("measured")) {
        System.out.println("records/s\t" + items * 1e9 / (one.last - one.first));
      }
    }
    System.exit(0); // some leave threads behind
  }

  static void fill(String servers, String topic, int items) throws Exception {
    try (var kafka = Kafka.at(servers)) {
      if (!kafka.topics().create(topic, PARTITIONS)) {
        return;
      }
      Pipeline.from(Source.of(IntStream.range(0, items).boxed().toList()))
          .map(number -> {
            var value = ByteBuffer.allocate(200).putInt(number).array();
            return Outgoing.of(("k" + number % KEYS).getBytes(UTF_8), value);
          })
          .batch(5_000, Duration.ofMillis(100))
          .to(kafka.sink(topic, Serdes.ByteArray(), Serdes.ByteArray()))
          .run();
    }
  }

  private void play(String who) throws Exception {
    switch (who) {
      case "sluice" -> sluice();
      case "plain" -> plain();
      case "parallel-consumer" -> parallelConsumer();
      case "reactor-kafka" -> reactorKafka();
      case "sluice-share" -> sluiceShare();
      case "plain-share" -> plainShare();
      default -> throw new IllegalArgumentException(who);
    }
  }

  private void work(byte[] value) {
    if (count.get() == 0 && first == 0) {
      first = System.nanoTime();
    }
    if (works) {
      LockSupport.parkNanos(WORK_NANOS);
    }
    times.incrementAndGet(ByteBuffer.wrap(value).getInt());
    if (count.incrementAndGet() == items) {
      last = System.nanoTime();
    }
  }

  private void check() {
    for (int i = 0; i < items; i++) {
      if (times.get(i) != 1) {
        throw new IllegalStateException("record %d came %d times".formatted(i, times.get(i)));
      }
    }
  }

  private void awaitAll() {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (count.get() < items) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("%d of %d records came".formatted(count.get(), items));
      }
      LockSupport.parkNanos(1_000_000); // it has no end: polled
    }
  }

  private Map<String, Object> settings() {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", servers);
    settings.put("group.id", group);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    return settings;
  }

  /// Polls, works, commits.
  private void plain() {
    var settings = settings();
    settings.put("group.protocol", "consumer");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (count.get() < items) {
        for (var one : consumer.poll(Duration.ofMillis(200))) {
          work(requireNonNull(one.value()));
        }
        consumer.commitSync();
      }
    }
  }

  private void sluice() throws Exception {
    try (var kafka = Kafka.at(servers)) {
      KafkaSource<byte[], byte[]> source =
          kafka.source(topic, group, Serdes.ByteArray(), Serdes.ByteArray()).untilEnd();
      if (works) {
        Pipeline.from(source.order(Order.BY_KEY))
            .map(
                Parallel.unordered(KEYS),
                one -> {
                  work(one.value());
                  return one;
                })
            .to(Sink.discard())
            .run();
      } else {
        Pipeline.from(source).to(one -> work(one.value())).run();
      }
      source.awaitSettled();
      long lag =
          kafka.topics().progress(topic, group).stream().mapToLong(Topics.Progress::lag).sum();
      if (lag != 0) {
        throw new IllegalStateException(lag + " records were not committed");
      }
    }
  }

  /// By key on as many threads as keys, or in no order on as many as it has by default, which is
  /// its quickest: by partition it works on one record of each at a time. Keys are texts: it
  /// compares them by `equals`.
  private void parallelConsumer() {
    var consumer =
        new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteArrayDeserializer());
    var options =
        ParallelConsumerOptions.<String, byte[]>builder()
            .consumer(consumer)
            .ordering(works ? ProcessingOrder.KEY : ProcessingOrder.UNORDERED)
            .maxConcurrency(works ? KEYS : 16)
            .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
            .build();
    try (var processor = ParallelStreamProcessor.createEosStreamProcessor(options)) {
      processor.subscribe(List.of(topic));
      processor.poll(one -> work(requireNonNull(one.getSingleConsumerRecord().value())));
      awaitAll();
    }
  }

  private void reactorKafka() {
    var settings = settings();
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", ByteArrayDeserializer.class);
    var options = ReceiverOptions.<String, byte[]>create(settings).subscription(List.of(topic));
    Flux<ReceiverRecord<String, byte[]>> records = KafkaReceiver.create(options).receive();
    var scheduler = Schedulers.newBoundedElastic(KEYS, Integer.MAX_VALUE, "work");
    var running =
        (works
                ? records
                    .groupBy(ReceiverRecord::key)
                    .flatMap(its -> its.publishOn(scheduler).doOnNext(this::done), 2 * KEYS)
                : records.doOnNext(this::done))
            .subscribe();
    try {
      awaitAll();
    } finally {
      running.dispose();
      scheduler.dispose();
    }
  }

  private void done(ReceiverRecord<String, byte[]> one) {
    work(requireNonNull(one.value()));
    one.receiverOffset().acknowledge();
  }

  private void sluiceShare() throws Exception {
    try (var kafka = Kafka.at(servers)) {
      var running =
          Pipeline.from(kafka.shareSource(topic, group, Serdes.ByteArray(), Serdes.ByteArray()))
              .to(one -> work(one.value()))
              .start();
      awaitAll();
      running.drain(Duration.ofSeconds(20));
    }
  }

  private void plainShare() throws Exception {
    try (var kafka = Kafka.at(servers)) {
      // Sets the group up to begin with the first record, which is all that is wanted of it.
      kafka.shareSource(topic, group, Serdes.ByteArray(), Serdes.ByteArray()).open().close();
    }
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", servers,
            "group.id", group,
            "share.acknowledgement.mode", "explicit");
    try (var consumer =
        new KafkaShareConsumer<>(
            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (count.get() < items) {
        for (var one : consumer.poll(Duration.ofMillis(200))) {
          work(requireNonNull(one.value()));
          consumer.acknowledge(one, AcknowledgeType.ACCEPT);
        }
        consumer.commitSync();
      }
    }
  }
}
