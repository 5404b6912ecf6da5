package dev.sluice.kafka;

import static dev.sluice.kafka.TestKafka.numbers;
import static dev.sluice.kafka.TestKafka.source;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Actor;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A consumer group as a source, against a real broker.
@Timeout(300)
@ExtendWith(SharedBroker.class)
class KafkaSourceTest {
  private final TestKafka server;

  KafkaSourceTest(TestKafka server) {
    this.server = server;
  }

  @Test
  void what_was_produced_before_the_group_existed_is_read_to_the_end_it_had() throws Exception {
    var topic = server.topic(3);
    server.produce(topic, 0, 5_000, 7);
    var seen = new ConcurrentLinkedQueue<String>();
    try (var kafka = server.connect()) {
      var report =
          Pipeline.from(source(kafka, topic).untilEnd())
              .map(KafkaRecord::value)
              .to(seen::add)
              .run();
      assertThat(report.account().out()).isEqualTo(5_000);
    }
    assertThat(seen).hasSize(5_000);
    assertThat(Set.copyOf(seen)).isEqualTo(numbers(0, 5_000));
    try (var kafka = server.connect()) {
      assertThat(kafka.topics().progress(topic, "g-" + topic)).allMatch(it -> it.lag() == 0);
      var again = Pipeline.from(source(kafka, topic).untilEnd()).to(Sink.discard()).run();
      assertThat(again.account().out()).as("an orderly restart repeats nothing").isZero();
    }
  }

