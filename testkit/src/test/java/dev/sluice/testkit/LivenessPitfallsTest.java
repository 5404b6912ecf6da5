package dev.sluice.testkit;

import static dev.sluice.testkit.Pitfalls.allOut;
import static dev.sluice.testkit.Pitfalls.awaitThat;
import static dev.sluice.testkit.Pitfalls.awaitWaiting;
import static dev.sluice.testkit.Pitfalls.balanced;
import static dev.sluice.testkit.Pitfalls.numbers;
import static dev.sluice.testkit.Pitfalls.raise;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Branch;
import dev.sluice.pipelines.Metrics;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Slow;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import dev.sluice.testkit.Pitfalls.Living;
import dev.sluice.testkit.Pitfalls.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ways in which pipelines have hung, there and elsewhere.
@Timeout(30)
class LivenessPitfallsTest {

  static Stream<Arguments> shapes() {
    return Pitfalls.shapes();
  }

  /// As drivers of databases do. On Java 21 each keeps its carrier, of which there may be one.
  @Test
  void sinks_that_wait_within_a_monitor_still_drain() throws Exception {
    var written = new AtomicInteger();
    var pipe =
        Pipeline.from(numbers(64 * 20))
            .partition(
                64,
                i -> i,
                one ->
                    one.peek(i -> {
                      var monitor = new Object();
                      synchronized (monitor) {
                        LockSupport.parkNanos(100_000);
                        written.incrementAndGet();
                      }
                    }));

    var running = pipe.to(i -> {}).start();
    awaitThat("some are written", () -> written.get() > 100);
    var report = running.drain(Duration.ofSeconds(20));

    assertThat(balanced(report).out()).isEqualTo(written.get());
  }

  // Cycles

