package dev.sluice.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;

/// How the keys and values of a topic become bytes, and again keys and values.
record Codecs<K, V>(Serde<K> keys, Serde<V> values) {
  K key(ConsumerRecord<byte[], byte[]> one, byte[] bytes) {
    try {
      return keys.deserializer().deserialize(one.topic(), one.headers(), bytes);
    } catch (RuntimeException e) {
      throw unreadable("key", one, e);
    }
  }

  V value(ConsumerRecord<byte[], byte[]> one, byte[] bytes) {
    try {
      return values.deserializer().deserialize(one.topic(), one.headers(), bytes);
    } catch (RuntimeException e) {
      throw unreadable("value", one, e);
    }
  }

  private static SerializationException unreadable(
      String what, ConsumerRecord<byte[], byte[]> one, RuntimeException e) {
    return new SerializationException(
        "the %s of %s-%d@%d cannot be read: %s"
            .formatted(what, one.topic(), one.partition(), one.offset(), e.getMessage()),
        e);
  }
}
