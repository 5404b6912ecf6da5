package dev.sluice.kafka;

import dev.sluice.pipelines.BatchResult;
import dev.sluice.pipelines.BatchWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// Writes lists of records, and waits until the cluster has confirmed them.
final class TopicWriter<K, V> implements BatchWriter<Outgoing<K, V>> {
  private final Kafka kafka;
  private final String topic;
  private final Codecs<K, V> codecs;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  TopicWriter(Kafka kafka, String topic, Codecs<K, V> codecs) {
    this.kafka = kafka;
    this.topic = topic;
    this.codecs = codecs;
  }

  @Override
  public BatchResult write(List<Outgoing<K, V>> items) throws Exception {
    var failed = new HashMap<Integer, Exception>();
    var sent = send(kafka.producer(), items, failed);
    await(sent, failed);
    return failed.isEmpty() ? BatchResult.ok() : BatchResult.failed(failed);
  }

  /// Hands records to `producer`.
  ///
  /// @param failed gets those that it did not take, by their index
  List<@Nullable Future<RecordMetadata>> send(
      Producer<byte[], byte[]> producer, List<Outgoing<K, V>> items, Map<Integer, Exception> failed)
      throws TopicException, InterruptedException {
    var sent = new ArrayList<@Nullable Future<RecordMetadata>>(items.size());
    for (int i = 0; i < items.size(); i++) {
      try {
        var encoded = encoded(items.get(i));
        requireTopic(encoded.topic());
        sent.add(producer.send(encoded));
      } catch (org.apache.kafka.common.errors.InterruptException e) {
        Thread.interrupted(); // that exception sets the flag too
        throw new InterruptedException("interrupted while records were sent");
      } catch (TopicException | RuntimeException e) { // a codec may throw anything
        sent.add(null);
        failed.put(i, e);
      }
    }
    return sent;
  }

  /// Waits for what was sent.
  void await(List<@Nullable Future<RecordMetadata>> sent, Map<Integer, Exception> failed)
      throws InterruptedException {
    for (int i = 0; i < sent.size(); i++) {
      var its = sent.get(i);
      if (its == null) {
        continue;
      }
      try {
        its.get();
      } catch (ExecutionException e) {
        var cause = e.getCause() == null ? e : e.getCause();
        failed.put(
            i,
            new TopicException(
                "a record was not written to '%s' at %s: %s"
                    .formatted(
                        topic, kafka.servers(), kafka.settings().redacted(cause.getMessage())),
                cause));
      }
    }
  }

  private ProducerRecord<byte[], byte[]> encoded(Outgoing<K, V> one) {
    var to = one.topic() == null ? topic : one.topic();
    var headers = new org.apache.kafka.common.header.internals.RecordHeaders(one.headers());
    var key = one.key();
    var value = one.value();
    byte[] keyBytes = key == null ? null : codecs.keys().serializer().serialize(to, headers, key);
    byte[] bytes =
        value == null ? null : codecs.values().serializer().serialize(to, headers, value);
    return new ProducerRecord<>(to, null, one.timestamp(), keyBytes, bytes, headers);
  }

  /// A producer that asks for a topic may make it.
  void requireTopic(String name) throws TopicException, InterruptedException {
    if (!seen.contains(name)) {
      kafka.topics().partitionsOf(name);
      seen.add(name);
    }
  }
}
