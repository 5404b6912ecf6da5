package dev.sluice.testkit;

import static dev.sluice.testkit.Pitfalls.allOut;
import static dev.sluice.testkit.Pitfalls.awaitThat;
import static dev.sluice.testkit.Pitfalls.balanced;
import static dev.sluice.testkit.Pitfalls.listed;
import static dev.sluice.testkit.Pitfalls.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.ContextCarrier;
import dev.sluice.pipelines.Metrics;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Pitfalls.Eager;
import dev.sluice.testkit.Pitfalls.Living;
import dev.sluice.testkit.Pitfalls.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ways in which rates drifted, workers got lost, and numbers did not add up.
@Timeout(30)
class TimePitfallsTest {

  static Stream<Arguments> shapes() {
    return Pitfalls.shapes();
  }

  // Rates

  @ParameterizedTest
  @CsvSource({
    "1, 1000000000, 1",
    "3, 1000000000, 1",
    "3, 1000000000, 5",
    "7, 1000000, 1",
    "1000, 1000000000, 1",
    "1000, 1000000000, 100",
    "1000, 1000000000, 0",
    "333333, 1000000000, 1",
    "1, 86400000000000, 2"
  })
  void no_more_pass_in_any_time_than_the_rate_and_the_burst_allow(
      long items, long perNanos, long burst) throws Exception {
    var clock = new Eager();
    var times = new ArrayList<Long>();
    var rate = new Rate(items, Duration.ofNanos(perNanos), burst);
    double interval = (double) perNanos / items;
    double atOnce = burst == 0 ? 10_000_000 / interval + 1 : burst;

    var report =
        Pipeline.from(numbers(1_000))
            .peek(i -> {
              if (i % 250 == 249) {
                clock.advance(Duration.ofNanos((long) (40.5 * interval)));
              }
            })
            .throttle(rate)
            .to(i -> times.add(clock.nanoTime()))
            .clock(clock)
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(1_000));
    for (int from = 0; from < 1_000; from++) {
      for (int to = from; to < 1_000; to++) {
        double allowed = (times.get(to) - times.get(from)) / interval + atOnce;
        assertThat(to - from + 1.0)
            .as("from item %s to item %s", from, to)
            .isLessThanOrEqualTo(allowed * (1 + 1e-5) + 1e-6);
      }
    }
    double total = times.getLast() - times.getFirst();
    assertThat(total).as("nor any slower").isLessThanOrEqualTo((1_000 + 4 * 41) * interval);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void a_pause_is_worth_no_more_than_the_burst(int burst) throws Exception {
    var clock = new VirtualClock();
    var in = Channel.<Integer>bounded(100);
    var out = new AtomicInteger();
    var second = Duration.ofSeconds(1);
    try (var running =
        Pipeline.from(Source.of(in))
            .throttle(Rate.perSecond(1).burst(burst))
            .to(i -> out.incrementAndGet())
            .clock(clock)
            .start()) {
      for (int i = 0; i < 3 * burst + 2; i++) {
        in.send(i);
      }
      clock.awaitWaiting(1);
      int atFirst = out.get();
      for (int passed = atFirst; passed < 3 * burst + 2; passed++) {
        assertThat(out).hasValue(passed);
        clock.advance(second);
        int one = passed + 1;
        awaitThat("one more passes", () -> out.get() == one);
        if (one < 3 * burst + 2) {
          clock.awaitWaiting(1);
        }
      }
      clock.advance(Duration.ofHours(1)); // nothing to do
      for (int i = 0; i < burst + 1; i++) {
        in.send(i);
      }
      clock.awaitWaiting(1);

      assertThat(atFirst).isEqualTo(1);
      assertThat(out.get() - (3 * burst + 2)).as("after the pause").isEqualTo(burst);

      clock.advance(second);
      in.close();
      assertThat(balanced(running.await())).isEqualTo(allOut(4L * burst + 3));
    }
  }

