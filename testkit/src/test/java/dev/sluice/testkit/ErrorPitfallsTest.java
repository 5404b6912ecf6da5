package dev.sluice.testkit;

import static dev.sluice.testkit.Pitfalls.allOut;
import static dev.sluice.testkit.Pitfalls.awaitThat;
import static dev.sluice.testkit.Pitfalls.balanced;
import static dev.sluice.testkit.Pitfalls.numbers;
import static dev.sluice.testkit.Pitfalls.raise;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.BatchResult;
import dev.sluice.pipelines.Branch;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.StageFailure;
import dev.sluice.testkit.Pitfalls.Eager;
import dev.sluice.testkit.Pitfalls.Living;
import dev.sluice.testkit.Pitfalls.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Ways in which failures were lost, or cost more than the item that failed.
@Timeout(30)
class ErrorPitfallsTest {
  private static final Duration LONG = Duration.ofDays(1);

  static Stream<Arguments> shapes() {
    return Pitfalls.shapes();
  }

  // Every place where something of the user's is called

  private interface Place {
    Pipeline throwing(Source<Integer> source, Throwable thrown);
  }

  private static final Map<String, Place> PLACES = new TreeMap<>();

  private static void place(String name, Place place) {
    PLACES.put(name, place);
  }

  private static final OnError SKIP = OnError.skip().after(Retry.attempts(2).delay(Duration.ZERO));

  static {
    place("map", (s, e) -> Pipeline.from(s).map(i -> raise(e)).onError(SKIP).to(i -> {}));
    place("filter", (s, e) -> Pipeline.from(s).filter(i -> raise(e)).onError(SKIP).to(i -> {}));
    place("peek", (s, e) -> Pipeline.from(s).peek(i -> raise(e)).onError(SKIP).to(i -> {}));
    place(
        "flatMap",
        (s, e) ->
            Pipeline.from(s)
                .flatMap(i -> Pitfalls.<List<Integer>>raise(e))
                .onError(SKIP)
                .to(i -> {}));
    place(
        "ordered",
        (s, e) ->
            Pipeline.from(s).map(Parallel.ordered(2), i -> raise(e)).onError(SKIP).to(i -> {}));
    place(
        "unordered",
        (s, e) ->
            Pipeline.from(s).map(Parallel.unordered(2), i -> raise(e)).onError(SKIP).to(i -> {}));
    place(
        "balance",
        (s, e) ->
            Pipeline.from(s)
                .balance(Parallel.unordered(2), p -> p.map(i -> raise(e)).onError(SKIP))
                .to(i -> {}));
    place(
        "key",
        (s, e) -> Pipeline.from(s).partition(2, i -> raise(e), p -> p).onError(SKIP).to(i -> {}));
    place(
        "lane",
        (s, e) ->
            Pipeline.from(s)
                .partition(2, i -> i, p -> p.map(i -> raise(e)).onError(SKIP))
                .to(i -> {}));
    place(
        "more",
        (s, e) ->
            Pipeline.from(s)
                .feedback(2, p -> p, i -> Pitfalls.<List<Integer>>raise(e))
                .onError(SKIP)
                .to(i -> {}));
    place(
        "weigher",
        (s, e) -> Pipeline.from(s).batch(2, 9, i -> weigh(e), LONG).onError(SKIP).to(i -> {}));
    place("sink", (s, e) -> Pipeline.from(s).to(i -> raise(e)).onError(SKIP));
    place(
        "batches",
        (s, e) ->
            Pipeline.from(s)
                .batch(2, LONG)
                .to(Sink.<Integer>batches(items -> raise(e)))
                .onError(SKIP));
    place(
        "route", (s, e) -> Pipeline.from(s).route(i -> raise(e), b -> b.to(i -> {})).onError(SKIP));
    place(
        "branch",
        (s, e) -> Pipeline.from(s).alsoTo(b -> b.to(i -> raise(e)).onError(SKIP)).to(i -> {}));
    place(
        "unheeded branch",
        (s, e) ->
            Pipeline.from(s)
                .alsoTo(Branch.buffer(1).bestEffort(), b -> b.to(i -> raise(e)).onError(SKIP))
                .to(i -> {}));
  }

