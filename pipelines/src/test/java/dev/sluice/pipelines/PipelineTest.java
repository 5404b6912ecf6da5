package dev.sluice.pipelines;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a pipeline makes of its items, and that its account balances every time.
@Timeout(30)
class PipelineTest {

  static Stream<Arguments> shapes() {
    return Stream.of(1, 2, 16, 1_000)
        .flatMap(capacity -> Stream.of(1, 2, 8).map(workers -> Arguments.of(capacity, workers)));
  }

  @Test
  void items_go_through_the_stages_in_order() throws Exception {
    var out = new ArrayList<String>();

    var report =
        Pipeline.from(Source.of(1, 2, 3, 4)).map(i -> i * 10).map(i -> "n" + i).to(out::add).run();

    assertThat(out).containsExactly("n10", "n20", "n30", "n40");
    assertThat(balanced(report)).isEqualTo(new Account(4, 4, 0, 0, 0, 0, 0));
  }

  @Test
  void an_empty_source_ends_at_once() throws Exception {
    var out = new ArrayList<List<Object>>();

    var report =
        Pipeline.from(Source.of(List.of()))
            .map(Parallel.ordered(2), i -> i)
            .batch(3, Duration.ofSeconds(1))
            .to(out::add)
            .run();

    assertThat(out).isEmpty();
    assertThat(balanced(report).in()).isZero();
  }

  @Test
  void a_pipeline_runs_as_often_as_one_likes() throws Exception {
    var out = Collections.synchronizedList(new ArrayList<Integer>());
    var pipeline = Pipeline.from(Source.of(1, 2)).map(Parallel.ordered(2), i -> i).to(out::add);

    balanced(pipeline.run());
    balanced(pipeline.run());

    assertThat(out).containsExactly(1, 2, 1, 2);
  }

  @Test
  void lines_of_a_file_are_a_source(@TempDir Path dir) throws Exception {
    var file = Files.writeString(dir.resolve("f"), "one\ntwo\r\nthree");
    var out = new ArrayList<String>();

    balanced(Pipeline.from(Source.lines(file)).to(out::add).run());

    assertThat(out).containsExactly("one", "two", "three");
  }

  @Test
  void a_channel_is_a_source_until_it_is_closed() throws Exception {
    var channel = Channel.<Integer>bounded(2);
    var out = new ArrayList<Integer>();
    try (var running = Pipeline.from(Source.of(channel)).to(out::add).start()) {
      channel.send(1);
      channel.send(2);
      channel.send(3);
      channel.close();

      balanced(running.await());
    }

    assertThat(out).containsExactly(1, 2, 3);
  }

  @Test
  void a_channel_closed_with_a_cause_fails_the_run_with_that_cause() throws Exception {
    var channel = Channel.<Integer>bounded(2);
    var cause = new IOException("line went dead");
    channel.send(1);
    channel.close(cause);
    var out = new ArrayList<Integer>();

    assertThatThrownBy(() -> Pipeline.from(Source.of(channel)).to(out::add).run()).isSameAs(cause);

    assertThat(out).containsExactly(1);
  }

