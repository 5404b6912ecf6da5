package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A broker, and what tests ask of it by Kafka's own clients.
final class TestKafka implements AutoCloseable {
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final Path dir;
  private final BrokerProcess broker;

  private TestKafka(Path dir, BrokerProcess broker) {
    this.dir = dir;
    this.broker = broker;
  }

  /// One that misses nobody whom a busy machine holds up for a while ([#missSoon]), and whose locks
  /// last five seconds.
  static TestKafka start() {
    try {
      var dir = Files.createTempDirectory("kafka-tests");
      return new TestKafka(
          dir,
          BrokerProcess.start(
              dir,
              Map.of(
                  "broker.session.timeout.ms", "12000",
                  "group.consumer.session.timeout.ms", "30000",
                  "group.consumer.heartbeat.interval.ms", "300",
                  "group.share.session.timeout.ms", "30000",
                  "group.share.record.lock.duration.ms", "5000")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BrokerProcess broker() {
    return broker;
  }

  String address() {
    return broker.address();
  }

  Kafka connect() {
    return Kafka.at(address());
  }

  /// Makes a topic.
  String topic(int partitions) throws Exception {
    var name = "t" + TOPICS.incrementAndGet();
    topic(name, partitions);
    return name;
  }

  void topic(String name, int partitions) throws Exception {
    try (var kafka = connect()) {
      assertThat(kafka.topics().create(name, partitions)).isTrue();
    }
  }

  /// The records of `topic` for a group of its own.
  static KafkaSource<String, String> source(Kafka kafka, String topic) {
    return kafka.source(topic, "g-" + topic, Serdes.String(), Serdes.String());
  }

  /// The same for a share group.
  static ShareSource<String, String> shareSource(Kafka kafka, String topic) {
    return kafka.shareSource(topic, "s-" + topic, Serdes.String(), Serdes.String());
  }

  /// Sets something of the share group of `topic` ([#shareSource]).
  static void configure(Admin admin, String topic, String name, String value) throws Exception {
    set(admin, "s-" + topic, name, value);
  }

  private static void set(Admin admin, String group, String name, String value) throws Exception {
    var place = new ConfigResource(ConfigResource.Type.GROUP, group);
    var change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(place, List.of(change))).all().get();
  }

  /// Has `group`, of either kind, miss who was killed after three seconds.
  void missSoon(String group) throws Exception {
    try (var kafka = connect();
        var admin = kafka.admin()) {
      set(admin, group, "consumer.session.timeout.ms", "3000");
      set(admin, group, "share.session.timeout.ms", "3000");
    }
  }

  /// Produces `count` records; number n has the key `k` and n modulo `keys`, and n as its value.
  void produce(String topic, int from, int count, int keys) throws Exception {
    produce(
        IntStream.range(from, from + count)
            .mapToObj(i -> new ProducerRecord<>(topic, "k" + i % keys, Integer.toString(i))));
  }

  /// As many records of one partition, each of a key of its own.
  void produceTo(String topic, int partition, int count) throws Exception {
    produce(
        IntStream.range(0, count)
            .mapToObj(i -> new ProducerRecord<>(topic, partition, "k" + i, Integer.toString(i))));
  }

  private void produce(Stream<ProducerRecord<String, String>> records) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", address()),
            new StringSerializer(),
            new StringSerializer())) {
      List<Future<RecordMetadata>> last = records.map(producer::send).toList();
      for (var one : last) {
        one.get();
      }
    }
  }

  /// What [#produce] gives numbers from..to as values.
  static Set<String> numbers(int from, int to) {
    Set<String> numbers = ConcurrentHashMap.newKeySet();
    for (int i = from; i < to; i++) {
      numbers.add(Integer.toString(i));
    }
    return numbers;
  }

  /// All records of a topic that are committed, once no transaction is open there: one that has
  /// been committed is still that for a moment.
  List<ConsumerRecord<String, String>> all(String topic) throws Exception {
    awaitNoTransaction(topic);
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", address());
    settings.put("isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(it -> new TopicPartition(topic, it.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      var all = new ArrayList<ConsumerRecord<String, String>>();
      while (partitions.stream()
          .anyMatch(it -> consumer.position(it) < ends.getOrDefault(it, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(all::add);
      }
      return all;
    }
  }

  /// Waits until nothing of a topic is kept from those who read what is committed.
  void awaitNoTransaction(String topic) throws Exception {
    await(
        "no transaction is open",
        () -> ends(topic, "read_committed").equals(ends(topic, "read_uncommitted")));
  }

  private Map<TopicPartition, Long> ends(String topic, String isolation) {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", address());
    settings.put("isolation.level", isolation);
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      return consumer.endOffsets(
          consumer.partitionsFor(topic).stream()
              .map(it -> new TopicPartition(topic, it.partition()))
              .toList());
    }
  }

  /// Waits until `condition` holds.
  static void await(String what, Callable<Boolean> condition) throws Exception {
    await(what, Duration.ofSeconds(60), condition);
  }

  static void await(String what, Duration patience, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000); // polled: what is waited for happens in another process
    }
  }

  @Override
  public void close() throws IOException {
    broker.close();
    try (var files = Files.walk(dir)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
