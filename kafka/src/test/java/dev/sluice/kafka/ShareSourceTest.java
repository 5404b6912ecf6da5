package dev.sluice.kafka;

import static dev.sluice.kafka.TestKafka.shareSource;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A share group as a source, against a real broker.
@Timeout(300)
@ExtendWith(SharedBroker.class)
class ShareSourceTest {
  private final TestKafka server;

  ShareSourceTest(TestKafka server) {
    this.server = server;
  }

  @Test
  void what_was_produced_before_the_group_existed_is_handed_out_once() throws Exception {
    var topic = server.topic(2);
    server.produce(topic, 0, 5_000, 50);
    var seen = new ConcurrentLinkedQueue<String>();
    try (var kafka = server.connect()) {
      var running =
          Pipeline.from(shareSource(kafka, topic))
              .map(Parallel.unordered(4), KafkaRecord::value)
              .to(seen::add)
              .start();
      TestKafka.await("all have come", () -> seen.size() >= 5_000);
      var report = running.drain(Duration.ofSeconds(20));
      assertThat(report.account().out()).isEqualTo(5_000);
    }
    assertThat(Set.copyOf(seen)).hasSize(5_000);
  }

  @Test
  void more_readings_than_partitions_share_the_work() throws Exception {
    var topic = server.topic(1);
    var produced = new AtomicInteger();
    var seen = new ConcurrentLinkedQueue<String>();
    var counts =
        new AtomicInteger[] {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
    try (var kafka = server.connect()) {
      var running = new ArrayList<dev.sluice.pipelines.Running>();
      for (var count : counts) {
        running.add(
            Pipeline.from(shareSource(kafka, topic).prefetch(50))
                .map(
                    Parallel.unordered(4),
                    one -> {
                      LockSupport.parkNanos(2_000_000); // the work
                      return one.value();
                    })
                .to(value -> {
                  seen.add(value);
                  count.incrementAndGet();
                })
                .start());
      }
      // however long a reading takes to join, there is work left once it has
      TestKafka.await(
          "each reading has had records",
          () -> {
            if (seen.size() >= produced.get() / 2) {
              server.produce(topic, produced.getAndAdd(100), 100, 10);
            }
            return Stream.of(counts).allMatch(it -> it.get() > 0);
          });
      TestKafka.await("all are done", () -> seen.size() >= produced.get());
      for (var one : running) {
        one.drain(Duration.ofSeconds(20));
      }
    }
    assertThat(seen).hasSize(produced.get());
    assertThat(Set.copyOf(seen)).hasSize(produced.get());
  }

  @Test
  void work_that_takes_longer_than_its_lock_is_done_once_and_new_work_goes_on() throws Exception {
    var topic = server.topic(1);
    server.produce(topic, 0, 20, 20);
    var slow = new CountDownLatch(1);
    var seen = new ConcurrentLinkedQueue<String>();
    try (var kafka = server.connect();
        var admin = kafka.admin()) {
      TestKafka.configure(admin, topic, "share.record.lock.duration.ms", "5000");
      var running =
          Pipeline.from(shareSource(kafka, topic))
              .map(
                  Parallel.unordered(8),
                  one -> {
                    if (one.value().equals("0")) {
                      slow.await();
                    }
                    seen.add(one.value());
                    return one;
                  })
              .to(Sink.discard())
              .start();
      TestKafka.await("others are done", () -> seen.size() == 19);
      long began = System.nanoTime();
      TestKafka.await(
          "its lock would have ended", () -> System.nanoTime() - began > 7_000_000_000L);
      server.produce(topic, 20, 10, 10);
      TestKafka.await("new ones are done beside it", () -> seen.size() == 29);
      slow.countDown();
      TestKafka.await("it is done", () -> seen.size() == 30);
      running.drain(Duration.ofSeconds(20));
    }
    assertThat(Set.copyOf(seen)).hasSize(30);
    try (var kafka = server.connect()) {
      var again =
          Pipeline.from(shareSource(kafka, topic).untilIdle(Duration.ofSeconds(3)))
              .to(Sink.discard())
              .run();
      assertThat(again.account().out()).isZero();
    }
  }

  @Test
  void what_a_stopped_run_had_is_handed_out_again_at_once() throws Exception {
    var topic = server.topic(1);
    server.produce(topic, 0, 10, 10);
    try (var kafka = server.connect()) {
      var reader = shareSource(kafka, topic).open();
      var records = new ArrayList<KafkaRecord<String, String>>();
      while (records.size() < 10) {
        records.addAll(reader.receive(10, Duration.ofSeconds(1)));
      }
      for (var one : records) {
        reader.settled(one, one.offset() == 3 ? Outcome.ABANDONED : Outcome.OUT);
      }
    }
    try (var kafka = server.connect()) {
      var again = new ArrayList<KafkaRecord<String, String>>();
      Pipeline.from(shareSource(kafka, topic).untilIdle(Duration.ofSeconds(2)))
          .to(again::add)
          .run();
      assertThat(again).singleElement().satisfies(it -> assertThat(it.offset()).isEqualTo(3));
      assertThat(again.getFirst().deliveryCount()).isEqualTo(2);
    }
  }

  @Test
  void a_record_that_is_never_settled_becomes_a_dead_letter_and_spares_its_neighbours()
      throws Exception {
    var topic = server.topic(1);
    var dead = server.topic(1);
    server.produce(topic, 0, 100, 100);
    var done = new ConcurrentLinkedQueue<String>();
    for (int crash = 0; crash < 10; crash++) {
      try (var kafka = server.connect()) {
        var reader =
            shareSource(kafka, topic)
                .deadLetters(dead, 5)
                .untilIdle(Duration.ofSeconds(10))
                .drainTimeout(Duration.ZERO)
                .open();
        // As a process does that this record ends: what it had in hand is not settled.
        boolean crashed = false;
        var inHand = new ArrayList<KafkaRecord<String, String>>();
        while (!crashed && !reader.isEnded()) {
          for (var one : reader.receive(100, Duration.ofMillis(200))) {
            inHand.add(one);
          }
          crashed = inHand.stream().anyMatch(it -> it.value().equals("50"));
          for (var one : inHand) {
            if (!crashed || (inHand.size() == 1 && !one.value().equals("50"))) {
              done.add(one.value());
              reader.settled(one, Outcome.OUT);
            }
          }
          if (!crashed) {
            inHand.clear();
          }
        }
        if (!crashed) {
          break;
        }
      }
    }
    assertThat(server.all(dead))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.value()).isEqualTo("50");
          assertThat(new String(it.headers().lastHeader("sluice.attempts").value(), UTF_8))
              .isEqualTo("5");
          assertThat(new String(it.headers().lastHeader("sluice.cause").value(), UTF_8))
              .isEqualTo("delivered 5 times without being settled");
        });
    assertThat(Set.copyOf(done)).hasSize(99).doesNotContain("50");
  }

  @Test
  void without_a_topic_for_dead_letters_such_a_record_ends_the_run() throws Exception {
    var topic = server.topic(1);
    server.produce(topic, 0, 1, 1);
    for (int i = 0; i < 5; i++) {
      try (var kafka = server.connect()) {
        var reader = shareSource(kafka, topic).open();
        var one = new ArrayList<KafkaRecord<String, String>>();
        TestKafka.await("it comes", () -> one.addAll(reader.receive(1, Duration.ofMillis(200))));
        reader.settled(one.getFirst(), Outcome.ABANDONED);
      }
    }
    try (var kafka = server.connect()) {
      var pipeline = Pipeline.from(shareSource(kafka, topic)).to(Sink.discard());
      assertThatThrownBy(pipeline::run)
          .isInstanceOf(TopicException.class)
          .hasMessageContaining(topic + "-0@0 was handed out 5 times without being settled");
    } catch (TopicException e) {
      assertThat(e).hasMessageContaining("5 times"); // closing says so too
    }
  }

  @Test
  void settings_of_the_group_that_somebody_made_are_kept() throws Exception {
    var topic = server.topic(1);
    try (var kafka = server.connect();
        var admin = kafka.admin()) {
      TestKafka.configure(admin, topic, "share.delivery.count.limit", "7");
      shareSource(kafka, topic).open().close();
      var place = new ConfigResource(ConfigResource.Type.GROUP, "s-" + topic);
      var its = requireNonNull(admin.describeConfigs(List.of(place)).all().get().get(place));
      assertThat(its.get("share.delivery.count.limit").value()).isEqualTo("7");
      assertThat(its.get("share.auto.offset.reset").value()).isEqualTo("earliest");
    }
  }
}
