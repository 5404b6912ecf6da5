package dev.sluice.kafka;

import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.Sink;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/// A Kafka cluster to read from and to write to: what all sources and sinks of a program share.
///
/// ```java
/// try (var kafka = Kafka.at(servers)) {
///   var orders = kafka.source("orders", "billing", Serdes.String(), Serdes.String());
///   Pipeline.from(orders.order(Order.BY_KEY).untilEnd())
///       .map(Parallel.unordered(100), order -> bill.apply(order.value()))
///       .onError(
///           OnError.deadLetter(kafka.deadLetters("orders.dead"))
///               .after(Retry.attempts(3).delay(Duration.ofMillis(200))))
///       .to(Sink.discard())
///       .run();
/// } // what was settled is committed
/// ```
///
/// Any setting of Kafka's clients may be given; what is not given is chosen so that nothing is
/// lost: `acks=all`, idempotent, `read_committed`, a new group begins at the earliest record, and
/// no topic is made by naming it. Any thread may use it.
public final class Kafka implements AutoCloseable {
  private final Settings settings;
  private final Set<KafkaReader<?, ?>> readers = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Producer<byte[], byte[]> producer;
  private boolean closed;

  private Kafka(Settings settings) {
    this.settings = settings;
  }

  /// The cluster that has brokers at `servers`: `HOST:PORT`, several with commas between.
  public static Kafka at(String servers) {
    return with(Map.of("bootstrap.servers", servers));
  }

  /// The cluster that `settings` describe, as Kafka's clients know them: `bootstrap.servers` at
  /// least, and what TLS and a login need.
  public static Kafka with(Map<String, ?> settings) {
    var servers = settings.get("bootstrap.servers");
    if (servers == null || servers.toString().isBlank()) {
      throw new IllegalArgumentException(
          "settings need bootstrap.servers: HOST:PORT of one broker or several");
    }
    return new Kafka(new Settings(new HashMap<>(settings)));
  }

  Settings settings() {
    return settings;
  }

  /// The records of `topic`, shared among all who read it as the same group: each partition belongs
  /// to one of them.
  ///
  /// @param keys reads their keys; see `org.apache.kafka.common.serialization.Serdes`, [JsonSerde]
  public <K, V> KafkaSource<K, V> source(
      String topic, String group, Serde<K> keys, Serde<V> values) {
    return new KafkaSource<>(this, topic, group, new Codecs<>(keys, values));
  }

  /// The records of `topic`, shared among all who read it as the same share group: each record
  /// belongs to one of them, until it is settled or its lock ends. Needs a cluster of 4.2 or newer.
  public <K, V> ShareSource<K, V> shareSource(
      String topic, String group, Serde<K> keys, Serde<V> values) {
    return new ShareSource<>(this, topic, group, new Codecs<>(keys, values));
  }

  /// What writes lists of records to `topic` ([dev.sluice.pipelines.Pipe#batch]): those that the
  /// cluster has confirmed are out, the others fail one by one. Other topics can be named in a
  /// record.
  public <K, V> Sink<List<Outgoing<K, V>>> sink(String topic, Serde<K> keys, Serde<V> values) {
    return Sink.batches(new TopicWriter<>(this, topic, new Codecs<>(keys, values)));
  }

  /// What writes dead letters to `topic`, as the bytes that they came as, with headers that say
  /// where they came from and why they failed; see [DeadLetters].
  public Sink<DeadLetter> deadLetters(String topic) {
    return new DeadLetters(this, topic);
  }

  /// What writes results and commits what they were made of, in one transaction each; see
  /// [Transfer].
  ///
  /// @param id of all that may follow each other: a later one with it fences an earlier one off.
  ///   Each process that runs at the same time needs its own.
  public <K, V> TransactionalSink<K, V> transactionalSink(
      String id, String topic, Serde<K> keys, Serde<V> values) {
    return new TransactionalSink<>(
        id,
        new TopicWriter<>(this, topic, new Codecs<>(keys, values)),
        () -> newProducer(Map.of("transactional.id", id)));
  }

  /// The topics of the cluster.
  public Topics topics() {
    return new Topics(this);
  }

  Admin admin() {
    var all = new HashMap<>(settings.given());
    all.putIfAbsent("client.id", "sluice-admin");
    return settings.make("look at the cluster", () -> Admin.create(all));
  }

  /// The producer of all sinks, made when it is first needed.
  Producer<byte[], byte[]> producer() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the connection to %s is closed".formatted(servers()));
      }
      var its = producer;
      if (its == null) {
        its = newProducer(Map.of());
        producer = its;
      }
      return its;
    } finally {
      lock.unlock();
    }
  }

  Producer<byte[], byte[]> newProducer(Map<String, ?> fixed) {
    var all = new HashMap<String, Object>(fixed);
    all.put("acks", "all");
    all.put("enable.idempotence", "true");
    var defaults =
        Map.of(
            "client.id", "sluice",
            "linger.ms", "0", // a list is sent at once, and then waited for
            "batch.size", "131072",
            "compression.type", "lz4",
            "max.block.ms", "30000");
    var configuration = settings.of(defaults, all);
    return settings.make(
        "producer",
        () ->
            new KafkaProducer<>(
                configuration, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  void opened(KafkaReader<?, ?> reader) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the connection to %s is closed".formatted(servers()));
      }
      readers.add(reader);
    } finally {
      lock.unlock();
    }
  }

  void ended(KafkaReader<?, ?> reader) {
    readers.remove(reader);
  }

  Set<KafkaReader<?, ?>> readers() {
    return readers;
  }

  /// Where the brokers are.
  public String servers() {
    return settings.servers();
  }

  /// Waits until what was settled is committed, and lets go of everything. Readings that are still
  /// in use are ended.
  ///
  /// @throws TopicException if something could not be committed: its records will come again
  @Override
  public void close() throws TopicException {
    Producer<byte[], byte[]> its;
    lock.lock();
    try {
      closed = true;
      its = producer;
      producer = null;
    } finally {
      lock.unlock();
    }
    TopicException failure = null;
    for (var reader : readers.toArray(new KafkaReader<?, ?>[0])) {
      reader.close();
    }
    for (var reader : readers.toArray(new KafkaReader<?, ?>[0])) {
      try {
        reader.awaitSettled();
      } catch (TopicException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    if (its != null) {
      its.close(Duration.ofSeconds(30));
    }
    if (failure != null) {
      throw failure;
    }
  }
}
