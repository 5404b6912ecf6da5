package dev.sluice.testkit;

import static dev.sluice.testkit.Pitfalls.allOut;
import static dev.sluice.testkit.Pitfalls.awaitThat;
import static dev.sluice.testkit.Pitfalls.balanced;
import static dev.sluice.testkit.Pitfalls.listed;
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
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.SkippedKeyException;
import dev.sluice.pipelines.Slow;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Pitfalls.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Ways in which a source was told too early, twice, never, or of the wrong item.
@Timeout(30)
class AcknowledgementPitfallsTest {
  private static final Duration LONG = Duration.ofDays(1);

  static Stream<Arguments> shapes() {
    return Pitfalls.shapes();
  }

  // Batches of which a part failed

  enum Policy {
    STOP,
    SKIP,
    DEAD_LETTER
  }

  /// Writes a batch of six, in which the items of a mask fail; these are tried twice if `retried`.
  record Partly(int mask, boolean retried, Policy policy) {
    boolean fails(int item) {
      return (mask & 1 << item) != 0;
    }

    List<Integer> good() {
      return listed(6).stream().filter(i -> !fails(i)).toList();
    }

    List<Integer> bad() {
      return listed(6).stream().filter(this::fails).toList();
    }

    void check() throws Exception {
      var written = new ArrayList<Integer>();
      var calls = new ArrayList<List<Integer>>();
      var dead = new ArrayList<DeadLetter>();
      var source = new Told(6);
      var then =
          switch (policy) {
            case STOP -> OnError.stop();
            case SKIP -> OnError.skip();
            case DEAD_LETTER -> OnError.deadLetter(dead::add);
          };
      var running =
          Pipeline.from(source)
              .batch(6, LONG)
              .to(
                  Sink.<Integer>batches(items -> {
                    calls.add(List.copyOf(items));
                    var failed = new HashMap<Integer, Exception>();
                    for (int i = 0; i < items.size(); i++) {
                      if (fails(items.get(i))) {
                        failed.put(i, new IOException("item " + items.get(i)));
                      } else {
                        written.add(items.get(i));
                      }
                    }
                    return BatchResult.failed(failed);
                  }))
              .onError(retried ? then.after(Retry.attempts(2).delay(Duration.ZERO)) : then)
              .start();
      if (policy == Policy.STOP && mask != 0) {
        assertThatThrownBy(running::await).hasMessage("item " + bad().getFirst());
      } else {
        balanced(running.await());
      }

      var account = balanced(running.account());
      int bad = bad().size();
      assertThat(written).isEqualTo(good());
      assertThat(account)
          .isEqualTo(
              switch (policy) {
                case STOP -> new Account(6, 6 - bad, 0, 0, 0, bad, 0);
                case SKIP -> new Account(6, 6 - bad, 0, bad, 0, 0, 0);
                case DEAD_LETTER -> new Account(6, 6 - bad, 0, 0, bad, 0, 0);
              });
      source.agreesWith(account);
      assertThat(good()).allMatch(i -> source.outcomes.get(i) == Outcome.OUT);
      assertThat(calls)
          .isEqualTo(retried && bad > 0 ? List.of(listed(6), bad()) : List.of(listed(6)));
      assertThat(dead)
          .extracting(letter -> letter.original())
          .isEqualTo(policy == Policy.DEAD_LETTER ? bad() : List.of());
      assertThat(dead).allMatch(letter -> letter.attempts() == (retried ? 2 : 1));
    }
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void each_item_of_a_batch_is_told_of_its_own_outcome(Policy policy) throws Exception {
    for (int mask = 0; mask < 64; mask++) {
      new Partly(mask, false, policy).check();
      new Partly(mask, true, policy).check();
    }
  }

