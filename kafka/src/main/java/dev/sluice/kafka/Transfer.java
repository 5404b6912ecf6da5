package dev.sluice.kafka;

import java.util.List;

/// All that came of a record, to be written in the transaction that commits it.
///
/// @param origin what the source handed out
/// @param results none, one or several
/// @param <K> what their keys are
/// @param <V> what their values are
public record Transfer<K, V>(KafkaRecord<?, ?> origin, List<Outgoing<K, V>> results) {

  /// Copies the list.
  public Transfer {
    results = List.copyOf(results);
  }

  /// What came of `origin`.
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <K, V> Transfer<K, V> of(KafkaRecord<?, ?> origin, Outgoing<K, V>... results) {
    return new Transfer<>(origin, List.of(results));
  }
}
