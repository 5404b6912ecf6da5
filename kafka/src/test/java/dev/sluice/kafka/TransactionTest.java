package dev.sluice.kafka;

import static dev.sluice.kafka.TestKafka.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// From one topic to another with results and offsets in the same transactions.
@Timeout(300)
@ExtendWith(SharedBroker.class)
class TransactionTest {
  private final TestKafka server;

  TransactionTest(TestKafka server) {
    this.server = server;
  }

  @Test
  void every_result_is_there_exactly_once_though_runs_are_ended_at_random() throws Exception {
    var in = server.topic(2);
    var out = server.topic(2);
    server.produce(in, 0, 3_000, 50);
    var random = new Random(1);
    for (int run = 0; run < 8; run++) {
      try (var kafka = server.connect()) {
        var failing = new AtomicInteger(50 + random.nextInt(300));
        var pipeline = pipeline(kafka, in, out, run == 7 ? new AtomicInteger(1_000_000) : failing);
        if (run == 7) {
          pipeline.run();
        } else {
          assertThatThrownBy(pipeline::run).hasMessage("ended at random");
        }
      }
    }
    assertThat(numbers(out)).isEqualTo(IntStream.range(0, 3_000).map(i -> 10 * i).boxed().toList());
  }

  private List<Integer> numbers(String topic) throws Exception {
    return server.all(topic).stream().map(it -> Integer.parseInt(it.value())).sorted().toList();
  }

  private static Pipeline pipeline(Kafka kafka, String in, String out, AtomicInteger left) {
    var sink = kafka.transactionalSink("of-" + out, out, Serdes.String(), Serdes.String());
    var source = source(kafka, in).untilEnd().order(Order.BY_KEY);
    return Pipeline.from(source.committedBy(sink))
        .map(
            Parallel.unordered(6),
            one -> {
              LockSupport.parkNanos(300_000); // the work, so that results overtake each other
              var result = Integer.toString(10 * Integer.parseInt(one.value()));
              return Transfer.of(one, Outgoing.of(one.key(), result));
            })
        .batch(40, Duration.ofMillis(50))
        .map(batch -> {
          if (left.addAndGet(-batch.size()) < 0) {
            throw new IllegalStateException("ended at random");
          }
          return batch;
        })
        .to(sink);
  }

  @Test
  void a_commit_without_an_answer_is_not_written_again() throws Exception {
    var in = server.topic(1);
    var out = server.topic(1);
    server.produce(in, 0, 100, 10);
    var lost = new AtomicInteger();
    try (var kafka = server.connect()) {
      var sink =
          new TransactionalSink<>(
              "of-" + out,
              new TopicWriter<>(kafka, out, new Codecs<>(Serdes.String(), Serdes.String())),
              () ->
                  withoutAnswers(kafka.newProducer(Map.of("transactional.id", "of-" + out)), lost));
      var pipeline =
          Pipeline.from(source(kafka, in).untilEnd().committedBy(sink))
              .map(one -> Transfer.of(one, Outgoing.of(one.key(), one.value())))
              .batch(40, Duration.ofSeconds(1))
              .to(sink)
              .onError(OnError.stop().after(Retry.attempts(3)));

      assertThatThrownBy(pipeline::run)
          .isInstanceOf(TopicException.class)
          .hasMessageContaining("is not known");

      assertThat(lost.get()).as("how often the answer was asked for").isGreaterThan(1);
      pipeline.run();
    }
    assertThat(numbers(out)).isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  /// The producer, but the answers to its first commit are lost.
  private static Producer<byte[], byte[]> withoutAnswers(
      Producer<byte[], byte[]> real, AtomicInteger lost) {
    boolean first = lost.get() == 0;
    return Faulty.of(
        Producer.class,
        real,
        (method, args) -> {
          if (first && method.getName().equals("commitTransaction")) {
            if (lost.getAndIncrement() == 0) {
              real.commitTransaction();
            }
            throw new TimeoutException("no answer");
          }
          return Faulty.PASS;
        });
  }

  @Test
  void a_sink_that_the_source_does_not_know_of_refuses_to_write() throws Exception {
    var in = server.topic(1);
    var out = server.topic(1);
    server.produce(in, 0, 1, 1);
    try (var kafka = server.connect()) {
      var sink = kafka.transactionalSink("of-" + out, out, Serdes.String(), Serdes.String());
      var pipeline =
          Pipeline.from(source(kafka, in).untilEnd())
              .map(one -> Transfer.of(one, Outgoing.of(one.key(), one.value())))
              .batch(10, Duration.ofMillis(10))
              .to(sink);
      assertThatThrownBy(pipeline::run).hasMessageContaining("source.committedBy(sink)");
    }
  }
}
