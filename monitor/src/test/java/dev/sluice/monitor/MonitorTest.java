package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.fixtures.Until;
import dev.sluice.pipelines.Link;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MonitorTest {

  private static Snapshot.Pipeline pipeline(Monitor monitor, String name) {
    return monitor.snapshot().pipelines().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Snapshot.Stage stage(Monitor monitor, String pipeline, String name) {
    return pipeline(monitor, pipeline).stages().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void it_tells_the_shape_of_a_pipeline_and_what_became_of_its_items() throws Exception {
    var written = new AtomicLong();
    var running =
        Pipeline.from(Source.of(IntStream.range(0, 1_000).boxed().toList()))
            .map(Parallel.ordered(2).window(6), (Integer i) -> i + 1)
            .named("add")
            .filter(i -> i % 2 == 0)
            .named("even")
            .to("write", i -> written.incrementAndGet())
            .named("numbers")
            .start();
    try (var monitor = new Monitor()) {
      assertThat(monitor.watch(running)).isEqualTo("numbers");
      running.await();
      Until.holds("it is done", () -> pipeline(monitor, "numbers").state() == Snapshot.State.DONE);

      var seen = pipeline(monitor, "numbers");

      assertThat(seen.links())
          .containsExactly(
              new Link("source", "add"), new Link("add", "even"), new Link("even", "write"));
      assertThat(seen.account().in()).isEqualTo(1_000);
      assertThat(seen.account().out()).isEqualTo(500).isEqualTo(written.get());
      assertThat(seen.account().filtered()).isEqualTo(500);
      assertThat(seen.account().balances()).isTrue();
      assertThat(stage(monitor, "numbers", "add").most()).isEqualTo(6);
      assertThat(seen.failure()).isNull();
      assertThat(monitor.health()).isEqualTo(new Snapshot.Health(true, true));
    }
  }

  @Test
  void it_tells_the_shape_of_branches_merges_and_loops() throws Exception {
    var one = Pipeline.from(Source.of(List.of(1, 2, 3))).map(i -> i + 1).named("more");
    var other = Pipeline.from(Source.of(List.of(4))).buffer(4).map(i -> i - 1).named("less");
    var running =
        one.merge(other)
            .named("both")
            .broadcast(
                List.of(
                    pipe -> pipe.to("left", i -> {}),
                    pipe -> pipe.buffer(8).batch(2, Duration.ofSeconds(1)).to("right", i -> {})))
            .start();
    running.await();

    var names = running.metrics().stages().stream().map(stage -> stage.name()).toList();

    assertThat(running.links())
        .contains(
            new Link("source", "more"),
            new Link("more", "both"),
            new Link("less", "both"),
            new Link("both", "broadcast"),
            new Link("broadcast", "left"),
            new Link("batch", "right"))
        .allSatisfy(link -> assertThat(names).contains(link.from(), link.to()));
  }

  @Test
  void a_stage_that_never_comes_back_shows_who_is_blocked_and_how_old_the_oldest_item_is()
      throws Exception {
    var release = new CountDownLatch(1);
    var running =
        Pipeline.from(Source.of(IntStream.range(0, 1_000).boxed().toList()))
            .buffer(16)
            .to("stuck", i -> release.await())
            .named("jam")
            .start();
    try (var monitor = new Monitor()) {
      monitor.watch(running);

      Until.holds(
          "the source is blocked nearly all the time, and items grow old",
          () -> {
            var buffer = stage(monitor, "jam", "buffer");
            return stage(monitor, "jam", "source").blocked() > 0.9
                && stage(monitor, "jam", "stuck").busy() > 0.9
                && buffer.queued() >= buffer.capacity() / 2 // a waiter wakes when half is free
                && buffer.oldest().toMillis() >= 1_000;
          });
      Until.holds(
          "the limit is named", () -> "stuck".equals(pipeline(monitor, "jam").bottleneck()));
      assertThat(pipeline(monitor, "jam").explanation()).contains("'stuck' limits the rate");
    } finally {
      release.countDown();
      running.await();
    }
  }

  @Test
  void a_failure_is_told_without_what_it_says_of_items() throws Exception {
    var running =
        Pipeline.from(Source.of(List.of("secret")))
            .map(text -> {
              if (text.length() > 1) {
                throw new IllegalStateException("cannot take " + text);
              }
              return text;
            })
            .named("parse")
            .to(text -> {})
            .named("failing")
            .start();
    try (var monitor = new Monitor()) {
      monitor.watch(running);
      Until.holds(
          "it has failed", () -> pipeline(monitor, "failing").state() == Snapshot.State.FAILED);

      assertThat(pipeline(monitor, "failing").failure())
          .isEqualTo("java.lang.IllegalStateException, thrown in stage 'parse'");
      assertThat(monitor.health().ready()).isFalse();
      assertThat(monitor.health().live()).isTrue();
    }
  }

  @Test
  void it_watches_channels() throws Exception {
    Channel<String> channel = Channel.<String>builder().named("inbox").bounded(4);
    try (var monitor = new Monitor()) {
      monitor.watch(channel);
      monitor.watch(channel);
      channel.send("a");
      channel.send("b");
      channel.receive();

      Until.holds(
          "the item that is left has an age",
          () -> monitor.snapshot().channels().getFirst().oldest().toMillis() > 100);

      var inbox = monitor.snapshot().channels().getFirst();
      assertThat(inbox.size()).isEqualTo(1);
      assertThat(inbox.sent()).isEqualTo(2);
      assertThat(inbox.received()).isEqualTo(1);
      assertThat(monitor.snapshot().channels().get(1).name()).isEqualTo("inbox-2");
    }
  }

  @Test
  void a_queue_elsewhere_is_shown_or_why_it_can_not_be_read() throws Exception {
    var away = new AtomicBoolean();
    var looks = new AtomicInteger();
    try (var monitor = new Monitor()) {
      monitor.watch(
          "jobs",
          () -> {
            looks.incrementAndGet();
            if (away.get()) {
              throw new IOException("the server is away\n\tat line two");
            }
            return new Backlog.Depth(40, 100, 70, 30, Duration.ofSeconds(5));
          });

      Until.holds("it is shown", () -> !monitor.snapshot().channels().isEmpty());
      var jobs = monitor.snapshot().channels().getFirst();
      assertThat(jobs.name()).isEqualTo("jobs");
      assertThat(jobs.size()).isEqualTo(40);
      assertThat(jobs.received()).isEqualTo(30);
      assertThat(jobs.oldest()).isEqualTo(Duration.ofSeconds(5));

      away.set(true);
      Until.holds("it is not", () -> monitor.snapshot().channels().isEmpty());
      var unreadable = monitor.snapshot().unreadable();
      assertThat(unreadable).extracting(Snapshot.Unreadable::name).containsExactly("jobs");
      assertThat(unreadable.getFirst().reason()).isEqualTo("the server is away");
      Until.holds("it is looked at again", () -> looks.get() > 4);
      assertThat(monitor.snapshot().unreadable()).isEqualTo(unreadable); // since the same time
      assertThat(new String(monitor.snapshot().json(), UTF_8))
          .contains("\"unreadable\":[{\"name\":\"jobs\"", "\"reason\":\"the server is away\"");

      away.set(false);
      Until.holds("it is again", () -> !monitor.snapshot().channels().isEmpty());
      assertThat(monitor.snapshot().unreadable()).isEmpty();
    }
  }

  @Test
  void a_queue_that_does_not_answer_keeps_no_other_from_being_looked_at() throws Exception {
    var never = new CountDownLatch(1);
    try (var monitor = new Monitor()) {
      monitor.watch(
          "silent",
          () -> {
            never.await();
            throw new IOException("let go");
          });
      monitor.watch("jobs", () -> new Backlog.Depth(1, 100, 1, 0, Duration.ZERO));

      Until.holds("the other is shown", () -> !monitor.snapshot().channels().isEmpty());
      assertThat(monitor.snapshot().channels().getFirst().name()).isEqualTo("jobs");
    } finally {
      never.countDown();
    }
  }

  @Test
  void a_queue_that_has_not_answered_for_long_is_told() throws Exception {
    var never = new CountDownLatch(1);
    var silent =
        new WatchedBacklog(
            "silent",
            () -> {
              never.await();
              throw new IOException("let go");
            });
    silent.start();
    try {
      long now = System.nanoTime();

      assertThat(silent.read(now).unreadable()).isNull();
      assertThat(silent.read(now + WatchedBacklog.SILENCE.toNanos()).unreadable())
          .extracting(Snapshot.Unreadable::reason)
          .asString()
          .matches("no answer for \\d\\d s"); // ten, or more if this thread was kept waiting
    } finally {
      silent.stop();
    }
  }

  @Test
  void however_often_it_is_asked_it_looks_ten_times_a_second_at_most() throws Exception {
    try (var monitor = new Monitor()) {
      long begun = System.nanoTime();
      long first = monitor.snapshot().number();
      long last = first;
      while (System.nanoTime() - begun < 550_000_000) {
        last = monitor.snapshot().number();
      }

      long most = 1 + (System.nanoTime() - begun) / Monitor.PERIOD.toNanos();
      assertThat(last - first).isBetween(1L, most);
    }
  }

  @Test
  void those_that_have_ended_are_forgotten_in_the_end() throws Exception {
    try (var monitor = new Monitor()) {
      for (int i = 0; i < 50; i++) {
        var running = Pipeline.from(Source.of(List.of(i))).to(n -> {}).start();
        monitor.watch(running);
        running.await();
      }

      Until.holds("few are left", () -> monitor.snapshot().pipelines().size() <= 8);
    }
  }

  @Test
  void a_tap_shows_a_few_items_as_far_as_they_may_be_seen() throws Exception {
    try (var monitor = new Monitor()) {
      var tap = monitor.<String>tap("parsed", text -> text.replaceAll("\\d", "*"));
      Pipeline.from(Source.of(LongStream.range(0, 100_000).mapToObj(i -> "card " + i).toList()))
          .peek(tap)
          .to(text -> {})
          .run();
      Until.holds(
          "it is shown", // which it is not where the monitor has just looked
          () -> monitor.snapshot().taps().stream().anyMatch(it -> !it.samples().isEmpty()));

      var seen = monitor.snapshot().taps().getFirst();

      assertThat(seen.name()).isEqualTo("parsed");
      assertThat(seen.samples()).isNotEmpty().hasSizeLessThanOrEqualTo(10);
      assertThat(seen.samples())
          .allSatisfy(sample -> assertThat(sample.text()).doesNotContainPattern("\\d"));
      tap.read(); // opens it
      tap.accept("x".repeat(1_000));
      assertThat(tap.read().samples().getFirst().text()).hasSize(201);
    }
  }

  @Test
  void what_a_tap_cannot_show_harms_nobody() {
    try (var monitor = new Monitor()) {
      var tap = monitor.<String>tap("bad", text -> text.substring(5));

      tap.accept("abc");

      assertThat(tap.read().samples().getFirst().text()).startsWith("(cannot be shown: java.lang.");
    }
  }
}