  @Test
  void a_throttle_that_is_waited_for_can_be_drained_and_aborted() throws Exception {
    for (boolean abort : List.of(true, false)) {
      var clock = new VirtualClock();
      var source = new Told(100);
      var running =
          Pipeline.from(source)
              .throttle(Rate.per(1, Duration.ofDays(1)).burst(1))
              .to(i -> {})
              .clock(clock)
              .start();
      clock.awaitWaiting(1);

      var report = abort ? running.abort() : running.drain(Duration.ofMillis(20));

      var account = balanced(report.account());
      assertThat(account).isEqualTo(new Account(2, 1, 0, 0, 0, 1, 0));
      source.agreesWith(account);
      assertThat(report.stuck()).hasSize(abort ? 0 : 1);
    }
  }

  // Tuning

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tuning_under_load_loses_nothing(boolean ordered) throws Exception {
    var source = new Told(20_000);
    var out = new ArrayList<Integer>();
    var parallel = ordered ? Parallel.ordered(4) : Parallel.unordered(4);
    var living = new Living();
    var running =
        Pipeline.from(source)
            .buffer(16)
            .map(parallel, i -> i)
            .named("work")
            .to(out::add)
            .carrying(living)
            .start();
    var stage = running.stage("work");

    for (int i = 0; !running.isDone() && running.account().in() < 20_000; i++) {
      stage.concurrency(1 + i % 16);
    }

    assertThat(balanced(running.await())).isEqualTo(allOut(20_000));
    if (ordered) {
      assertThat(out).isEqualTo(listed(20_000));
    } else {
      assertThat(out).containsExactlyInAnyOrderElementsOf(listed(20_000));
    }
    source.agreesWith(allOut(20_000));
    assertThat(living.now).hasValue(0);
    assertThat(living.most.get()).isLessThanOrEqualTo(18);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void workers_that_are_too_many_leave_after_their_item(boolean ordered) throws Exception {
    var active = new AtomicInteger();
    var most = new AtomicInteger();
    var first = new CountDownLatch(1);
    var go = Channel.<Integer>unbounded();
    var parallel = ordered ? Parallel.ordered(8).window(300) : Parallel.unordered(8);
    var running =
        Pipeline.from(numbers(300))
            .map(
                parallel,
                i -> {
                  most.accumulateAndGet(active.incrementAndGet(), Math::max);
                  if (i < 8) {
                    first.await();
                  } else {
                    go.receive();
                  }
                  active.decrementAndGet();
                  return i;
                })
            .named("work")
            .to(i -> {})
            .start();
    awaitThat("all eight are at work", () -> active.get() == 8);

    running.stage("work").concurrency(2);
    first.countDown();
    awaitThat(
        "the others have left",
        () ->
            running.metrics().stages().get(1).in() >= 9
                && active.get() <= 2
                && go.stats().waitingReceivers() == 2); // so none is about to count itself
    most.set(0);
    for (int i = 0; i < 100; i++) {
      go.send(i);
    }
    awaitThat("two go on", () -> active.get() <= 2 && go.size() == 0);
    int withTwo = most.get();
    running.stage("work").concurrency(8);
    awaitThat("eight are back", () -> active.get() == 8);
    for (int i = 0; i < 300; i++) {
      go.send(i);
    }

    assertThat(balanced(running.await())).isEqualTo(allOut(300));
    assertThat(withTwo).isLessThanOrEqualTo(2);
    assertThat(most).hasValue(8);
  }

  @Test
  void a_number_of_workers_that_cannot_be_is_refused() throws Exception {
    var mayGo = new CountDownLatch(1);
    var running =
        Pipeline.from(numbers(10))
            .map(
                Parallel.ordered(2),
                i -> {
                  mayGo.await();
                  return i;
                })
            .named("work")
            .to(i -> {})
            .start();
    var stage = running.stage("work");

    assertThatThrownBy(() -> stage.concurrency(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stage.concurrency(9)).isInstanceOf(IllegalArgumentException.class);
    mayGo.countDown();

    assertThat(balanced(running.await())).isEqualTo(allOut(10));
  }

  // Context

  private static final ScopedValue<String> USER = ScopedValue.newInstance();

  @ParameterizedTest
  @MethodSource("shapes")
  void what_the_starting_thread_had_is_there_in_each_worker(int capacity, int workers)
      throws Exception {
    ContextCarrier carrier =
        () -> {
          var user = USER.get();
          return work ->
              ScopedValue.where(USER, user)
                  .<Void, Exception>call(() -> {
                    work.run();
                    return null;
                  });
        };
    var seen = Collections.synchronizedSet(new HashSet<String>());
    var pipeline =
        Pipeline.from(
                Source.<Integer>of(() -> {
                  seen.add("source " + USER.get());
                  return listed(200).stream();
                }))
            .buffer(capacity)
            .map(
                Parallel.ordered(workers),
                i -> {
                  seen.add("ordered " + USER.get());
                  return i;
                })
            .map(
                Parallel.unordered(workers),
                i -> {
                  seen.add("unordered " + USER.get());
                  return i;
                })
            .partition(workers, i -> i, lane -> lane.peek(i -> seen.add("lane " + USER.get())))
            .alsoTo(side -> side.to(i -> seen.add("side " + USER.get())))
            .to(i -> seen.add("sink " + USER.get()))
            .carrying(carrier);

    var report = ScopedValue.where(USER, "ann").call(pipeline::run);

    assertThat(balanced(report)).isEqualTo(allOut(200));
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "source ann", "ordered ann", "unordered ann", "lane ann", "side ann", "sink ann");
  }

  // Numbers

  @ParameterizedTest
  @MethodSource("shapes")
  void counters_only_grow_and_add_up_at_any_moment(int capacity, int workers) throws Exception {
    var source = new Told(20_000);
    var running =
        Pipeline.from(source)
            .buffer(capacity)
            .map(
                Parallel.ordered(workers),
                i -> {
                  if (i % 5 == 0) {
                    throw new IOException("each fifth");
                  }
                  return i;
                })
            .onError(OnError.skip())
            .named("work")
            .filter(i -> i % 5 != 1)
            .batch(10, Duration.ofMillis(1))
            .to(batch -> {})
            .start();
    var before = running.metrics();
    var account = running.account();

    while (!running.isDone()) {
      var now = running.metrics();
      var next = running.account();
      assertGrew(before, now);
      assertThat(next.balances()).as("%s", next).isTrue();
      assertThat(next.in()).isGreaterThanOrEqualTo(account.in());
      assertThat(next.out()).isGreaterThanOrEqualTo(account.out());
      assertThat(next.filtered()).isGreaterThanOrEqualTo(account.filtered());
      assertThat(next.dropped()).isGreaterThanOrEqualTo(account.dropped());
      before = now;
      account = next;
    }

    var report = running.await();
    assertGrew(before, report.metrics());
    assertThat(balanced(report)).isEqualTo(new Account(20_000, 12_000, 4_000, 4_000, 0, 0, 0));
    source.agreesWith(report.account());
    var work = stage(report.metrics(), "work");
    assertThat(List.of(work.in(), work.out(), work.failed()))
        .containsExactly(20_000L, 16_000L, 4_000L);
    var filter = stage(report.metrics(), "filter");
    assertThat(List.of(filter.in(), filter.out())).containsExactly(16_000L, 12_000L);
    var batch = stage(report.metrics(), "batch");
    var sink = stage(report.metrics(), "sink");
    assertThat(batch.in()).isEqualTo(12_000);
    assertThat(List.of(batch.out(), sink.out())).containsOnly(sink.in());
  }

  private static void assertGrew(Metrics before, Metrics now) {
    for (int i = 0; i < now.stages().size(); i++) {
      var was = before.stages().get(i);
      var is = now.stages().get(i);
      if (List.of("source", "work").contains(is.name())) { // those after sum up several counters
        assertThat(is.in()).as("in of %s", is.name()).isGreaterThanOrEqualTo(was.in());
        assertThat(is.out()).as("out of %s", is.name()).isGreaterThanOrEqualTo(was.out());
      }
      assertThat(is.failed()).as("failed of %s", is.name()).isGreaterThanOrEqualTo(was.failed());
      assertThat(is.queued()).as("queued before %s", is.name()).isLessThanOrEqualTo(is.capacity());
      assertThat(List.of(is.busy(), is.starved(), is.blocked(), is.delayed()))
          .as("shares of %s", is.name())
          .allMatch(share -> share >= 0);
    }
  }

  private static Metrics.Stage stage(Metrics metrics, String name) {
    return metrics.stages().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }
}
