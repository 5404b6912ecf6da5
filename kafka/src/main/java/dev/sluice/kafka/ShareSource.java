package dev.sluice.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// A topic as a queue of work: any number of readings share its records, whatever the number of
/// partitions, and no order is kept. Needs share groups, as Kafka 4.2 and newer have them.
///
/// | outcome | the record |
/// |---|---|
/// | out, filtered, dropped, dead-lettered | is accepted: it is not handed out again |
/// | abandoned | is released: somebody else gets it, at once |
///
/// A record that is out is locked, and its lock renewed while this process lives; when it dies the
/// record goes to another. The cluster counts how often a record was handed out. One that has been
/// twice without being settled is handed out by itself from then on, so that it alone is to blame;
/// past the limit ([#deadLetters]) it is not handed out but written to the topic for dead letters.
///
/// A source is a description: each method returns a changed one.
///
/// @param <K> what keys are
/// @param <V> what values are
public final class ShareSource<K, V> extends TopicSource<K, V> {
  /// What the cluster allows beyond ours, so that it never gives up on a record by itself.
  static final int CLUSTERS_LIMIT = 10;

  private final Options options;

  static final class Options extends TopicSource.Options<Options> {
    int prefetch = 500;
    int members = 8;
    int deliveries = 5;
    @Nullable String deadLetters;
    Duration drainTimeout = Duration.ofMinutes(5);
    @Nullable Duration idle;
  }

  ShareSource(Kafka kafka, String topic, String group, Codecs<K, V> codecs) {
    this(kafka, topic, group, codecs, new Options());
  }

  private ShareSource(
      Kafka kafka, String topic, String group, Codecs<K, V> codecs, Options options) {
    super(kafka, topic, group, codecs);
    this.options = options;
  }

  private ShareSource<K, V> with(Consumer<Options> change) {
    var changed = options.copy();
    change.accept(changed);
    return new ShareSource<>(kafka, topic, group(), codecs, changed);
  }

  /// Asks for about so many records at once, 500 if not said: fewer spread better among readings,
  /// more cost less. The cluster rounds up to whole batches.
  public ShareSource<K, V> prefetch(int records) {
    requirePositive("records", records);
    return with(o -> o.prefetch = records);
  }

  /// Joins as often as that at most, 8 times if not said: a member of a share group is given
  /// nothing new while it renews the lock of a record, so another joins when all are held up and a
  /// worker waits. With so many slow records beside each other, new ones wait for one of them.
  public ShareSource<K, V> members(int most) {
    requirePositive("members", most);
    return with(o -> o.members = most);
  }

  /// Writes records that were handed out `deliveries` times without being settled to `deadTopic`,
  /// which must exist. Without it such a record ends the run.
  ///
  /// @param deliveries from 1 to 9; 5 if not said
  public ShareSource<K, V> deadLetters(String deadTopic, int deliveries) {
    if (deliveries < 1 || deliveries >= CLUSTERS_LIMIT) {
      throw new IllegalArgumentException(
          "deliveries must be from 1 to %d, but was %d".formatted(CLUSTERS_LIMIT - 1, deliveries));
    }
    return with(o -> {
      o.deadLetters = deadTopic;
      o.deliveries = deliveries;
    });
  }

  /// After a reading was closed, keeps renewing for so long at most until what is out has been
  /// settled; 5 min if not said. After an abort, a few seconds.
  public ShareSource<K, V> drainTimeout(Duration time) {
    return with(o -> o.drainTimeout = time);
  }

  /// Ends when nothing came for that time, and nothing is out. Before the first record it waits for
  /// at least ten seconds, for so long may a group take to let a reader in.
  public ShareSource<K, V> untilIdle(Duration time) {
    return with(o -> o.idle = time);
  }

  /// Begins to read. The topic must exist, and the one for dead letters.
  ///
  /// @throws TopicException with what to change, if one does not, the cluster does not answer, or
  ///   has no share groups
  @Override
  public KafkaReader<K, V> open() throws IOException, InterruptedException {
    var topics = kafka.topics();
    topics.partitionsOf(topic);
    if (options.deadLetters != null) {
      topics.partitionsOf(options.deadLetters);
    }
    topics.prepareShareGroup(group());
    var reader = new KafkaReader<>(kafka, topic, group, new ShareLoop<>(kafka, this));
    reader.start();
    return reader;
  }

  KafkaShareConsumer<byte[], byte[]> consumer() {
    var fixed = new HashMap<String, Object>();
    fixed.put("share.acknowledgement.mode", "explicit");
    fixed.put("group.id", group());
    var defaults = new HashMap<String, Object>();
    defaults.put("max.poll.records", Integer.toString(options.prefetch));
    defaults.put("client.id", "sluice");
    var all = kafka.settings().of(defaults, fixed);
    for (var none :
        List.of("auto.offset.reset", "isolation.level", "enable.auto.commit", "group.protocol")) {
      all.remove(none); // a share group has them for all its members
    }
    return kafka
        .settings()
        .make(
            "share consumer",
            () ->
                new KafkaShareConsumer<>(
                    all, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  private String group() {
    return requireNonNull(group);
  }

  String place() {
    return "%s shared as %s".formatted(topic, group);
  }

  Options options() {
    return options;
  }
}
