package dev.sluice.kafka;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// A record that a source handed out, and that is settled by what the pipeline makes of it.
///
/// Key and value are read when they are asked for, each time: bytes that cannot be read are a
/// failure of the stage that asks, and its policy decides.
///
/// @param <K> what its key is
/// @param <V> what its value is
public final class KafkaRecord<K, V> {
  private final ConsumerRecord<byte[], byte[]> raw;
  private final Codecs<K, V> codecs;
  private final Owner<K, V> owner;
  private final int weight;
  private long number;
  private @Nullable Object lane;

  /// Who handed out a record.
  interface Owner<K, V> {
    /// The window that it is in, if it came by a consumer group.
    @Nullable PartitionWindow<K, V> window();
  }

  KafkaRecord(ConsumerRecord<byte[], byte[]> raw, Codecs<K, V> codecs, Owner<K, V> owner) {
    this.raw = raw;
    this.codecs = codecs;
    this.owner = owner;
    weight = weight(raw); // now: whoever has the record may change its headers
  }

  private static int weight(ConsumerRecord<byte[], byte[]> raw) {
    int bytes = Math.max(0, raw.serializedKeySize()) + Math.max(0, raw.serializedValueSize());
    for (var header : raw.headers()) {
      bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
    }
    return bytes;
  }

  ConsumerRecord<byte[], byte[]> raw() {
    return raw;
  }

  Owner<K, V> owner() {
    return owner;
  }

  long number() {
    return number;
  }

  void number(long its) {
    number = its;
  }

  @Nullable Object lane() {
    return lane;
  }

  void lane(Object its) {
    lane = its;
  }

  /// The topic that it came from.
  public String topic() {
    return raw.topic();
  }

  /// The partition of that topic, from 0.
  public int partition() {
    return raw.partition();
  }

  /// Its place in the partition.
  public long offset() {
    return raw.offset();
  }

  /// When it was produced, or appended, as the topic has it.
  public Instant timestamp() {
    return Instant.ofEpochMilli(raw.timestamp());
  }

  /// Its key; null if it has none.
  ///
  /// @throws SerializationException if its bytes cannot be read
  public @Nullable K key() {
    var bytes = raw.key();
    return bytes == null ? null : codecs.key(raw, bytes);
  }

  /// Its value; null if it has none: a tombstone.
  ///
  /// @throws SerializationException if its bytes cannot be read
  public @Nullable V valueOrNull() {
    var bytes = raw.value();
    return bytes == null ? null : codecs.value(raw, bytes);
  }

  /// Its value.
  ///
  /// @throws SerializationException if its bytes cannot be read, or there are none: a tombstone
  public V value() {
    var value = valueOrNull();
    if (value == null) {
      throw new SerializationException(
          "%s has no value: it is a tombstone; ask for valueOrNull".formatted(place()));
    }
    return value;
  }

  /// Its headers.
  public Headers headers() {
    return raw.headers();
  }

  /// The last header of that name, as text in UTF-8; null if there is none.
  public @Nullable String header(String name) {
    Header header = raw.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /// How often it was handed out before and now, to whomever, by a share group; 1 by a consumer
  /// group, which does not count.
  public int deliveryCount() {
    return raw.deliveryCount().orElse((short) 1);
  }

  /// `TOPIC-PARTITION@OFFSET`.
  String place() {
    return "%s-%d@%d".formatted(topic(), partition(), offset());
  }

  /// About how many bytes it holds.
  int weight() {
    return weight;
  }

  /// Where it is, not what it holds.
  @Override
  public String toString() {
    return place();
  }
}