  @Test
  void what_a_filter_turns_away_is_filtered() throws Exception {
    var out = new ArrayList<Integer>();

    var report = Pipeline.from(numbers(100)).filter(i -> i % 4 == 0).to(out::add).run();

    assertThat(out).hasSize(25).allMatch(i -> i % 4 == 0);
    assertThat(balanced(report)).isEqualTo(new Account(100, 25, 75, 0, 0, 0, 0));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void a_parallel_stage_keeps_the_order(int capacity, int workers) throws Exception {
    var out = new ArrayList<Integer>();

    var report =
        Pipeline.from(numbers(5_000))
            .buffer(capacity)
            .map(Parallel.ordered(workers), PipelineTest::nowAndThenSlowly)
            .to(out::add)
            .run();

    assertThat(out).containsExactlyElementsOf(IntStream.range(0, 5_000).boxed().toList());
    assertThat(balanced(report).out()).isEqualTo(5_000);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void every_shape_of_pipeline_balances(int capacity, int workers) throws Exception {
    var left = new ArrayList<Integer>();
    var right = new ArrayList<Integer>();
    var dead = new ArrayList<DeadLetter>();

    var report =
        Pipeline.merge(2, List.of(numbers(700), numbers(300), numbers(0), numbers(1)))
            .buffer(capacity)
            .map(Parallel.ordered(workers), i -> i / (i % 10)) // every tenth divides by zero
            .onError(OnError.deadLetter(dead::add))
            .filter(i -> i % 2 == 0)
            .broadcast(
                a -> a.buffer(capacity).batch(7, Duration.ofMillis(1)).to(left::addAll),
                b -> b.filter(i -> i > 10).buffer(capacity).to(right::add))
            .run();

    var account = balanced(report);
    assertThat(account.in()).isEqualTo(1_001);
    assertThat(account.deadLettered()).isEqualTo(101).isEqualTo(dead.size());
    assertThat(account.out()).isEqualTo(right.size()).isPositive();
    assertThat(left.size()).isGreaterThan(right.size());
    assertThat(account.abandoned() + account.dropped()).isZero();
  }

  @Test
  void one_slow_item_holds_back_no_more_than_the_window() throws Exception {
    var headMayGo = new CountDownLatch(1);
    var done = new AtomicInteger();
    var windowFull = new CountDownLatch(19);
    try (var running =
        Pipeline.from(numbers(1_000))
            .map(
                Parallel.ordered(4).window(20),
                i -> {
                  if (i == 0) {
                    headMayGo.await();
                  } else {
                    done.incrementAndGet();
                    windowFull.countDown();
                  }
                  return i;
                })
            .to(i -> {})
            .start()) {
      assertThat(windowFull.await(10, SECONDS)).isTrue();
      int behindTheHead = done.get();
      headMayGo.countDown();

      assertThat(behindTheHead).isEqualTo(19);
      assertThat(balanced(running.await()).out()).isEqualTo(1_000);
    }
  }

  @Test
  void several_workers_really_work_at_once() throws Exception {
    var together = new CountDownLatch(4);

    var report =
        Pipeline.from(numbers(4))
            .map(
                Parallel.ordered(4),
                i -> {
                  together.countDown();
                  assertThat(together.await(10, SECONDS)).isTrue();
                  return i;
                })
            .to(i -> {})
            .run();

    assertThat(balanced(report).out()).isEqualTo(4);
  }

  @Test
  void a_batch_is_passed_on_when_full_and_the_last_one_at_the_end() throws Exception {
    var out = new ArrayList<List<Integer>>();

    var report = Pipeline.from(numbers(10)).batch(4, Duration.ofDays(1)).to(out::add).run();

    assertThat(out).containsExactly(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7), List.of(8, 9));
    assertThat(balanced(report).out()).isEqualTo(10);
  }

  @Test
  void a_batch_is_passed_on_when_its_first_item_has_waited_long_enough() throws Exception {
    var channel = Channel.<Integer>bounded(10);
    var out = Channel.<List<Integer>>bounded(10);
    try (var running =
        Pipeline.from(Source.of(channel)).batch(100, Duration.ofMillis(20)).to(out::send).start()) {
      channel.send(1);

      assertThat(out.receive()).containsExactly(1);

      channel.close();
      assertThat(balanced(running.await()).out()).isEqualTo(1);
    }
  }

  @Test
  void whatever_becomes_of_a_batch_becomes_of_each_item_in_it() throws Exception {
    var dead = new ArrayList<DeadLetter>();

    var report =
        Pipeline.from(numbers(10))
            .batch(5, Duration.ofDays(1))
            .to(batch -> {
              if (batch.contains(7)) {
                throw new IOException("no seven");
              }
            })
            .onError(OnError.deadLetter(dead::add))
            .run();

    assertThat(balanced(report)).isEqualTo(new Account(10, 5, 0, 0, 5, 0, 0));
    assertThat(dead).hasSize(1);
    assertThat(dead.getFirst().original()).isEqualTo(List.of(5, 6, 7, 8, 9));
    assertThat(dead.getFirst().cause()).hasMessage("no seven");
    assertThat(dead.getFirst().stage()).isEqualTo("sink");
  }

  @Test
  void each_branch_gets_every_item_and_the_worst_outcome_counts() throws Exception {
    var left = new ArrayList<Integer>();
    var right = new ArrayList<Integer>();

    var report =
        Pipeline.from(numbers(10))
            .broadcast(
                a -> a.filter(i -> i >= 4).to(left::add),
                b ->
                    b.map(i -> 100 / (i - 9)) // divides by zero for 9
                        .onError(OnError.skip())
                        .to(right::add))
            .run();

    assertThat(left).containsExactly(4, 5, 6, 7, 8, 9);
    assertThat(right).hasSize(9);
    assertThat(balanced(report)).isEqualTo(new Account(10, 5, 4, 1, 0, 0, 0));
  }

  @Test
  void a_branch_may_branch_again() throws Exception {
    var counts =
        new AtomicInteger[] {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};

    var report =
        Pipeline.from(numbers(50))
            .broadcast(
                a ->
                    a.map(i -> i + 1)
                        .broadcast(
                            c -> c.to(i -> counts[0].incrementAndGet()),
                            d -> d.to(i -> counts[1].incrementAndGet())),
                b -> b.to(i -> counts[2].incrementAndGet()))
            .run();

    assertThat(counts).extracting(AtomicInteger::get).containsExactly(50, 50, 50);
    assertThat(balanced(report).out()).isEqualTo(50);
  }

  @Test
  void a_branch_must_continue_the_pipe_it_is_given() {
    var pipe = Pipeline.from(numbers(1));

    assertThatThrownBy(() -> pipe.broadcast(a -> pipe.to(i -> {})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must continue the pipe");
  }

  @Test
  void each_source_of_a_merge_keeps_its_order() throws Exception {
    var out = new ArrayList<Integer>();

    var report =
        Pipeline.merge(3, List.of(numbers(0, 1_000), numbers(1_000, 2_000), numbers(2_000, 3_000)))
            .to(out::add)
            .run();

    assertThat(balanced(report).out()).isEqualTo(3_000);
    for (int source = 0; source < 3; source++) {
      int from = source * 1_000;
      assertThat(out.stream().filter(i -> i >= from && i < from + 1_000).toList()).isSorted();
    }
    assertThat(out).doesNotHaveDuplicates();
  }

  @Test
  void a_source_is_told_of_each_outcome_exactly_once() throws Exception {
    var told = Collections.synchronizedList(new ArrayList<String>());
    Source<Integer> source =
        () -> {
          var items = List.of(0, 1, 2, 3, 4).iterator();
          return new Cursor<>() {
            @Override
            public @Nullable Integer next() {
              return items.hasNext() ? items.next() : null;
            }

            @Override
            public void settled(Integer item, Outcome outcome) {
              told.add(item + " " + outcome);
            }
          };
        };

    var report =
        Pipeline.from(source)
            .map(i -> 12 / i)
            .onError(OnError.skip(1))
            .filter(i -> i != 4)
            .to(i -> {
              if (i == 6) {
                throw new IOException("six");
              }
            })
            .onError(OnError.deadLetter(d -> {}))
            .run();

    assertThat(told)
        .containsExactlyInAnyOrder("0 DROPPED", "1 OUT", "2 DEAD_LETTERED", "3 FILTERED", "4 OUT");
    balanced(report);
  }

  /// 0 makes 128 ones; each of these, when it has been taken and so made room, one two.
  @Test
  void as_many_may_wait_to_go_round_as_was_said_and_no_more() throws Exception {
    var report =
        Pipeline.from(Source.of(0))
            .feedback(128, piece -> piece, PipelineTest::more)
            .to(i -> {})
            .run();

    assertThat(balanced(report)).isEqualTo(new Account(1, 1, 0, 0, 0, 0, 0));
    assertThat(report.metrics().stages().getLast().in()).isEqualTo(1 + 128 + 128);
    assertThatThrownBy(() ->
            Pipeline.from(Source.of(0))
                .feedback(127, piece -> piece, PipelineTest::more)
                .to(i -> {})
                .run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("more than 127 values were fed back and wait to go round again");
  }

  private static List<Integer> more(int item) {
    return switch (item) {
      case 0 -> Collections.nCopies(128, 1);
      case 1 -> List.of(2);
      default -> List.of();
    };
  }

  /// Waiting is all that the function does, so each further worker helps.
  @Test
  void an_automatic_stage_finds_that_more_workers_help() throws Exception {
    var left = new AtomicInteger(20_000);
    var pipeline =
        Pipeline.from(Source.calling(() -> left.getAndDecrement() > 0 ? "x" : null))
            .map(
                Parallel.auto(1, 8),
                item -> {
                  LockSupport.parkNanos(500_000);
                  return item;
                })
            .to(i -> {});
    try (var running = pipeline.start()) {
      while (running.stage("map").concurrency() < 3) {
        assertThat(running.isDone()).isFalse();
        Thread.onSpinWait();
      }
      balanced(running.abort());
    }
  }

  @Test
  void work_may_run_on_platform_threads() throws Exception {
    var virtual = Collections.synchronizedSet(new java.util.HashSet<Boolean>());
    Sink<Integer> sink = i -> virtual.add(Thread.currentThread().isVirtual());

    Pipeline.from(numbers(1)).to(sink).run();
    Pipeline.from(numbers(1)).to(sink).onPlatformThreads().run();

    assertThat(virtual).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void descriptions_are_checked_when_they_are_written() {
    var pipe = Pipeline.from(numbers(1));

    assertThatThrownBy(() -> pipe.buffer(0)).hasMessage("capacity must be at least 1, but was 0");
    assertThatThrownBy(() -> pipe.batch(0, Duration.ZERO))
        .hasMessage("size must be at least 1, but was 0");
    assertThatThrownBy(() -> Parallel.ordered(0))
        .hasMessage("workers must be at least 1, but was 0");
    assertThatThrownBy(() -> Parallel.ordered(4).window(3)).hasMessageContaining("but was 3");
    assertThatThrownBy(() -> pipe.onError(OnError.stop())).hasMessageContaining("follows 'source'");
    assertThatThrownBy(() -> OnError.skip(-1)).hasMessage("limit must be 0 or more, but was -1");
  }

  static Account balanced(Report report) {
    var account = report.account();
    assertThat(account.balances()).as("%s", account).isTrue();
    assertThat(account.inFlight()).isZero();
    assertThat(report.stuck()).isEmpty();
    return account;
  }

  static Source<Integer> numbers(int count) {
    return numbers(0, count);
  }

  static Source<Integer> numbers(int from, int to) {
    return Source.of(() -> IntStream.range(from, to).iterator());
  }

  private static int nowAndThenSlowly(int i) {
    if (i % 50 == 0) {
      for (int spins = ThreadLocalRandom.current().nextInt(20_000); spins > 0; spins--) {
        Thread.onSpinWait();
      }
    }
    return i;
  }
}
