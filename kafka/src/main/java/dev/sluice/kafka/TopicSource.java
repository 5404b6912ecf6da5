package dev.sluice.kafka;

import dev.sluice.pipelines.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What sources have in common, whatever kind of group reads: a topic, and who reads it here.
abstract sealed class TopicSource<K, V> implements Source<KafkaRecord<K, V>>
    permits KafkaSource, ShareSource {
  final Kafka kafka;
  final String topic;
  final @Nullable String group;
  final Codecs<K, V> codecs;

  TopicSource(Kafka kafka, String topic, @Nullable String group, Codecs<K, V> codecs) {
    this.kafka = kafka;
    this.topic = topic;
    this.group = group;
    this.codecs = codecs;
  }

  /// Waits until the readings that were closed have committed what was settled: a run may end a
  /// moment before. Closing the [Kafka] waits too.
  ///
  /// @throws TopicException if something could not be committed: its records will come again
  public void awaitSettled() throws TopicException, InterruptedException {
    for (var reader : readers()) {
      if (reader.isClosed()) {
        reader.awaitSettled();
      }
    }
  }

  /// The readings of this topic by this group that are at work in this process, or have not
  /// committed yet what was settled.
  public List<KafkaReader<?, ?>> readers() {
    var found = new ArrayList<KafkaReader<?, ?>>();
    for (var reader : kafka.readers()) {
      if (reader.isOf(topic, group)) {
        found.add(reader);
      }
    }
    return found;
  }

  static void requirePositive(String what, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1, but was " + value);
    }
  }

  /// What a source was told: fields that are changed only before a source has them.
  abstract static class Options<O extends Options<O>> implements Cloneable {
    @SuppressWarnings("unchecked") // a clone is of the same class
    final O copy() {
      try {
        return (O) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
