package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// From one topic to another with results and offsets in the same transactions.
@Timeout(120)
class TransactionTest {
  @TempDir Path dir;

  @Test
  void every_result_is_there_exactly_once_though_runs_are_ended_at_random() throws Exception {
    try (var server = TestKafka.start(dir)) {
      server.topic("in", 2);
      server.topic("out", 2);
      server.produce("in", 0, 3_000, 50);
      var random = new Random(1);
      for (int run = 0; run < 8; run++) {
        try (var kafka = Kafka.at(server.address())) {
          var failing = new AtomicInteger(50 + random.nextInt(300));
          var pipeline = pipeline(kafka, run == 7 ? new AtomicInteger(1_000_000) : failing);
          if (run == 7) {
            pipeline.run();
          } else {
            assertThatThrownBy(pipeline::run).hasMessage("ended at random");
          }
        } catch (TopicException e) {
          throw new AssertionError(e);
        }
      }
      var values =
          server.all("out").stream().map(it -> Integer.parseInt(it.value())).sorted().toList();
      assertThat(values).hasSize(3_000);
      for (int i = 0; i < 3_000; i++) {
        assertThat(values.get(i)).isEqualTo(10 * i);
      }
    }
  }

  private static Pipeline pipeline(Kafka kafka, AtomicInteger left) {
    var sink = kafka.transactionalSink("t-1", "out", Serdes.String(), Serdes.String());
    var source =
        kafka.source("in", "g", Serdes.String(), Serdes.String()).untilEnd().order(Order.BY_KEY);
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
  void a_sink_that_the_source_does_not_know_of_refuses_to_write() throws Exception {
    try (var server = TestKafka.start(dir)) {
      server.topic("in", 1);
      server.topic("out", 1);
      server.produce("in", 0, 1, 1);
      try (var kafka = Kafka.with(Map.of("bootstrap.servers", server.address()))) {
        var sink = kafka.transactionalSink("t-2", "out", Serdes.String(), Serdes.String());
        var pipeline =
            Pipeline.from(kafka.source("in", "g", Serdes.String(), Serdes.String()).untilEnd())
                .map(one -> Transfer.of(one, Outgoing.of(one.key(), one.value())))
                .batch(10, Duration.ofMillis(10))
                .to(sink);
        assertThatThrownBy(pipeline::run).hasMessageContaining("source.committedBy(sink)");
      }
    }
  }
}
