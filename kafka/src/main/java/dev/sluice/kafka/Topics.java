package dev.sluice.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// The topics of a cluster: to make one on purpose, and to see how far it has been read. Reading
/// and writing never makes one.
public final class Topics {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final long LOOK_NANOS = 200_000_000;
  private static final long NEWS_NANOS = 20_000_000;

  private final Kafka kafka;

  Topics(Kafka kafka) {
    this.kafka = kafka;
  }

  /// How far a group has come in a partition.
  ///
  /// @param partition from 0
  /// @param begin the offset of the first record that is still there
  /// @param end the offset after the last
  /// @param committed what the group has committed; -1 if nothing
  public record Progress(int partition, long begin, long end, long committed) {
    /// How many records are still to come.
    public long lag() {
      return end - Math.max(begin, committed);
    }
  }

  /// Waits until there is a broker that can be used: one that was just started may take a while.
  ///
  /// @throws TopicException if there is none after `patience`
  public void awaitBroker(Duration patience) throws TopicException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    try (var admin = kafka.admin()) {
      while (true) {
        var left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
        var options =
            new DescribeClusterOptions()
                .timeoutMs((int) Math.min(Integer.MAX_VALUE, left.toMillis()));
        var brokers = await(admin.describeCluster(options).nodes(), left, patience);
        if (!brokers.isEmpty()) {
          return;
        }
        if (System.nanoTime() >= deadline) { // all are still fenced
          throw silent(null, patience);
        }
        TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw silent(e.getCause(), patience);
      }
      throw failed("the brokers could not be listed", e);
    }
  }

  /// Makes a topic, with as many copies of each record as the cluster makes by default, and waits
  /// until it takes records.
  ///
  /// @return whether it was made; it was not if it exists
  public boolean create(String topic, int partitions) throws TopicException, InterruptedException {
    return create(topic, partitions, Map.of());
  }

  /// The same with settings of the topic, such as `retention.ms`.
  public boolean create(String topic, int partitions, Map<String, String> settings)
      throws TopicException, InterruptedException {
    try (var admin = kafka.admin()) {
      var wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings);
      await(admin.createTopics(List.of(wanted)).all());
      awaitLeaders(admin, topic, partitions);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw failed("the topic '%s' could not be made".formatted(topic), e);
    }
  }

  /// Waits until a broker leads each partition of a new topic: only then it answers what its end
  /// is.
  ///
  /// Before that it refuses what is sent to it. A producer with several batches on their way may
  /// then see the first refused and the second taken, and repeat the first for two minutes in vain,
  /// since a partition takes no batch of a producer after a later one.
  ///
  /// The broker that is asked may not have heard of the topic yet, which Kafka's client takes for a
  /// final answer.
  void awaitLeaders(Admin admin, String topic, int partitions)
      throws TopicException, InterruptedException {
    var all = IntStream.range(0, partitions).mapToObj(it -> new TopicPartition(topic, it)).toList();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        offsets(admin, all, OffsetSpec.latest());
        return;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AuthorizationException) {
          return; // who may make it need not see it
        }
        boolean unheard = e.getCause() instanceof UnknownTopicOrPartitionException;
        if (!unheard || System.nanoTime() >= deadline) {
          throw failed("the topic '%s' was made, but cannot be reached".formatted(topic), e);
        }
      }
      TimeUnit.NANOSECONDS.sleep(NEWS_NANOS);
    }
  }

  /// The names of all topics, but for those that Kafka keeps for itself.
  public List<String> names() throws TopicException, InterruptedException {
    try (var admin = kafka.admin()) {
      return List.copyOf(new TreeSet<>(await(admin.listTopics().names())));
    } catch (ExecutionException e) {
      throw failed("the topics could not be listed", e);
    }
  }

  /// How far `group` has come in each partition of `topic`.
  public List<Progress> progress(String topic, String group)
      throws TopicException, InterruptedException {
    var partitions = partitionsOf(topic);
    try (var admin = kafka.admin()) {
      var begins = offsets(admin, partitions, OffsetSpec.earliest());
      var ends = offsets(admin, partitions, OffsetSpec.latest());
      var committed =
          group.isEmpty()
              ? Map.<TopicPartition, org.apache.kafka.clients.consumer.OffsetAndMetadata>of()
              : await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
      return partitions.stream()
          .map(it -> {
            var its = committed.get(it);
            return new Progress(
                it.partition(),
                begins.getOrDefault(it, 0L),
                ends.getOrDefault(it, 0L),
                its == null ? -1 : its.offset());
          })
          .toList();
    } catch (ExecutionException e) {
      throw failed("the progress of '%s' could not be read".formatted(group), e);
    }
  }

  /// Makes sure that there is such a topic.
  ///
  /// @throws TopicException with what to do, if there is not
  public void require(String topic) throws TopicException, InterruptedException {
    partitionsOf(topic);
  }

  /// All partitions of a topic.
  ///
  /// @throws TopicException if there is no such topic, or no answer
  List<TopicPartition> partitionsOf(String topic) throws TopicException, InterruptedException {
    try (var admin = kafka.admin()) {
      var found = await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
      if (found == null) {
        throw missing(topic);
      }
      return found.partitions().stream()
          .map(it -> new TopicPartition(topic, it.partition()))
          .toList();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw missing(topic);
      }
      throw failed("the topic '%s' could not be looked at".formatted(topic), e);
    }
  }

  private TopicException missing(String topic) {
    return new TopicException(
        "the topic '%s' does not exist at %s, and is not made by naming it; make it with 'sluice topic create kafka://%s/%s --partitions 6', or Topics.create"
            .formatted(topic, kafka.servers(), kafka.servers(), topic),
        null);
  }

  /// Where partitions end now, for who reads only what was committed; without those that hold
  /// nothing.
  Map<TopicPartition, Long> ends(List<TopicPartition> partitions)
      throws TopicException, InterruptedException {
    try (var admin = kafka.admin()) {
      var ends = offsets(admin, partitions, OffsetSpec.latest());
      offsets(admin, partitions, OffsetSpec.earliest()).forEach(ends::remove);
      return ends;
    } catch (ExecutionException e) {
      throw failed("the ends of %s could not be read".formatted(partitions), e);
    }
  }

  /// Has a share group begin at the earliest record, and count further than we do, unless somebody
  /// has said otherwise.
  void prepareShareGroup(String group) throws TopicException, InterruptedException {
    var place = new ConfigResource(ConfigResource.Type.GROUP, group);
    try (var admin = kafka.admin()) {
      var version =
          await(admin.describeFeatures().featureMetadata())
              .finalizedFeatures()
              .get("share.version");
      if (version == null || version.maxVersionLevel() < 1) {
        throw new TopicException(
            "%s has no share groups: it needs Kafka 4.2 or newer, with the feature share.version; a consumer group (Kafka.source) works everywhere"
                .formatted(kafka.servers()),
            null);
      }
      var wanted =
          Map.of(
              "share.auto.offset.reset",
              "earliest",
              "share.delivery.count.limit",
              Integer.toString(ShareSource.CLUSTERS_LIMIT));
      var now = await(admin.describeConfigs(List.of(place)).all()).get(place);
      var changes = new ArrayList<AlterConfigOp>();
      for (var one : wanted.entrySet()) {
        var its = now == null ? null : now.get(one.getKey());
        if (its == null || its.source() != ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG) {
          changes.add(
              new AlterConfigOp(
                  new ConfigEntry(one.getKey(), one.getValue()), AlterConfigOp.OpType.SET));
        }
      }
      if (!changes.isEmpty()) {
        await(admin.incrementalAlterConfigs(Map.of(place, changes)).all());
      }
    } catch (ExecutionException e) {
      throw failed("the share group '%s' could not be set up".formatted(group), e);
    }
  }

  private Map<TopicPartition, Long> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec which)
      throws ExecutionException, TopicException, InterruptedException {
    var asked = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(it -> asked.put(it, which));
    var found =
        await(
            admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all());
    var offsets =
        new TreeMap<TopicPartition, Long>(
            java.util.Comparator.comparing(TopicPartition::topic)
                .thenComparingInt(TopicPartition::partition));
    found.forEach((partition, its) -> offsets.put(partition, its.offset()));
    return offsets;
  }

  private <R> R await(KafkaFuture<R> future)
      throws ExecutionException, TopicException, InterruptedException {
    return await(future, PATIENCE, PATIENCE);
  }

  /// @param left how much is left of `patience`
  private <R> R await(KafkaFuture<R> future, Duration left, Duration patience)
      throws ExecutionException, TopicException, InterruptedException {
    try {
      return future.get(left.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw silent(e, patience);
    }
  }

  private TopicException silent(@Nullable Throwable e, Duration patience) {
    var protocol = kafka.settings().given().getOrDefault("security.protocol", "PLAINTEXT");
    return new TopicException(
        "no Kafka broker answered at %s within %d s; does one run there, and does it speak %s (security.protocol)?"
            .formatted(kafka.servers(), patience.toSeconds(), protocol),
        e);
  }

  TopicException failed(String what, ExecutionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
      return silent(cause, PATIENCE);
    }
    var reason = kafka.settings().redacted(cause.getMessage());
    if (cause instanceof AuthenticationException) {
      return new TopicException(
          "%s refused the login: %s; see security.protocol, sasl.mechanism and sasl.jaas.config, or the certificates of ssl.*"
              .formatted(kafka.servers(), reason),
          null);
    }
    if (cause instanceof AuthorizationException) {
      return new TopicException(
          "%s: %s does not allow it: %s".formatted(what, kafka.servers(), reason), null);
    }
    if (cause instanceof ConfigException) {
      return new TopicException("%s: %s".formatted(what, reason), null);
    }
    return new TopicException("%s at %s: %s".formatted(what, kafka.servers(), reason), cause);
  }
}