  @ParameterizedTest
  @MethodSource("shapes")
  void a_crawler_ends_however_little_room_its_loop_has(int capacity, int workers) throws Exception {
    var seen = ConcurrentHashMap.<Integer>newKeySet();
    seen.add(0);
    var visited = Collections.synchronizedList(new ArrayList<Integer>());
    var source = new Told(1);

    var report =
        Pipeline.from(source)
            .buffer(capacity)
            .feedback(
                1_000,
                pages ->
                    pages
                        .map(Parallel.unordered(workers), page -> page)
                        .buffer(capacity)
                        .map(page -> page),
                page -> links(page, 500).stream().filter(seen::add).toList())
            .to(visited::add)
            .run();

    assertThat(visited)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 500).boxed().toList());
    assertThat(balanced(report)).isEqualTo(allOut(1));
    source.agreesWith(report.account());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void a_loop_that_overflows_ends_and_says_so(int capacity, int workers) throws Exception {
    var source = new Told(100);
    var out = new AtomicInteger();

    var report =
        Pipeline.from(source)
            .feedback(
                1,
                items -> items.buffer(capacity).map(Parallel.ordered(workers), i -> i),
                i -> i < 1_000 ? List.of(i + 1_000, i + 2_000, i + 3_000) : List.of())
            .onError(OnError.skip())
            .to(i -> out.incrementAndGet())
            .run();

    var account = balanced(report);
    assertThat(account.in()).isEqualTo(100);
    assertThat(account.dropped()).as("three never fit where one may wait").isPositive();
    assertThat(account.out() + account.dropped()).isEqualTo(100);
    assertThat(out.get()).isGreaterThanOrEqualTo(100);
    source.agreesWith(account);
  }

  @Test
  void what_goes_round_is_not_starved_by_new_input_that_never_ends() throws Exception {
    var cameRound = new CountDownLatch(1);
    var seen = new AtomicInteger();
    try (var running =
        Pipeline.from(numbers(Integer.MAX_VALUE))
            .feedback(1_000, i -> i.peek(x -> spin()), i -> i == 0 ? List.of(-1) : List.of())
            .to(i -> {
              if (cameRound.getCount() > 0) {
                seen.incrementAndGet();
              }
              if (i == -1) {
                cameRound.countDown();
              }
            })
            .start()) {

      assertThat(cameRound.await(10, SECONDS)).isTrue();
      balanced(running.drain(Duration.ofSeconds(10)));
    }

    assertThat(seen.get()).as("items that passed before it").isLessThan(1_000);
  }

  // Stopping

  @ParameterizedTest
  @MethodSource("shapes")
  void a_drain_ends_in_time_though_the_sink_hangs_and_all_queues_are_full(int capacity, int workers)
      throws Exception {
    var source = new Told(Integer.MAX_VALUE);
    var living = new Living();
    var running = clogged(source, living, capacity, workers);

    var report = running.drain(Duration.ofMillis(20));

    assertThat(living.now).as("workers that were given up").hasValue(0);
    assertThat(report.stuck()).extracting(Report.Stuck::stage).containsExactly("clog");
    var account = balanced(report.account());
    assertThat(account.out()).isZero();
    source.agreesWith(account);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void an_abort_ends_in_time_though_the_sink_hangs_and_all_queues_are_full(
      int capacity, int workers) throws Exception {
    var source = new Told(Integer.MAX_VALUE);
    var living = new Living();
    var running = clogged(source, living, capacity, workers);

    var report = running.abort();

    assertThat(living.now).as("workers that were given up").hasValue(0);
    source.agreesWith(balanced(report));
  }

  private static Running clogged(Told source, Living living, int capacity, int workers)
      throws Exception {
    var inHand = new CountDownLatch(1);
    var running =
        Pipeline.from(source)
            .buffer(capacity)
            .map(Parallel.ordered(workers), i -> i)
            .buffer(capacity)
            .to(
                "clog",
                i -> {
                  inHand.countDown();
                  new CountDownLatch(1).await();
                })
            .carrying(living)
            .start();
    assertThat(inHand.await(10, SECONDS)).isTrue();
    living.awaitRest(1 + workers + 1 + 1); // reader, workers, what puts in order, sink
    return running;
  }

  @Test
  void a_source_that_is_deaf_to_interrupts_is_left_behind_and_named() throws Exception {
    var asked = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    var deaf =
        Source.<Integer>calling(() -> {
          asked.countDown();
          awaitDeafly(mayGo);
          return 1;
        });
    var running = Pipeline.from(deaf).named("deaf").to(i -> {}).start();
    assertThat(asked.await(10, SECONDS)).isTrue();

    var report = running.drain(Duration.ofMillis(20));
    mayGo.countDown();

    assertThat(report.stuck()).extracting(Report.Stuck::stage).containsExactly("deaf");
    assertThat(balanced(report.account())).isEqualTo(allOut(0));
  }

  private static void awaitDeafly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // The one thing that it must not do, and does.
      }
    }
  }

  @Test
  void a_thousand_pipelines_end_whenever_they_are_stopped() throws Exception {
    var random = new Random(11);
    for (int round = 0; round < 125; round++) {
      var actors = new ArrayList<Actor<?>>();
      for (int i = 0; i < 8; i++) {
        long seed = random.nextLong();
        actors.add(Actor.playing(() -> startAndStop(new Random(seed))));
      }
      for (var actor : actors) {
        actor.awaitDone();
      }
    }
  }

  private static void startAndStop(Random random) throws Exception {
    var source = new Told(Integer.MAX_VALUE);
    int stopAt = random.nextInt(100);
    var reached = new CountDownLatch(stopAt);
    int capacity = 1 + random.nextInt(3);
    int workers = 1 + random.nextInt(3);
    boolean ordered = random.nextBoolean();
    var living = new Living();
    var running =
        Pipeline.from(source)
            .buffer(capacity)
            .map(ordered ? Parallel.ordered(workers) : Parallel.unordered(workers), i -> i)
            .buffer(capacity)
            .to(i -> reached.countDown())
            .carrying(living)
            .start();
    assertThat(reached.await(10, SECONDS)).isTrue();
    boolean abort = random.nextBoolean();

    var report = abort ? running.abort() : running.drain(Duration.ofSeconds(10));

    var account = balanced(report);
    source.agreesWith(account);
    assertThat(account.out()).isGreaterThanOrEqualTo(abort ? 0 : stopAt);
    assertThat(abort ? 0 : account.abandoned()).isZero();
    assertThat(living.now).hasValue(0);
  }

  interface Ending {
    void end(Running running) throws Exception;
  }

  static Stream<Arguments> endings() {
    BiFunction<String, Ending, Named<Ending>> named = Named::of;
    var ways =
        List.of(
            named.apply("drain", running -> running.drain(Duration.ofSeconds(5))),
            named.apply("abort", Running::abort),
            named.apply("await", Running::await),
            named.apply("close", Running::close));
    return ways.stream()
        .flatMap(way ->
            Stream.of("source", "map", "workers", "any", "batch", "sink", "letters")
                .map(place -> Arguments.of(way, place)));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void a_stage_that_would_end_its_own_run_is_told_so(Ending ending, String place) throws Exception {
    var handle = new CompletableFuture<Running>();
    var told = new AtomicReference<Throwable>();
    record End(CompletableFuture<Running> handle, AtomicReference<Throwable> told, Ending ending) {
      void at(boolean here) throws Exception {
        if (here) {
          try {
            ending.end(handle.get());
          } catch (IllegalStateException e) {
            told.set(e);
          }
        }
      }
    }
    var end = new End(handle, told, ending);
    var left = new AtomicInteger(1);
    var running =
        Pipeline.from(
                Source.<Integer>calling(() -> {
                  end.at(place.equals("source"));
                  return left.getAndDecrement() > 0 ? 1 : null;
                }))
            .peek(i -> end.at(place.equals("map")))
            .map(
                Parallel.ordered(2),
                i -> {
                  end.at(place.equals("workers"));
                  return i;
                })
            .map(
                Parallel.unordered(2),
                i -> {
                  end.at(place.equals("any"));
                  return i;
                })
            .batch(1, Duration.ZERO)
            .peek(i -> end.at(place.equals("batch")))
            .to(i -> {
              end.at(place.equals("sink"));
              if (place.equals("letters")) {
                throw new IOException("to become a letter");
              }
            })
            .onError(OnError.deadLetter(letter -> end.at(true)))
            .start();
    handle.complete(running);

    var account = balanced(running.await());

    assertThat(told.get()).isNotNull().hasMessageContaining("would wait for itself");
    assertThat(account.in()).isEqualTo(1);
    assertThat(account.out() + account.deadLettered()).isEqualTo(1);
  }

  // Completion

  @ParameterizedTest
  @MethodSource("shapes")
  void it_ends_though_the_last_items_fail_and_are_skipped(int capacity, int workers)
      throws Exception {
    for (var parallel : List.of(Parallel.ordered(workers), Parallel.unordered(workers))) {
      for (int bad = 0; bad <= 10; bad++) {
        int firstBad = 10 - bad;
        var source = new Told(10);

        var report =
            Pipeline.from(source)
                .buffer(capacity)
                .map(parallel, i -> i < firstBad ? i : raise(new IOException("at the end")))
                .onError(OnError.skip())
                .to(i -> {})
                .run();

        assertThat(balanced(report)).isEqualTo(new Account(10, 10 - bad, 0, bad, 0, 0, 0));
        source.agreesWith(report.account());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void no_wake_up_is_lost_in_a_storm_of_pauses(int capacity, int workers) throws Exception {
    var source = new Told(3_000);
    var running =
        Pipeline.from(source)
            .buffer(capacity)
            .map(Parallel.ordered(workers), i -> i)
            .to(i -> {})
            .start();

    while (!running.isDone() && running.account().in() < 3_000) {
      running.pause();
      Thread.onSpinWait();
      running.resume();
    }

    assertThat(balanced(running.await())).isEqualTo(allOut(3_000));
    source.agreesWith(allOut(3_000));
  }

  @Test
  void a_paused_run_can_be_drained() throws Exception {
    var out = new CountDownLatch(1);
    var source = new Told(Integer.MAX_VALUE);
    var running = Pipeline.from(source).to(i -> out.countDown()).start();
    assertThat(out.await(10, SECONDS)).isTrue();
    running.pause();
    source.awaitBlocked();

    var account = balanced(running.drain(Duration.ofSeconds(10)));

    assertThat(account).isEqualTo(allOut(account.in()));
  }

  // Lanes

  @Test
  void any_number_of_keys_share_few_lanes() throws Exception {
    int items = 200_000;
    var hot = Collections.synchronizedList(new ArrayList<Integer>());
    var living = new Living();

    var report =
        Pipeline.from(numbers(items))
            .partition(4, i -> i % 2 == 0 ? -1 : i, lane -> lane.peek(i -> keepHot(i, hot)))
            .to(i -> {})
            .carrying(living)
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(items));
    assertThat(hot).hasSize(items / 2).isSorted();
    assertThat(living.most.get()).as("reader, lanes, what gathers them").isLessThanOrEqualTo(6);
  }

  private static void keepHot(int i, List<Integer> hot) {
    if (i % 2 == 0) {
      hot.add(i);
    }
  }

  @Test
  void a_slow_key_does_not_hold_up_the_other_lanes() throws Exception {
    var mayGo = new CountDownLatch(1);
    var others = new CountDownLatch(200);
    var keys =
        Stream.concat(Stream.of(0), IntStream.range(0, 315).mapToObj(i -> 1 + i % 63)).toList();
    try (var running =
        Pipeline.from(Source.of(keys))
            .partition(
                8,
                key -> key,
                lane ->
                    lane.peek(key -> {
                      if (key == 0) {
                        mayGo.await();
                      }
                    }))
            .to(key -> others.countDown())
            .start()) {

      boolean went = others.await(10, SECONDS);
      mayGo.countDown();

      assertThat(went).as("most of the others overtake the one that is slow").isTrue();
      assertThat(balanced(running.await())).isEqualTo(allOut(316));
    }
  }

  @Test
  void a_lane_that_stays_slow_holds_up_its_input_when_it_is_full() throws Exception {
    var mayGo = new CountDownLatch(1);
    var source = new Told(1_000);
    var running =
        Pipeline.from(source)
            .partition(8, i -> "hot", lane -> lane.peek(i -> mayGo.await()))
            .to(i -> {})
            .start();
    awaitThat("the lane fills", () -> running.account().in() >= 64);
    source.awaitBlocked();

    long delivered = running.account().in();
    mayGo.countDown();

    assertThat(delivered)
        .as("64 that wait, one at work, one in the reader's hand")
        .isBetween(65L, 66L);
    assertThat(balanced(running.await())).isEqualTo(allOut(1_000));
  }

  // Threads

  @Test
  void more_workers_than_connections_only_wait() throws Exception {
    var pool = new Semaphore(2);

    var report =
        Pipeline.from(numbers(2_000))
            .map(
                Parallel.unordered(32),
                i -> {
                  pool.acquire();
                  try {
                    return i;
                  } finally {
                    pool.release();
                  }
                })
            .to(i -> {})
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(2_000));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void there_are_never_more_threads_than_were_described(int capacity, int workers)
      throws Exception {
    for (var parallel : List.of(Parallel.ordered(workers), Parallel.unordered(workers))) {
      var living = new Living();

      var report =
          Pipeline.from(numbers(5_000))
              .buffer(capacity)
              .map(parallel, i -> i)
              .to(i -> spin())
              .carrying(living)
              .run();

      assertThat(balanced(report)).isEqualTo(allOut(5_000));
      assertThat(living.most.get()).as("reader, workers, sink").isLessThanOrEqualTo(workers + 2);
      assertThat(living.now).hasValue(0);
    }
  }

  // Branches

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 1_000})
  void a_branch_that_hangs_stops_the_others_once_its_buffer_is_full(int capacity) throws Exception {
    var mayGo = new CountDownLatch(1);
    hangs(
        capacity,
        pipe -> pipe.alsoTo(Branch.buffer(capacity), b -> b.to(i -> mayGo.await())),
        mayGo);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 1_000})
  void a_buffer_at_the_beginning_of_a_branch_is_all_that_waits_there(int capacity)
      throws Exception {
    var mayGo = new CountDownLatch(1);
    hangs(capacity, pipe -> pipe.alsoTo(b -> b.buffer(capacity).to(i -> mayGo.await())), mayGo);
  }

  /// Plays a pipeline with a branch that hangs until it may go, and has room for so many items.
  private static void hangs(
      int capacity, UnaryOperator<Pipe<Integer>> withBranch, CountDownLatch mayGo)
      throws Exception {
    var main = new AtomicInteger();
    var source = new Told(5_000);
    var running = withBranch.apply(Pipeline.from(source)).to(i -> main.incrementAndGet()).start();
    awaitThat("the branch fills", () -> running.account().in() > capacity);
    source.awaitBlocked();

    int passed = main.get();
    int toldOut = (int) source.count(Outcome.OUT);
    mayGo.countDown();

    assertThat(passed).isBetween(capacity, capacity + 1);
    assertThat(toldOut).as("none is out while a branch has it").isZero();
    assertThat(balanced(running.await())).isEqualTo(allOut(5_000));
    source.agreesWith(allOut(5_000));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 1_000})
  void a_branch_that_drops_holds_nobody_up_and_counts_what_it_dropped(int capacity)
      throws Exception {
    for (var slow : List.of(Slow.DROP_OLDEST, Slow.DROP_NEWEST)) {
      for (var counts : List.of(true, false)) {
        var mayGo = new CountDownLatch(1);
        var inHand = new CountDownLatch(1);
        var main = new CountDownLatch(5_000);
        var side = new ArrayList<Integer>();
        var source = new Told(5_000);
        var options = Branch.buffer(capacity).whenSlow(slow);
        var running =
            Pipeline.from(source)
                .alsoTo(
                    counts ? options : options.bestEffort(),
                    b ->
                        b.to(i -> {
                          inHand.countDown();
                          mayGo.await();
                          side.add(i);
                        }))
                .to(i -> {
                  inHand.await(); // or the branch might take its first when the last has come
                  main.countDown();
                })
                .start();

        assertThat(main.await(10, SECONDS)).as("the others at full speed").isTrue();
        mayGo.countDown();

        var report = running.await();
        int dropped = 5_000 - side.size();
        assertThat(side).hasSize(capacity + 1).isSorted();
        assertThat(side.getLast() == 4_999).isEqualTo(slow == Slow.DROP_OLDEST);
        assertThat(balanced(report))
            .isEqualTo(
                counts ? new Account(5_000, side.size(), 0, dropped, 0, 0, 0) : allOut(5_000));
        source.agreesWith(report.account());
        assertThat(report.metrics().stages().stream().mapToLong(Metrics.Stage::dropped).sum())
            .isEqualTo(dropped);
      }
    }
  }

  // Merges

  @Test
  void no_input_of_a_merge_is_starved_by_one_that_is_never_empty() throws Exception {
    var common = new Told(Integer.MAX_VALUE);
    var rare = Channel.<Integer>bounded(1);
    var arrived = Channel.<Integer>unbounded();
    var asked = new AtomicInteger();
    var passed = new AtomicInteger();
    var rareReader =
        Source.<Integer>calling(() -> {
          asked.incrementAndGet();
          return rare.receive();
        });
    try (var running =
        Pipeline.from(common)
            .merge(Pipeline.from(rareReader))
            .to(i -> {
              common.awaitBlocked(); // so its lane is full, or half full at least
              passed.incrementAndGet();
              if (i < 0) {
                arrived.send(passed.get());
              }
            })
            .start()) {
      for (int i = 1; i <= 5; i++) {
        rare.send(-i);
        int before = i;
        awaitThat("the rare one is in its lane", () -> asked.get() > before);
        int then = passed.get();
        assertThat(arrived.receive(Duration.ofSeconds(10)))
            .as("how many had passed when the rare one came, after %s", then)
            .isNotNull()
            .isLessThan(then + 128);
      }
      balanced(running.abort());
    }
  }

  @Test
  void no_worker_of_a_balance_is_starved_by_another_that_is_never_idle() throws Exception {
    var rareMayCome = new CountDownLatch(1);
    var came = new CountDownLatch(1);
    var common = new AtomicReference<@Nullable Thread>();
    var inLane = new CountDownLatch(1);
    var rare = new AtomicReference<@Nullable Thread>();
    var running =
        Pipeline.from(numbers(Integer.MAX_VALUE))
            .balance(
                Parallel.unordered(2),
                piece ->
                    piece.map(i -> {
                      var self = Thread.currentThread();
                      if (self.equals(rare.get())) { // its result is in its lane: now it hangs
                        inLane.countDown();
                        new CountDownLatch(1).await();
                      }
                      if (i > 10_000 && rare.compareAndSet(null, self)) {
                        rareMayCome.countDown();
                        return -1;
                      }
                      common.set(self);
                      return i;
                    }))
            .to(i -> {
              if (i == -1) {
                came.countDown();
              } else if (rareMayCome.getCount() == 0) {
                awaitWaiting(
                    Objects.requireNonNull(
                        common.get())); // so its lane is full, or half full at least
              }
            })
            .start();

    assertThat(inLane.await(10, SECONDS)).isTrue();
    boolean arrived = came.await(10, SECONDS);

    balanced(running.abort());
    assertThat(arrived).isTrue();
  }

  /// A way to let four workers apply a function.
  interface Crew {
    Pipe<Integer> apply(Pipe<Integer> pipe, ThrowingFunction<Integer, Integer> function);
  }

  static Stream<Named<Crew>> crews() {
    return Stream.of(
        Named.of(
            "ordered", (pipe, function) -> pipe.map(Parallel.ordered(4).window(20_000), function)),
        Named.of("unordered", (pipe, function) -> pipe.map(Parallel.unordered(4), function)),
        Named.of(
            "balance",
            (pipe, function) -> pipe.balance(Parallel.unordered(4), piece -> piece.map(function))));
  }

  /// Workers take many quick items at a time: what one has in hand must not wait behind the item
  /// that it is at.
  @ParameterizedTest
  @MethodSource("crews")
  void what_was_taken_with_a_slow_item_does_not_wait_for_it(Crew crew) throws Exception {
    int items = 10_000;
    var others = new CountDownLatch(items - 3);

    var report =
        crew.apply(
                Pipeline.from(numbers(items)),
                i -> {
                  if (i == 2_000 || i == 5_000 || i == items - 100) { // the last near the end
                    others.await();
                  } else {
                    others.countDown();
                  }
                  return i;
                })
            .to(_ -> {})
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(items));
  }

  @Test
  void an_input_that_comes_first_does_not_wait_for_one_that_is_never_empty() throws Exception {
    var common = new Told(Integer.MAX_VALUE);
    var urgent = Channel.<Integer>bounded(1);
    var arrived = Channel.<Integer>unbounded();
    var asked = new AtomicInteger();
    var passed = new AtomicInteger();
    var urgentReader =
        Source.<Integer>calling(() -> {
          asked.incrementAndGet();
          return urgent.receive();
        });
    try (var running =
        Pipeline.from(urgentReader)
            .mergeFirst(Pipeline.from(common))
            .to(i -> {
              common.awaitBlocked();
              passed.incrementAndGet();
              if (i < 0) {
                arrived.send(passed.get());
              }
            })
            .start()) {
      for (int i = 1; i <= 5; i++) {
        urgent.send(-i);
        int before = i;
        awaitThat("the urgent one is in its lane", () -> asked.get() > before);
        int then = passed.get();
        assertThat(arrived.receive(Duration.ofSeconds(10)))
            .as("how many had passed when the urgent one came, after %s", then)
            .isNotNull()
            .isLessThan(then + 5);
      }
      balanced(running.abort());
    }
  }

  private static void spin() {
    for (int i = 0; i < 200; i++) {
      Thread.onSpinWait();
    }
  }

  /// Ten links to other pages, and one back.
  private static List<Integer> links(int page, int pages) {
    return IntStream.concat(
            IntStream.rangeClosed(10 * page + 1, 10 * page + 10), IntStream.of(page / 2))
        .filter(i -> i < pages)
        .boxed()
        .toList();
  }
}