  @Test
  void only_what_failed_of_a_batch_is_written_again() throws Exception {
    var calls = new ArrayList<List<Integer>>();
    var source = new Told(6);

    var report =
        Pipeline.from(source)
            .batch(6, LONG)
            .to(
                Sink.<Integer>batches(items -> {
                  calls.add(List.copyOf(items));
                  return BatchResult.failed(
                      items.size() == 1
                          ? Map.of()
                          : Map.of(items.size() - 1, new IOException("the last, for now")));
                }))
            .onError(OnError.stop().after(Retry.attempts(3).delay(Duration.ZERO)))
            .run();

    assertThat(calls).containsExactly(listed(6), List.of(5));
    assertThat(balanced(report)).isEqualTo(allOut(6));
    source.agreesWith(report.account());
  }

  @Test
  void a_writer_that_blames_an_item_that_is_not_there_has_written_none() throws Exception {
    for (int index : List.of(-1, 6, Integer.MAX_VALUE)) {
      var dead = new ArrayList<DeadLetter>();
      var source = new Told(6);

      var report =
          Pipeline.from(source)
              .batch(6, LONG)
              .to(
                  Sink.<Integer>batches(
                      items -> BatchResult.failed(Map.of(index, new IOException("who?")))))
              .onError(OnError.deadLetter(dead::add))
              .run();

      assertThat(balanced(report)).isEqualTo(new Account(6, 0, 0, 0, 6, 0, 0));
      assertThat(dead).hasSize(6).allMatch(l -> l.cause() instanceof IllegalArgumentException);
      source.agreesWith(report.account());
    }
  }

  @Test
  void later_batches_don_t_overtake_a_dead_letter_of_their_key() throws Exception {
    var written = new ArrayList<Integer>();
    var dead = new ArrayList<DeadLetter>();
    var source = new Told(20);

    var report =
        Pipeline.from(source)
            .batch(4, LONG)
            .to(
                Sink.<Integer>batches(items -> {
                  var failed = new HashMap<Integer, Exception>();
                  for (int i = 0; i < items.size(); i++) {
                    if (items.get(i) == 5) {
                      failed.put(i, new IOException("five"));
                    } else {
                      written.add(items.get(i));
                    }
                  }
                  return BatchResult.failed(failed);
                }))
            .onError(OnError.<Integer>deadLetterKey(i -> i % 4, 9, dead::add))
            .run();

    assertThat(dead).extracting(DeadLetter::original).containsExactly(5, 9, 13, 17);
    assertThat(dead.subList(1, 4)).allMatch(l -> l.cause() instanceof SkippedKeyException);
    assertThat(written).hasSize(16).doesNotContain(9, 13, 17);
    assertThat(balanced(report)).isEqualTo(new Account(20, 16, 0, 0, 4, 0, 0));
    source.agreesWith(report.account());
  }

  // Nothing comes of it