  @Test
  void a_topic_that_was_made_takes_records_at_once() throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                "bootstrap.servers", server.address(), "enable.idempotence", "false", "retries", 0),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < 20; i++) {
        var topic = server.topic(8);
        for (int partition = 0; partition < 8; partition++) {
          producer.send(new ProducerRecord<>(topic, partition, "key", "value")).get();
        }
      }
    }
  }

  @Test
  void a_new_topic_that_the_broker_has_not_heard_of_is_waited_for() throws Exception {
    try (var kafka = server.connect();
        var admin = kafka.admin()) {
      var told =
          new FutureTask<>(() -> {
            kafka.topics().awaitLeaders(admin, "soon", 2);
            return "all have leaders";
          });
      var waiting = Thread.ofPlatform().start(told);
      while (waiting.getState() != Thread.State.TIMED_WAITING && !told.isDone()) {
        Thread.onSpinWait();
      }

      // the same connection, so the broker answers the question first
      admin.createTopics(List.of(new NewTopic("soon", 2, (short) 1))).all().get();

      assertThat(told.get(30, TimeUnit.SECONDS)).isEqualTo("all have leaders");
    }
  }

  @Test
  void a_topic_is_never_made_by_naming_it_and_the_message_says_what_to_do() throws Exception {
    try (var kafka = server.connect()) {
      var reading = Pipeline.from(source(kafka, "nowhere")).to(Sink.discard());
      assertThatThrownBy(reading::run)
          .isInstanceOf(TopicException.class)
          .hasMessageContaining("'nowhere' does not exist at " + server.address())
          .hasMessageContaining("sluice topic create kafka://" + server.address() + "/nowhere");
      var writing =
          Pipeline.from(Source.of(Outgoing.<String, String>of("x")))
              .batch(1, Duration.ZERO)
              .to(kafka.sink("nowhere", Serdes.String(), Serdes.String()));
      assertThatThrownBy(writing::run).isInstanceOf(TopicException.class);
      assertThat(kafka.topics().names()).doesNotContain("nowhere");
    }
  }

  @Test
  void whoever_begins_with_the_broker_waits_until_it_is_there() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (var nobody = Kafka.at("127.0.0.1:" + port);
        var kafka = server.connect()) {
      assertThatThrownBy(() -> nobody.topics().awaitBroker(Duration.ofSeconds(1)))
          .isInstanceOf(TopicException.class)
          .hasMessageContaining("no Kafka broker answered at 127.0.0.1:%d within 1 s", port);
      server.broker().kill();
      try (var early = Actor.playing(() -> kafka.topics().awaitBroker(Duration.ofMinutes(1)))) {
        server.broker().startAgain();
        early.awaitDone();
      }
      assertThat(kafka.topics().create("at-once", 1)).isTrue();
    }
  }

  @Test
  void a_partition_with_much_to_read_leaves_room_for_the_others() throws Exception {
    var topic = server.topic(2);
    server.produceTo(topic, 0, 20_000);
    server.produceTo(topic, 1, 20_000);
    try (var kafka = server.connect()) {
      var reader = source(kafka, topic).buffer(8_000, 64 << 20).open();
      var held = new ArrayList<KafkaRecord<String, String>>();
      var partitions = new HashSet<Integer>();
      try {
        TestKafka.await(
            "both are read while nothing is settled",
            Duration.ofSeconds(20),
            () -> {
              for (var one : reader.receive(1_000, Duration.ofMillis(100))) {
                held.add(one);
                partitions.add(one.partition());
              }
              return partitions.size() == 2;
            });
      } finally {
        held.forEach(one -> reader.settled(one, Outcome.ABANDONED));
        reader.close();
      }
    }
  }

  @Test
  void records_of_a_key_keep_their_order_with_many_more_workers_than_partitions() throws Exception {
    var topic = server.topic(2);
    server.produce(topic, 0, 4_000, 40);
    var last = new ConcurrentHashMap<String, Integer>();
    var disorder = new AtomicInteger();
    var many = new CountDownLatch(9);
    var alone = new AtomicInteger();
    try (var kafka = server.connect()) {
      Pipeline.from(source(kafka, topic).order(Order.BY_KEY).untilEnd())
          .map(
              Parallel.unordered(32),
              one -> {
                many.countDown();
                if (!many.await(10, TimeUnit.SECONDS)) {
                  alone.incrementAndGet();
                }
                LockSupport.parkNanos(200_000); // the work
                int number = Integer.parseInt(one.value());
                var before = last.put(requireNonNull(one.key()), number);
                if (before != null && before >= number) {
                  disorder.incrementAndGet();
                }
                return one;
              })
          .to(Sink.discard())
          .run();
    }
    assertThat(disorder).hasValue(0);
    assertThat(last).hasSize(40);
    assertThat(alone).as("who waited for nine to be at work at once, in vain").hasValue(0);
  }

  @Test
  void a_slow_record_neither_costs_the_partition_nor_holds_up_other_keys() throws Exception {
    var topic = server.topic(1);
    server.produce(topic, 0, 2_000, 20);
    var slow = new CountDownLatch(1);
    var seen = new ConcurrentLinkedQueue<String>();
    // Whoever does not poll for so long is out of the group.
    var settings = Map.of("bootstrap.servers", server.address(), "max.poll.interval.ms", "5000");
    try (var kafka = Kafka.with(settings)) {
      var running =
          Pipeline.from(source(kafka, topic).order(Order.BY_KEY).buffer(500, 1 << 20))
              .map(
                  Parallel.unordered(4),
                  one -> {
                    if (one.value().equals("0")) {
                      slow.await();
                    }
                    seen.add(one.value());
                    return one;
                  })
              .to(Sink.discard())
              .start();
      TestKafka.await("others go on", () -> seen.size() >= 1_900);
      long began = System.nanoTime();
      TestKafka.await(
          "the time of a poll is over", () -> System.nanoTime() - began > 7_000_000_000L);
      var reader = source(kafka, topic).readers().getFirst();
      assertThat(reader.stats().lost() + reader.stats().revoked()).isZero();
      assertThat(reader.partitions())
          .singleElement()
          .satisfies(it -> assertThat(it.watermark()).isZero());
      slow.countDown();
      TestKafka.await("the slow key too", () -> seen.size() == 2_000);
      running.drain(Duration.ofSeconds(20));
    }
    assertThat(seen).as("once each").hasSize(2_000);
    assertThat(Set.copyOf(seen)).isEqualTo(numbers(0, 2_000));
  }

  @Test
  void a_restart_repeats_what_was_open_and_not_what_was_done_beyond_it() throws Exception {
    var topic = server.topic(1);
    server.produce(topic, 0, 300, 300);
    try (var kafka = server.connect()) {
      var reader = source(kafka, topic).open();
      var records = new ArrayList<KafkaRecord<String, String>>();
      while (records.size() < 300) {
        records.addAll(reader.receive(300, Duration.ofSeconds(1)));
      }
      for (var one : records) {
        reader.settled(one, one.offset() % 100 == 5 ? Outcome.ABANDONED : Outcome.OUT);
      }
    }
    var again = new ArrayList<Long>();
    try (var kafka = server.connect()) {
      Pipeline.from(source(kafka, topic).untilEnd()).to(one -> again.add(one.offset())).run();
    }
    assertThat(again).containsExactly(5L, 105L, 205L);
  }

  @Test
  void partitions_that_leave_are_drained_first_and_nothing_is_done_twice() throws Exception {
    var topic = server.topic(4);
    var produced = new AtomicInteger();
    var seen = new ConcurrentLinkedQueue<String>();
    try (var first = server.connect();
        var second = server.connect()) {
      var one = slowly(first, topic, seen);
      server.produce(topic, produced.getAndAdd(1_000), 1_000, 100);
      TestKafka.await("the first works", () -> seen.size() > 200);
      var two = slowly(second, topic, seen);
      // however long the second takes to join, there is work left once it has
      TestKafka.await(
          "the second has partitions",
          () -> {
            if (seen.size() >= produced.get() / 2) {
              server.produce(topic, produced.getAndAdd(1_000), 1_000, 100);
            }
            return source(second, topic).readers().stream()
                .anyMatch(it -> it.stats().settled() > 100);
          });
      var stats = source(first, topic).readers().getFirst().stats();
      assertThat(stats.revoked()).isPositive();
      assertThat(stats.lost()).isZero();
      TestKafka.await("all are done", () -> seen.size() >= produced.get());
      one.drain(Duration.ofSeconds(20));
      two.drain(Duration.ofSeconds(20));
    }
    assertThat(seen).as("once each").hasSize(produced.get());
    assertThat(Set.copyOf(seen)).isEqualTo(numbers(0, produced.get()));
  }

  private static Running slowly(Kafka kafka, String topic, ConcurrentLinkedQueue<String> seen) {
    return Pipeline.from(source(kafka, topic).order(Order.BY_KEY))
        .map(
            Parallel.unordered(8),
            one -> {
              LockSupport.parkNanos(5_000_000); // the work
              seen.add(one.value());
              return one;
            })
        .to(Sink.discard())
        .start();
  }

  @Test
  void a_drained_run_leaves_nothing_to_repeat_and_nothing_out() throws Exception {
    var topic = server.topic(3);
    server.produce(topic, 0, 20_000, 50);
    var seen = new ConcurrentLinkedQueue<String>();
    for (int restart = 0; restart < 5; restart++) {
      try (var kafka = server.connect()) {
        var running =
            Pipeline.from(source(kafka, topic))
                .map(KafkaRecord::value)
                .batch(50, Duration.ofMillis(20))
                .to(seen::addAll)
                .start();
        int before = seen.size();
        TestKafka.await("it works", () -> seen.size() > before + 500 || seen.size() >= 20_000);
        running.drain(Duration.ofSeconds(20));
      }
    }
    try (var kafka = server.connect()) {
      Pipeline.from(source(kafka, topic).untilEnd()).map(KafkaRecord::value).to(seen::add).run();
    }
    assertThat(seen).as("once each").hasSize(20_000);
    assertThat(Set.copyOf(seen)).isEqualTo(numbers(0, 20_000));
  }

  @Test
  void a_dead_letter_keeps_its_bytes_and_says_where_it_came_from_and_why() throws Exception {
    var topic = server.topic(1);
    var dead = server.topic(1);
    server.produce(topic, 0, 10, 10);
    try (var kafka = server.connect()) {
      var report =
          Pipeline.from(source(kafka, topic).untilEnd())
              .map(one -> {
                if (one.value().equals("7")) {
                  throw new IllegalArgumentException("seven is no number of ours");
                }
                return one;
              })
              .named("check")
              .onError(OnError.deadLetter(kafka.deadLetters(dead)).after(Retry.attempts(3)))
              .to(Sink.discard())
              .run();
      assertThat(report.account().deadLettered()).isEqualTo(1);
    }
    assertThat(server.all(dead))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.key()).isEqualTo("k7");
          assertThat(it.value()).isEqualTo("7");
          assertThat(header(it, "sluice.origin")).isEqualTo(topic + "-0@7");
          assertThat(header(it, "sluice.stage")).isEqualTo("check");
          assertThat(header(it, "sluice.attempts")).isEqualTo("3");
          assertThat(header(it, "sluice.cause"))
              .isEqualTo("java.lang.IllegalArgumentException: seven is no number of ours");
        });
  }

  private static String header(ConsumerRecord<?, ?> of, String name) {
    return new String(of.headers().lastHeader(name).value(), UTF_8);
  }

  @Test
  void a_value_that_cannot_be_read_fails_in_the_stage_that_asks_and_holds_nobody_up()
      throws Exception {
    var topic = server.topic(1);
    var dead = server.topic(1);
    server.produce(topic, 0, 10, 10);
    record Point(int x) {}
    try (var kafka = server.connect()) {
      var points = kafka.source(topic, "points", Serdes.String(), JsonSerde.of(Point.class));
      var report =
          Pipeline.from(points.untilEnd())
              .map(KafkaRecord::value)
              .onError(OnError.deadLetter(kafka.deadLetters(dead)))
              .to(Sink.discard())
              .run();
      assertThat(report.account().deadLettered()).isEqualTo(10);
      points.awaitSettled(); // a run may end a moment before
      assertThat(kafka.topics().progress(topic, "points")).allMatch(it -> it.lag() == 0);
    }
    assertThat(server.all(dead))
        .hasSize(10)
        .allSatisfy(
            it -> assertThat(header(it, "sluice.cause")).contains("the value of " + topic + "-0@"));
  }

  @Test
  void who_reads_without_a_group_reads_all_each_time() throws Exception {
    var topic = server.topic(2);
    server.produce(topic, 0, 100, 10);
    try (var kafka = server.connect()) {
      for (int i = 0; i < 2; i++) {
        var report =
            Pipeline.from(source(kafka, topic).withoutGroup().untilEnd()).to(Sink.discard()).run();
        assertThat(report.account().out()).isEqualTo(100);
      }
    }
  }

  @Test
  void an_empty_topic_ends_at_once_for_whoever_reads_until_the_end() throws Exception {
    var topic = server.topic(2);
    try (var kafka = server.connect()) {
      var report = Pipeline.from(source(kafka, topic).untilEnd()).to(Sink.discard()).run();
      assertThat(report.account().out()).isZero();
    }
  }

  @Test
  void the_classic_protocol_works_too() throws Exception {
    var topic = server.topic(2);
    server.produce(topic, 0, 1_000, 10);
    var settings = Map.of("bootstrap.servers", server.address(), "group.protocol", "classic");
    try (var kafka = Kafka.with(settings)) {
      var report = Pipeline.from(source(kafka, topic).untilEnd()).to(Sink.discard()).run();
      assertThat(report.account().out()).isEqualTo(1_000);
      source(kafka, topic).awaitSettled();
      assertThat(kafka.topics().progress(topic, "g-" + topic)).allMatch(it -> it.lag() == 0);
    }
  }

  @Test
  void a_setting_that_would_lose_records_is_refused() {
    var settings = Map.of("bootstrap.servers", server.address(), "enable.auto.commit", "true");
    try (var kafka = Kafka.with(settings)) {
      assertThatThrownBy(() -> source(kafka, server.topic(1)).open())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("enable.auto.commit must be false here, but was given as true; leave it out");
    } catch (TopicException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_a_codec_cannot_write_fails_alone() throws Exception {
    var topic = server.topic(1);
    Serializer<String> picky =
        (_, text) -> {
          if (text.equals("2")) {
            throw new IllegalStateException("two is too many");
          }
          return text.getBytes(UTF_8);
        };
    var values = Serdes.serdeFrom(picky, Serdes.String().deserializer());
    try (var kafka = server.connect()) {
      var report =
          Pipeline.from(Source.of("1", "2", "3"))
              .map(Outgoing::<String, String>of)
              .batch(3, Duration.ofSeconds(1))
              .to(kafka.sink(topic, Serdes.String(), values))
              .onError(OnError.skip(1))
              .run();
      assertThat(report.account().out()).isEqualTo(2);
      assertThat(report.account().dropped()).isEqualTo(1);
    }
    assertThat(server.all(topic)).extracting(ConsumerRecord::value).containsExactly("1", "3");
  }

  @Test
  void what_is_written_is_read_with_its_key_headers_and_trace() throws Exception {
    var topic = server.topic(3);
    try (var kafka = server.connect()) {
      var report =
          Pipeline.from(
                  Source.of(
                      List.of(
                          Outgoing.of("a", "1").header("tenant", "acme"),
                          Outgoing.of("a", "2"),
                          Outgoing.<String, String>of("3"))))
              .batch(10, Duration.ofMillis(50))
              .to(kafka.sink(topic, Serdes.String(), Serdes.String()))
              .run();
      assertThat(report.account().out()).isEqualTo(3);
      var read = new ArrayList<KafkaRecord<String, String>>();
      Pipeline.from(source(kafka, topic).untilEnd()).to(read::add).run();
      assertThat(read).hasSize(3);
      var first = read.stream().filter(it -> it.value().equals("1")).findFirst().orElseThrow();
      assertThat(first.header("tenant")).isEqualTo("acme");
      assertThat(first.key()).isEqualTo("a");
      assertThat(read.stream().filter(it -> it.value().equals("3")).findFirst().orElseThrow().key())
          .isNull();
    }
  }
}
