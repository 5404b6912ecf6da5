package dev.sluice.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/// A record to be written.
///
/// @param topic null for that of the sink
/// @param key decides about the partition, so that records of a key stay in order; null for none
/// @param value null for a tombstone
/// @param headers in order
/// @param timestamp in milliseconds since 1970; null for now
/// @param <K> what the key is
/// @param <V> what the value is
public record Outgoing<K, V>(
    @Nullable String topic,
    @Nullable K key,
    @Nullable V value,
    List<Header> headers,
    @Nullable Long timestamp) {

  /// Copies the headers.
  public Outgoing {
    headers = List.copyOf(headers);
  }

  /// One without a key.
  public static <K, V> Outgoing<K, V> of(V value) {
    return new Outgoing<>(null, null, value, List.of(), null);
  }

  /// One with a key, if that is not null.
  public static <K, V> Outgoing<K, V> of(@Nullable K key, V value) {
    return new Outgoing<>(null, key, value, List.of(), null);
  }

  /// The same, to another topic than the sink's; it must exist.
  public Outgoing<K, V> to(String other) {
    return new Outgoing<>(other, key, value, headers, timestamp);
  }

  /// The same with one header more, in UTF-8.
  public Outgoing<K, V> header(String name, String text) {
    var more = new ArrayList<>(headers);
    more.add(new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8)));
    return new Outgoing<>(topic, key, value, more, timestamp);
  }

  /// The same with the headers of `origin` before its own: with them goes the trace that it is part
  /// of.
  public Outgoing<K, V> headersOf(KafkaRecord<?, ?> origin) {
    var all = new ArrayList<Header>();
    origin.headers().forEach(all::add);
    all.addAll(headers);
    return new Outgoing<>(topic, key, value, all, timestamp);
  }
}
