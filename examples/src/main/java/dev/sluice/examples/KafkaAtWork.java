package dev.sluice.examples;

import dev.sluice.kafka.Kafka;
import dev.sluice.kafka.KafkaRecord;
import dev.sluice.kafka.KafkaSource;
import dev.sluice.kafka.Order;
import dev.sluice.kafka.Outgoing;
import dev.sluice.kafka.PartitionState;
import dev.sluice.kafka.Transfer;
import dev.sluice.monitor.Monitor;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serdes;

/// Topics, as the guide shows them.
final class KafkaAtWork {
  private KafkaAtWork() {}

  /// Does what there is to do with the text of an order.
  @FunctionalInterface
  interface Work {
    String apply(String order) throws Exception;
  }

  static void first(String servers, Work bill) throws Exception {
    // @start first
    try (var kafka = Kafka.at(servers)) {
      var orders = kafka.source("orders", "billing", Serdes.String(), Serdes.String());
      Pipeline.from(orders.order(Order.BY_KEY).untilEnd())
          .map(Parallel.unordered(100), order -> bill.apply(order.value()))
          .onError(
              OnError.deadLetter(kafka.deadLetters("orders.dead"))
                  .after(Retry.attempts(3).delay(Duration.ofMillis(200))))
          .to(Sink.discard())
          .run();
    } // what was settled is committed
    // @end
  }

  static Report write(String servers, List<String> lines) throws Exception {
    try (var kafka = Kafka.at(servers)) {
      // @start write
      return Pipeline.from(Source.of(lines))
          .map(line -> Outgoing.of(line.substring(0, line.indexOf(' ')), line))
          .batch(1_000, Duration.ofMillis(20))
          .to(kafka.sink("orders", Serdes.String(), Serdes.String()))
          .run();
      // @end
    }
  }

  static void share(String servers, Work convert, Collection<String> done) throws Exception {
    try (var kafka = Kafka.at(servers)) {
      // @start share
      var jobs =
          kafka
              .shareSource("orders", "converters", Serdes.String(), Serdes.String())
              .deadLetters("orders.dead", 5);
      Pipeline.from(jobs.untilIdle(Duration.ofSeconds(2)))
          .map(Parallel.unordered(50), job -> convert.apply(job.value()))
          .to(done::add)
          .run();
      // @end
    }
  }

  static void transactions(String servers, Work bill) throws Exception {
    try (var kafka = Kafka.at(servers)) {
      // @start transactions
      var sink = kafka.transactionalSink("biller-1", "bills", Serdes.String(), Serdes.String());
      var orders = kafka.source("orders", "exactly", Serdes.String(), Serdes.String()).untilEnd();
      Pipeline.from(orders.committedBy(sink))
          .map(order -> Transfer.of(order, Outgoing.of(order.key(), bill.apply(order.value()))))
          .batch(500, Duration.ofMillis(100))
          .to(sink)
          .run();
      // @end
    }
  }

  static void drain(String servers, Collection<String> seen) throws Exception {
    // @start drain
    var kafka = Kafka.at(servers);
    var running =
        Pipeline.from(kafka.source("orders", "viewers", Serdes.String(), Serdes.String()))
            .map(KafkaRecord::value)
            .to(seen::add)
            .start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try (kafka) { // closed last: it waits for the commits
                running.drain(Duration.ofSeconds(30));
              } catch (Exception e) {
                System.err.println("not drained: " + e.getMessage());
              }
            }));
    // @end
  }

  static void watch(Monitor monitor, KafkaSource<?, ?> orders) {
    // @start watch
    monitor.gauge(
        "kafka_lag_records",
        "Records of a partition that have not been dealt with.",
        () ->
            orders.partitions().stream()
                .collect(Collectors.toMap(PartitionState::labels, it -> (double) it.lag())));
    // @end
  }

  static long lag(Kafka kafka) throws Exception {
    // @start lag
    long toCome =
        kafka.topics().progress("orders", "billing").stream().mapToLong(it -> it.lag()).sum();
    // @end
    return toCome;
  }
}
