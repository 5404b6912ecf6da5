package dev.sluice.kafka;

import static dev.sluice.kafka.TestKafka.source;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Commits that go wrong, between a real consumer and a real broker.
@Timeout(300)
@ExtendWith(SharedBroker.class)
class GroupLoopTest {
  private final TestKafka server;

  GroupLoopTest(TestKafka server) {
    this.server = server;
  }

  /// Reads all 100 records of a new topic.
  private static List<KafkaRecord<String, String>> received(KafkaReader<String, String> reader)
      throws Exception {
    var records = new ArrayList<KafkaRecord<String, String>>();
    TestKafka.await(
        "all come",
        () -> {
          records.addAll(reader.receive(100, Duration.ofMillis(100)));
          return records.size() == 100;
        });
    return records;
  }

  private KafkaReader<String, String> reader(Kafka kafka, String topic, Faulty.Fault fault)
      throws Exception {
    server.produce(topic, 0, 100, 100);
    var source = source(kafka, topic).commitEvery(Duration.ofMillis(50), 1_000);
    Consumer<byte[], byte[]> consumer = source.consumer();
    var loop =
        new GroupLoop<>(
            kafka, source, Faulty.of(Consumer.class, consumer, fault), Set.of(), Map.of());
    var reader = new KafkaReader<>(kafka, topic, source.group, loop);
    reader.start();
    return reader;
  }

  private static void assertCommitted(Kafka kafka, String topic, long offset) throws Exception {
    assertThat(committed(kafka, topic)).containsExactly(offset);
  }

  /// By partition.
  private static List<Long> committed(Kafka kafka, String topic) throws Exception {
    return kafka.topics().progress(topic, "g-" + topic).stream().map(it -> it.committed()).toList();
  }

  @Test
  void a_commit_that_a_rebalance_has_overtaken_ends_nothing() throws Exception {
    var topic = server.topic(1);
    var failed = new AtomicInteger();
    try (var kafka = server.connect()) {
      var reader =
          reader(
              kafka,
              topic,
              (method, args) -> {
                if (method.getName().equals("commitAsync") && failed.getAndIncrement() < 2) {
                  var callback = (OffsetCommitCallback) requireNonNull(args[1]);
                  callback.onComplete(offsets(args), new StaleMemberEpochException("overtaken"));
                  return null;
                }
                return Faulty.PASS;
              });
      received(reader).forEach(one -> reader.settled(one, Outcome.OUT));

      TestKafka.await( // the first commit may have told of some alone
          "all is committed", () -> committed(kafka, topic).equals(List.of(100L)));

      assertThat(reader.stats().commitsFailed()).isEqualTo(2);
    }
  }

  @SuppressWarnings("unchecked") // as the method has it
  private static Map<TopicPartition, OffsetAndMetadata> offsets(@Nullable Object[] args) {
    return (Map<TopicPartition, OffsetAndMetadata>) requireNonNull(args[0]);
  }

  @Test
  void what_a_commit_under_way_has_told_is_told_again_at_the_end() throws Exception {
    var topic = server.topic(1);
    var begun = new AtomicInteger();
    try (var kafka = server.connect()) {
      var reader =
          reader(
              kafka,
              topic,
              (method, _) -> {
                if (method.getName().equals("commitAsync")) {
                  begun.incrementAndGet(); // and it never ends
                  return null;
                }
                return Faulty.PASS;
              });
      received(reader).forEach(one -> reader.settled(one, Outcome.OUT));
      TestKafka.await("a commit is under way", () -> begun.get() > 0);

      reader.close();
      reader.awaitSettled();

      assertCommitted(kafka, topic, 100);
    }
  }

  @Test
  void a_last_commit_that_fails_is_told_to_who_waits_for_it() throws Exception {
    var topic = server.topic(1);
    try (var kafka = server.connect()) {
      var reader =
          reader(
              kafka,
              topic,
              (method, _) -> {
                return switch (method.getName()) {
                  case "commitAsync" -> null; // no answer
                  case "commitSync" -> throw new TimeoutException("nobody answers");
                  default -> Faulty.PASS;
                };
              });
      received(reader).forEach(one -> reader.settled(one, Outcome.OUT));

      reader.close();

      assertThatThrownBy(reader::awaitSettled)
          .isInstanceOf(TopicException.class)
          .hasMessageContaining(topic)
          .hasMessageContaining("nobody answers");
    }
  }

  @Test
  void a_partition_in_which_nothing_is_found_tells_the_group_where_it_ends() throws Exception {
    var topic = server.topic(1);
    try (var kafka = server.connect()) {
      try (var producer = kafka.newProducer(Map.of("transactional.id", "of-" + topic))) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, new byte[] {1})).get();
        producer.abortTransaction();
      }
      server.awaitNoTransaction(topic);
      var reader = source(kafka, topic).untilEnd().open();
      TestKafka.await(
          "it ends", () -> reader.receive(1, Duration.ofMillis(50)).isEmpty() && reader.isEnded());
      reader.close();
      reader.awaitSettled();
      assertCommitted(kafka, topic, 2);
    }
  }

  @Test
  void a_reading_that_is_over_is_let_go_of() throws Exception {
    var topic = server.topic(1);
    try (var kafka = server.connect()) {
      for (int i = 0; i < 3; i++) {
        source(kafka, topic).open().close();
      }

      TestKafka.await("none is left", () -> kafka.readers().isEmpty());
    }
  }
}