  @ParameterizedTest
  @MethodSource("shapes")
  void an_item_that_nothing_comes_of_is_told_so(int capacity, int workers) throws Exception {
    Function<Pipe<Integer>, Pipe<Integer>> filter = pipe -> pipe.filter(i -> false);
    Function<Pipe<Integer>, Pipe<Integer>> nothing = pipe -> pipe.flatMap(i -> List.<Integer>of());
    for (var none : List.of(filter, nothing)) {
      for (var parallel : List.of(Parallel.ordered(workers), Parallel.unordered(workers))) {
        var source = new Told(500);

        var report =
            none.apply(Pipeline.from(source).buffer(capacity).map(parallel, i -> i))
                .to(i -> {})
                .run();

        var account = balanced(report);
        assertThat(account).isEqualTo(new Account(500, 0, 500, 0, 0, 0, 0));
        source.agreesWith(account);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void an_item_that_several_come_of_is_told_once_of_the_worst(int capacity, int workers)
      throws Exception {
    var source = new Told(300);

    var report =
        Pipeline.from(source)
            .flatMap(i -> IntStream.range(0, i % 3).mapToObj(part -> 10 * i + part).toList())
            .buffer(capacity)
            .map(
                Parallel.unordered(workers),
                part -> part % 10 == 1 ? raise(new IOException("the second part")) : part)
            .onError(OnError.skip())
            .to(part -> {})
            .run();

    assertThat(balanced(report)).isEqualTo(new Account(300, 100, 100, 100, 0, 0, 0));
    source.agreesWith(report.account());
  }

  // Several branches

  private static Pipeline leadingTo(Outcome outcome, Pipe<Integer> pipe) {
    return switch (outcome) {
      case OUT -> pipe.to(i -> {});
      case FILTERED -> pipe.filter(i -> false).to(i -> {});
      case DROPPED ->
          pipe.peek(i -> raise(new IOException("dropped"))).onError(OnError.skip()).to(i -> {});
      case DEAD_LETTERED ->
          pipe.batch(3, LONG)
              .to(batch -> raise(new IOException("dead")))
              .onError(OnError.deadLetter(l -> {}));
      case ABANDONED -> pipe.to(i -> raise(new IOException("stopped")));
    };
  }

  @Test
  void where_branches_fare_differently_the_worst_counts() {
    for (var left : Outcome.values()) {
      for (var right : Outcome.values()) {
        var source = new Told(1);
        var running =
            Pipeline.from(source)
                .broadcast(a -> leadingTo(left, a), b -> leadingTo(right, b))
                .start();
        boolean stops = left == Outcome.ABANDONED || right == Outcome.ABANDONED;
        if (stops) {
          assertThatThrownBy(running::await).hasMessage("stopped");
        } else {
          assertThat(running).satisfies(r -> balanced(r.await()));
        }

        var worst = left.compareTo(right) > 0 ? left : right;
        assertThat(source.outcomes).as("%s and %s", left, right).isEqualTo(Map.of(0, worst));
        source.agreesWith(balanced(running.account()));
      }
    }
  }

  @Test
  void a_branch_that_does_not_count_changes_no_outcome() throws Exception {
    for (var outcome :
        List.of(Outcome.OUT, Outcome.FILTERED, Outcome.DROPPED, Outcome.DEAD_LETTERED)) {
      var source = new Told(10);

      var report =
          Pipeline.from(source)
              .alsoTo(Branch.buffer(4).bestEffort(), side -> leadingTo(outcome, side))
              .to(i -> {})
              .run();

      assertThat(balanced(report)).isEqualTo(allOut(10));
      source.agreesWith(report.account());
    }
  }

  @Test
  void an_item_is_not_out_while_one_branch_still_has_it() throws Exception {
    var mayGo = new CountDownLatch(1);
    var inHand = new CountDownLatch(1);
    var quick = new CountDownLatch(3);
    var source = new Told(3);
    var running =
        Pipeline.from(source)
            .broadcast(
                a -> a.to(i -> quick.countDown()),
                b ->
                    b.to(i -> {
                      inHand.countDown();
                      mayGo.await();
                    }))
            .start();
    assertThat(quick.await(10, SECONDS)).isTrue();
    assertThat(inHand.await(10, SECONDS)).isTrue();

    var early = Map.copyOf(source.outcomes);
    mayGo.countDown();

    assertThat(early).isEmpty();
    assertThat(balanced(running.await())).isEqualTo(allOut(3));
    source.agreesWith(allOut(3));
  }

  // When a batch is due

  @Test
  void an_item_that_comes_when_a_batch_is_due_is_in_that_one_or_the_next_never_in_none()
      throws Exception {
    for (var slow : Slow.values()) {
      for (int round = 0; round < 50; round++) {
        var clock = new VirtualClock();
        var in = Channel.<Integer>bounded(10);
        var out = Collections.synchronizedList(new ArrayList<List<Integer>>());
        var running =
            Pipeline.from(Source.of(in))
                .buffer(10, slow)
                .batch(3, Duration.ofSeconds(1))
                .to(out::add)
                .clock(clock)
                .start();
        in.send(0);
        in.send(1);
        clock.awaitWaiting(1);

        try (var late = Actor.playing(() -> in.send(2))) {
          clock.advance(Duration.ofSeconds(1)); // while the third comes, which fills it
          late.awaitDone();
        }
        awaitThat("the batch is written", () -> !out.isEmpty());
        in.send(3);
        in.close();

        assertThat(balanced(running.await())).isEqualTo(allOut(4));
        assertThat(out.stream().flatMap(List::stream)).containsExactly(0, 1, 2, 3);
        assertThat(out).hasSize(2).noneMatch(List::isEmpty).allMatch(batch -> batch.size() <= 3);
      }
    }
  }

  @Test
  void a_full_batch_leaves_no_deadline_behind_for_the_next() throws Exception {
    var clock = new VirtualClock();
    var in = Channel.<Integer>bounded(10);
    var out = Channel.<List<Integer>>unbounded();
    try (var running =
        Pipeline.from(Source.of(in))
            .batch(2, Duration.ofSeconds(1))
            .to(out::send)
            .clock(clock)
            .start()) {
      in.send(0);
      clock.awaitWaiting(1);
      clock.advance(Duration.ofMillis(900));
      in.send(1);
      assertThat(out.receive()).containsExactly(0, 1);
      in.send(2);
      clock.awaitWaiting(1);

      clock.advance(Duration.ofMillis(999));
      clock.awaitWaiting(1);
      assertThat(out.tryReceive()).as("a millisecond early").isNull();

      clock.advance(Duration.ofMillis(1));
      assertThat(out.receive()).containsExactly(2);
      in.close();
      assertThat(balanced(running.await())).isEqualTo(allOut(3));
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void a_batch_that_is_due_waits_for_a_slow_sink_and_grows_no_further(int capacity, int size)
      throws Exception {
    var source = new Told(200);
    var out = new ArrayList<List<Integer>>();

    var report =
        Pipeline.from(source)
            .buffer(capacity)
            .batch(size, Duration.ofNanos(1))
            .to(batch -> {
              out.add(batch);
              for (int i = 0; i < 1_000; i++) {
                Thread.onSpinWait();
              }
            })
            .run();

    assertThat(out).allMatch(batch -> !batch.isEmpty() && batch.size() <= size);
    assertThat(out.stream().flatMap(List::stream)).containsExactlyElementsOf(listed(200));
    assertThat(balanced(report)).isEqualTo(allOut(200));
    source.agreesWith(report.account());
  }

  // The last batch

  @ParameterizedTest
  @MethodSource("shapes")
  void the_last_batch_is_written_though_it_is_not_full(int capacity, int workers) throws Exception {
    for (int items : List.of(1, 6, 7, 8, 20)) {
      var source = new Told(items);
      var out = new ArrayList<Integer>();

      var report =
          Pipeline.from(source)
              .buffer(capacity)
              .map(Parallel.ordered(workers), i -> i)
              .batch(7, LONG)
              .to(out::addAll)
              .run();

      assertThat(out).isEqualTo(listed(items));
      assertThat(balanced(report)).isEqualTo(allOut(items));
      source.agreesWith(report.account());
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void a_drain_writes_the_last_batch(int capacity, int workers) throws Exception {
    var in = Channel.<Integer>bounded(capacity);
    var out = new ArrayList<Integer>();
    var running =
        Pipeline.from(Source.of(in))
            .buffer(capacity)
            .map(Parallel.ordered(workers), i -> i)
            .batch(7, LONG)
            .to(out::addAll)
            .start();
    for (int i = 0; i < 10; i++) {
      in.send(i);
    }
    awaitThat("all are taken", () -> running.account().in() == 10);

    assertThat(balanced(running.drain(Duration.ofSeconds(10)))).isEqualTo(allOut(10));

    assertThat(out).isEqualTo(listed(10));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void a_failure_abandons_the_last_batch_and_says_so(int capacity, int workers) {
    var source = new Told(10);
    var out = new ArrayList<Integer>();
    var thrown = new IOException("nine");
    var running =
        Pipeline.from(source)
            .buffer(capacity)
            .map(Parallel.ordered(workers), i -> i)
            .peek(i -> {
              if (i == 9) {
                throw thrown;
              }
            })
            .batch(7, LONG)
            .to(out::addAll)
            .start();

    assertThatThrownBy(running::await).isSameAs(thrown);

    var account = balanced(running.account());
    assertThat(account.out()).isEqualTo(out.size()).isIn(0L, 7L);
    assertThat(account.abandoned()).isEqualTo(account.in() - out.size());
    source.agreesWith(account);
  }
}