  private static long weigh(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    }
  }

  static Stream<String> places() {
    return PLACES.keySet().stream();
  }

  private static Place at(String name) {
    var place = PLACES.get(name);
    if (place == null) {
      throw new AssertionError(name);
    }
    return place;
  }

  @ParameterizedTest
  @MethodSource("places")
  void an_error_stops_the_run_whatever_the_policy(String place) {
    for (var thrown :
        List.<Error>of(
            new StackOverflowError("deep"),
            new OutOfMemoryError("much"),
            new AssertionError("wrong"),
            new LinkageError("old"))) {
      var source = new Told(50);
      var living = new Living();
      var running = at(place).throwing(source, thrown).carrying(living).start();

      assertThatThrownBy(running::await).isSameAs(thrown);

      assertThat(thrown.getSuppressed()).hasAtLeastOneElementOfType(StageFailure.class);
      var account = balanced(running.account());
      assertThat(account.dropped()).isZero();
      source.agreesWith(account);
      assertThat(living.now).hasValue(0);
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void an_exception_is_skipped_wherever_it_is_thrown(String place) throws Exception {
    var source = new Told(50);

    var report = at(place).throwing(source, new IllegalStateException("again")).run();

    boolean counts = !place.startsWith("unheeded");
    assertThat(balanced(report))
        .isEqualTo(counts ? new Account(50, 0, 0, 50, 0, 0, 0) : allOut(50));
    source.agreesWith(report.account());
  }

  // Counting

  @ParameterizedTest
  @MethodSource("shapes")
  void exactly_as_many_are_skipped_as_may_be(int capacity, int workers) {
    for (var parallel : List.of(Parallel.ordered(workers), Parallel.unordered(workers))) {
      var source = new Told(1_000);
      var thrown = new IOException("each");
      var running =
          Pipeline.from(source)
              .buffer(capacity)
              .map(parallel, i -> raise(thrown))
              .onError(OnError.skip(10))
              .to(i -> {})
              .start();

      assertThatThrownBy(running::await).isSameAs(thrown);

      var account = balanced(running.account());
      assertThat(account.dropped()).isEqualTo(10);
      assertThat(account.out()).isZero();
      source.agreesWith(account);
    }
  }

  /// Whoever looked at the number before it counted would let more of them pass.
  @RepeatedTest(100)
  void no_more_are_skipped_than_may_be_though_all_fail_at_once() {
    var together = new CyclicBarrier(8);
    var thrown = new IOException("each");
    var running =
        Pipeline.from(numbers(8))
            .map(
                Parallel.unordered(8),
                i -> {
                  together.await(10, SECONDS);
                  return raise(thrown);
                })
            .onError(OnError.skip(3))
            .to(i -> {})
            .start();

    assertThatThrownBy(running::await).isSameAs(thrown);

    assertThat(balanced(running.account())).isEqualTo(new Account(8, 0, 0, 3, 0, 5, 0));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void a_failure_further_on_is_not_taken_for_the_stage_s_own(int capacity, int workers) {
    var source = new Told(1_000);
    var thrown = new IOException("the sink's");
    var running =
        Pipeline.from(source)
            .map(i -> i)
            .onError(OnError.skip())
            .flatMap(i -> List.of(i))
            .onError(OnError.skip())
            .buffer(capacity)
            .map(Parallel.ordered(workers), i -> i)
            .onError(OnError.skip())
            .peek(i -> {})
            .onError(OnError.skip())
            .to(i -> raise(thrown))
            .start();

    assertThatThrownBy(running::await).isSameAs(thrown);

    var account = balanced(running.account());
    assertThat(account).isEqualTo(new Account(account.in(), 0, 0, 0, 0, account.in(), 0));
    source.agreesWith(account);
    assertThat(running.metrics().stages())
        .filteredOn(stage -> !stage.name().equals("sink"))
        .allMatch(stage -> stage.failed() == 0);
  }

  @Test
  void a_poison_item_is_tried_so_often_and_no_more() throws Exception {
    var tries = new AtomicInteger();
    var dead = new ArrayList<DeadLetter>();
    var thrown = new IOException("poison");
    var source = new Told(10);

    var report =
        Pipeline.from(source)
            .map(i -> {
              if (i == 4) {
                tries.incrementAndGet();
                throw thrown;
              }
              return i;
            })
            .onError(OnError.deadLetter(dead::add).after(Retry.attempts(5).delay(Duration.ZERO)))
            .to(i -> {})
            .run();

    assertThat(tries).hasValue(5);
    assertThat(dead).containsExactly(new DeadLetter(4, 4, "map", thrown, 5));
    assertThat(balanced(report)).isEqualTo(new Account(10, 9, 0, 0, 1, 0, 0));
    source.agreesWith(report.account());
  }

  // Retries

  @ParameterizedTest
  @MethodSource("shapes")
  void items_that_wait_for_another_attempt_hold_up_their_source(int capacity, int workers)
      throws Exception {
    var clock = new VirtualClock();
    var source = new Told(Integer.MAX_VALUE);
    var running =
        Pipeline.from(source)
            .buffer(capacity)
            .map(Parallel.ordered(workers).window(workers), i -> raise(new IOException("always")))
            .onError(OnError.stop().after(Retry.attempts(9).delay(Duration.ofMinutes(1))))
            .to(i -> {})
            .clock(clock)
            .start();
    clock.awaitWaiting(1);
    awaitThat("the buffer fills", () -> running.account().in() > capacity);
    source.awaitBlocked();

    long delivered = running.account().in();

    assertThat(delivered).isLessThanOrEqualTo(capacity + workers + 1);
    var account = balanced(running.abort());
    assertThat(account.abandoned()).isEqualTo(account.in());
    source.agreesWith(account);
  }

  @Test
  void items_that_failed_together_don_t_come_back_together() throws Exception {
    var clock = new Eager();
    var delays = new ArrayList<Long>();
    var failedAt = new AtomicLong();

    var report =
        Pipeline.from(numbers(200))
            .map(i -> {
              long now = clock.nanoTime();
              if (failedAt.get() == 0) {
                failedAt.set(now + 1);
                throw new IOException("once");
              }
              delays.add(now + 1 - failedAt.getAndSet(0));
              return i;
            })
            .onError(
                OnError.stop().after(Retry.attempts(2).delay(Duration.ofMillis(100)).jitter(0.5)))
            .to(i -> {})
            .clock(clock)
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(200));
    assertThat(delays).hasSize(200).allMatch(nanos -> nanos >= 50_000_000 && nanos <= 100_000_000);
    assertThat(delays.stream().distinct().count()).isGreaterThan(150);
    assertThat(delays).anyMatch(nanos -> nanos < 60_000_000).anyMatch(nanos -> nanos > 90_000_000);
  }

  @Test
  void a_retry_condition_that_throws_stops_the_run_and_the_source_is_told() {
    var thrown = new IllegalStateException("the condition");
    var cause = new IOException("the item");
    var retry =
        Retry.attempts(3)
            .when(e -> {
              throw thrown;
            });
    for (var pipeline :
        List.<Function<Source<Integer>, Pipeline>>of(
            s ->
                Pipeline.from(s)
                    .map(i -> raise(cause))
                    .onError(OnError.skip().after(retry))
                    .to(i -> {}),
            s ->
                Pipeline.from(s)
                    .batch(3, LONG)
                    .to(Sink.<Integer>batches(b -> BatchResult.failed(Map.of(1, cause))))
                    .onError(OnError.skip().after(retry)))) {
      var source = new Told(6);
      var running = pipeline.apply(source).start();

      assertThatThrownBy(running::await).isSameAs(thrown).hasSuppressedException(cause);

      var account = balanced(running.account());
      assertThat(account.abandoned()).isPositive();
      source.agreesWith(account);
    }
  }

  // Dead letters

  @Test
  void a_dead_letter_sink_that_fails_stops_the_run_under_each_policy() {
    var cause = new IOException("the item");
    for (var thrown : List.of(new IOException("the letter"), new AssertionError("worse"), cause)) {
      Sink<DeadLetter> broken = letter -> raise(thrown);
      var letters = OnError.deadLetter(broken);
      var byKey = OnError.<Integer>deadLetterKey(i -> i, 9, broken);
      var retry = Retry.attempts(2).delay(Duration.ZERO);
      for (var policy : List.of(letters, byKey, letters.after(retry), byKey.after(retry))) {
        var source = new Told(100);
        var running =
            Pipeline.from(source)
                .map(i -> i == 3 ? raise(cause) : i)
                .onError(policy)
                .to(i -> {})
                .onError(OnError.skip())
                .start();

        assertThatThrownBy(running::await).isSameAs(thrown);

        assertThat(balanced(running.account())).isEqualTo(new Account(4, 3, 0, 0, 0, 1, 0));
        source.agreesWith(running.account());
        if (!thrown.equals(cause)) {
          assertThat(thrown.getSuppressed()).contains(cause);
        }
      }
    }
  }

  // Drains

  @Test
  void a_failure_during_a_drain_is_thrown_by_it() throws Exception {
    var inHand = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    var thrown = new IOException("during the drain");
    var source = new Told(Integer.MAX_VALUE);
    var running =
        Pipeline.from(source)
            .buffer(2)
            .map(i -> {
              inHand.countDown();
              mayGo.await();
              return raise(thrown);
            })
            .to(i -> {})
            .start();
    assertThat(inHand.await(10, SECONDS)).isTrue();
    try (var drainer = Actor.playing(() -> running.drain(Duration.ofSeconds(20)))) {
      drainer.awaitWaiting();

      mayGo.countDown();

      assertThat(drainer.awaitFailure()).isSameAs(thrown);
    }
    source.agreesWith(balanced(running.account()));
  }

  @Test
  void a_last_batch_that_fails_during_a_drain_is_thrown_and_so_is_the_end_of_its_sink()
      throws Exception {
    var thrown = new IOException("the last batch");
    var second = new IOException("the end");
    var in = Channel.<Integer>bounded(10);
    var sink =
        new Sink<List<Integer>>() {
          @Override
          public void write(List<Integer> item) throws Exception {
            throw thrown;
          }

          @Override
          public void finish() throws Exception {
            throw second;
          }
        };
    var running = Pipeline.from(Source.of(in)).batch(7, LONG).to(sink).start();
    in.send(1);
    awaitThat("it is taken", () -> running.account().in() == 1);

    assertThatThrownBy(() -> running.drain(Duration.ofSeconds(10)))
        .isSameAs(thrown)
        .hasSuppressedException(second);

    assertThat(balanced(running.account())).isEqualTo(new Account(1, 0, 0, 0, 0, 1, 0));
  }

  // Branches

  @Test
  void a_failure_in_a_side_branch_is_its_policy_s() throws Exception {
    var thrown = new IOException("the second");
    for (var options : List.of(Branch.buffer(3), Branch.buffer(3).bestEffort())) {
      var dead = new ArrayList<DeadLetter>();
      for (var policy : List.of(OnError.stop(), OnError.skip(), OnError.deadLetter(dead::add))) {
        var source = new Told(10);
        var running =
            Pipeline.from(source)
                .alsoTo(options, b -> b.to("side", i -> secondly(i, thrown)).onError(policy))
                .to(i -> {})
                .start();
        if (policy.equals(OnError.stop())) {
          assertThatThrownBy(running::await).isSameAs(thrown);
        } else {
          var account = balanced(running.await());
          assertThat(account.in()).isEqualTo(10);
          assertThat(account.dropped() + account.deadLettered())
              .isEqualTo(options.counts() ? 1 : 0);
        }
        source.agreesWith(balanced(running.account()));
      }
      assertThat(dead).hasSize(1).allMatch(letter -> letter.stage().equals("side"));
    }
  }

  private static void secondly(int i, Exception thrown) throws Exception {
    if (i == 1) {
      throw thrown;
    }
  }

  // Interrupts

  private static Stream<String> waits() {
    return Stream.of(
        "source", "room", "map", "worker", "sink", "throttle", "retry", "linger", "pause");
  }

  @ParameterizedTest
  @MethodSource("waits")
  void an_interrupt_of_the_caller_ends_every_wait(String place) throws Exception {
    var living = new Living();
    var reached = new CountDownLatch(1);
    var source = new Told(place.equals("linger") ? 1 : 1_000);
    Pipe<Integer> pipe =
        Pipeline.from(source)
            .merge(Pipeline.from(Source.<Integer>calling(() -> hang(true, reached))))
            .buffer(2);
    var pipeline =
        switch (place) {
          case "source", "linger" -> pipe.batch(5, LONG).to(i -> {});
          case "map" -> pipe.peek(i -> hang(true, reached)).to(i -> {});
          case "worker" -> pipe.map(Parallel.ordered(3), i -> hang(true, reached)).to(i -> {});
          case "throttle" -> pipe.throttle(Rate.per(1, LONG)).to(i -> {});
          case "retry" ->
              pipe.peek(i -> raise(new IOException("again")))
                  .onError(OnError.skip().after(Retry.attempts(2).delay(LONG)))
                  .to(i -> {});
          default -> pipe.to(i -> hang(true, reached));
        };
    var whole = pipeline.carrying(living);
    try (var caller = Actor.playing(whole::run)) {
      assertThat(reached.await(10, SECONDS)).isTrue();
      source.awaitBlocked(); // or at its end: what reached that place may be of the other source
      caller.awaitWaiting();

      caller.interrupt();

      assertThat(caller.awaitFailure()).isInstanceOf(InterruptedException.class);
    }
    assertThat(living.now).hasValue(0);
    assertThat(source.outcomes.values()).hasSizeBetween(1, 1_000);
  }

  private static Integer hang(boolean hangs, CountDownLatch reached) throws InterruptedException {
    reached.countDown();
    if (hangs) {
      new CountDownLatch(1).await();
    }
    return 0;
  }

  @Test
  void closing_while_interrupted_aborts_and_keeps_the_interrupt() throws Exception {
    var inHand = new CountDownLatch(1);
    var source = new Told(100);
    var running = Pipeline.from(source).to(i -> hang(true, inHand)).start();
    assertThat(inHand.await(10, SECONDS)).isTrue();

    var closer =
        Actor.playing(() -> {
          Thread.currentThread().interrupt();
          running.close();
          return Thread.currentThread().isInterrupted();
        });

    assertThat(closer.awaitDone()).isTrue();
    var account = balanced(running.await());
    assertThat(account).isEqualTo(new Account(account.in(), 0, 0, 0, 0, account.in(), 0));
    source.agreesWith(account);
  }
}
