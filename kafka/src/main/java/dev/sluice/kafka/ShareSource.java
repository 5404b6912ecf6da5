package dev.sluice.kafka;

import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
public final class ShareSource<K, V> implements Source<KafkaRecord<K, V>> {
  /// What the cluster allows beyond ours, so that it never gives up on a record by itself.
  static final int CLUSTERS_LIMIT = 10;

  private final Kafka kafka;
  private final String topic;
  private final String group;
  private final Codecs<K, V> codecs;
  private final Options options;

  /// Changed only before a source has it.
  private static final class Options {
    private int prefetch = 500;
    private int members = 8;
    private int deliveries = 5;
    private @Nullable String deadLetters;
    private Duration drainTimeout = Duration.ofMinutes(5);
    private @Nullable Duration idle;

    private Options copy() {
      var copy = new Options();
      copy.prefetch = prefetch;
      copy.members = members;
      copy.deliveries = deliveries;
      copy.deadLetters = deadLetters;
      copy.drainTimeout = drainTimeout;
      copy.idle = idle;
      return copy;
    }
  }

  ShareSource(Kafka kafka, String topic, String group, Codecs<K, V> codecs) {
    this(kafka, topic, group, codecs, new Options());
  }

  private ShareSource(
      Kafka kafka, String topic, String group, Codecs<K, V> codecs, Options options) {
    this.kafka = kafka;
    this.topic = topic;
    this.group = group;
    this.codecs = codecs;
    this.options = options;
  }

  private ShareSource<K, V> with(Consumer<Options> change) {
    var changed = options.copy();
    change.accept(changed);
    return new ShareSource<>(kafka, topic, group, codecs, changed);
  }

  /// Asks for about so many records at once, 500 if not said: fewer spread better among readings,
  /// more cost less. The cluster rounds up to whole batches.
  public ShareSource<K, V> prefetch(int records) {
    if (records < 1) {
      throw new IllegalArgumentException("records must be at least 1, but was " + records);
    }
    return with(o -> o.prefetch = records);
  }

  /// Joins as often as that at most, 8 times if not said: a member of a share group is given
  /// nothing new while it renews the lock of a record, so another joins when all are held up and a
  /// worker waits. With so many slow records beside each other, new ones wait for one of them.
  public ShareSource<K, V> members(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("members must be at least 1, but were " + most);
    }
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
    topics.prepareShareGroup(group);
    var loop = new ShareLoop<>(kafka, this);
    var reader = new KafkaReader<>(kafka, topic, group, loop);
    kafka.opened(reader);
    loop.start();
    return reader;
  }

  KafkaShareConsumer<byte[], byte[]> consumer() {
    var fixed = new HashMap<String, Object>();
    fixed.put("share.acknowledgement.mode", "explicit");
    fixed.put("group.id", group);
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

  /// Waits until the readings that were closed have told what was settled: a run may end a moment
  /// before. Closing the [Kafka] waits too.
  ///
  /// @throws TopicException if something could not be told: its records will come again
  public void awaitSettled() throws TopicException, InterruptedException {
    for (var reader : List.copyOf(kafka.readers())) {
      if (reader.isOf(topic, group) && reader.isClosed()) {
        reader.awaitSettled();
      }
    }
  }

  /// The readings of this topic by this group that are at work in this process, or not yet done.
  public List<KafkaReader<?, ?>> readers() {
    var found = new ArrayList<KafkaReader<?, ?>>();
    for (var reader : kafka.readers()) {
      if (reader.isOf(topic, group)) {
        found.add(reader);
      }
    }
    return found;
  }

  String topic() {
    return topic;
  }

  String place() {
    return "%s shared as %s".formatted(topic, group);
  }

  Codecs<K, V> codecs() {
    return codecs;
  }

  int prefetch() {
    return options.prefetch;
  }

  int members() {
    return options.members;
  }

  int deliveries() {
    return options.deliveries;
  }

  @Nullable String deadTopic() {
    return options.deadLetters;
  }

  Duration drainTimeout() {
    return options.drainTimeout;
  }

  @Nullable Duration idle() {
    return options.idle;
  }
}
