package dev.sluice.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// A topic as the source of a pipeline, read as a member of a consumer group.
///
/// | outcome | the record |
/// |---|---|
/// | out, filtered, dropped, dead-lettered | has been dealt with |
/// | abandoned | is handed out again, to whoever has its partition next: the run was stopped before |
///
/// What is committed is the offset up to which all has been dealt with, and with it a note of what
/// has been beyond it, so that a restart repeats little: at most what was out when a process died,
/// and what had been dealt with since the last commit ([#commitEvery]).
///
/// A thread of its own polls and commits. While more records are held than [#buffer] allows it only
/// says that it is alive: slow work never costs the membership. When partitions are to go to
/// another member, what is out of them is waited for first ([#revokeTimeout]).
///
/// A source is a description: each method returns a changed one.
///
/// @param <K> what keys are
/// @param <V> what values are
public final class KafkaSource<K, V> extends TopicSource<K, V> {
  private final Options options;

  static final class Options extends TopicSource.Options<Options> {
    Order order = Order.AS_DELIVERED;
    int buffer = 8_192;
    long bufferBytes = 64L << 20;
    int window = 100_000;
    Duration commitInterval = Duration.ofSeconds(1);
    int mostUncommitted = 10_000;
    Duration revokeTimeout = Duration.ofSeconds(30);
    Duration drainTimeout = Duration.ofMinutes(5);
    boolean ends;
    boolean commits = true;
  }

  KafkaSource(Kafka kafka, String topic, @Nullable String group, Codecs<K, V> codecs) {
    this(kafka, topic, group, codecs, new Options());
  }

  private KafkaSource(
      Kafka kafka, String topic, @Nullable String group, Codecs<K, V> codecs, Options options) {
    super(kafka, topic, group, codecs);
    this.options = options;
  }

  private KafkaSource<K, V> with(Consumer<Options> change) {
    var changed = options.copy();
    change.accept(changed);
    return new KafkaSource<>(kafka, topic, group, codecs, changed);
  }

  /// Which records wait for each other; [Order#AS_DELIVERED] if not said.
  public KafkaSource<K, V> order(Order order) {
    return with(o -> o.order = order);
  }

  /// Holds up to so many records, and bytes of them, that are out or wait to be: 8,192 and 64 MiB
  /// if not said. A poll may bring some more. While it is more than half full, a partition that
  /// holds its share is not read on, so that one with much to read leaves room for the others.
  public KafkaSource<K, V> buffer(int records, long bytes) {
    requirePositive("records", records);
    requirePositive("bytes", bytes);
    return with(o -> {
      o.buffer = records;
      o.bufferBytes = bytes;
    });
  }

  /// Reads on in a partition until so many records are beyond the first that has not been dealt
  /// with: 100,000 if not said. A record that takes for ever stops its partition then.
  public KafkaSource<K, V> window(int records) {
    requirePositive("records", records);
    return with(o -> o.window = records);
  }

  /// Commits after that time, or when so many records have been dealt with since the last commit: 1
  /// s and 10,000 if not said. That is what a process that dies repeats beside what was out.
  public KafkaSource<K, V> commitEvery(Duration time, int records) {
    requirePositive("records", records);
    return with(o -> {
      o.commitInterval = time;
      o.mostUncommitted = records;
    });
  }

  /// Waits so long for what is out of partitions that are to go to another member; 30 s if not
  /// said. What is not back by then is handed out there too. No longer than `max.poll.interval.ms`,
  /// or the group goes on without this member.
  public KafkaSource<K, V> revokeTimeout(Duration time) {
    return with(o -> o.revokeTimeout = time);
  }

  /// After a reading was closed, stays a member for so long at most until what is out has been
  /// settled; 5 min if not said. After an abort, a few seconds.
  public KafkaSource<K, V> drainTimeout(Duration time) {
    return with(o -> o.drainTimeout = time);
  }

  /// Ends when the topic has been read to where it ended when the reading began: by this reading,
  /// or by others of its group.
  public KafkaSource<K, V> untilEnd() {
    return with(o -> o.ends = true);
  }

  /// Reads the whole topic alone, from its beginning, and commits nothing.
  public KafkaSource<K, V> withoutGroup() {
    return new KafkaSource<>(kafka, topic, null, codecs, options).uncommitted();
  }

  /// Leaves committing to a [TransactionalSink].
  KafkaSource<K, V> uncommitted() {
    return with(o -> o.commits = false);
  }

  /// The same, with what was dealt with committed by the transactions of `sink` alone: its results
  /// and the offsets that they came of become visible together or not at all. For a group of its
  /// own that no other kind of reading uses.
  public KafkaSource<K, V> committedBy(TransactionalSink<?, ?> sink) {
    sink.serves(this);
    return uncommitted();
  }

  /// Begins to read. The topic must exist.
  ///
  /// @throws TopicException with what to change, if it does not, or the cluster does not answer
  @Override
  public KafkaReader<K, V> open() throws IOException, InterruptedException {
    var partitions = kafka.topics().partitionsOf(topic);
    Map<TopicPartition, Long> ends = options.ends ? kafka.topics().ends(partitions) : Map.of();
    var loop = new GroupLoop<>(kafka, this, consumer(), Set.copyOf(partitions), ends);
    var reader = new KafkaReader<>(kafka, topic, group, loop);
    reader.start();
    return reader;
  }

  KafkaConsumer<byte[], byte[]> consumer() {
    var fixed = new HashMap<String, Object>();
    fixed.put("enable.auto.commit", "false");
    fixed.put("allow.auto.create.topics", "false");
    var defaults = new HashMap<String, Object>();
    defaults.put("auto.offset.reset", "earliest");
    defaults.put("isolation.level", "read_committed");
    defaults.put("max.poll.records", "2000");
    defaults.put("client.id", "sluice");
    if (group != null) {
      fixed.put("group.id", group);
      if (!"classic"
          .equalsIgnoreCase(String.valueOf(kafka.settings().given().get("group.protocol")))) {
        defaults.put("group.protocol", "consumer");
      } else {
        defaults.put(
            "partition.assignment.strategy",
            List.of("org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
      }
    }
    var all = kafka.settings().of(defaults, fixed);
    return kafka
        .settings()
        .make(
            "consumer",
            () ->
                new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  /// How it stands with each partition that these readings have: a moment ago.
  public List<PartitionState> partitions() {
    var found = new ArrayList<PartitionState>();
    readers().forEach(reader -> found.addAll(reader.partitions()));
    return found;
  }

  String place() {
    return group == null ? topic : "%s as %s".formatted(topic, group);
  }

  Options options() {
    return options;
  }

  boolean commits() {
    return options.commits && group != null;
  }
}
