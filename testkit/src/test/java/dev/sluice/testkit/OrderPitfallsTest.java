package dev.sluice.testkit;

import static dev.sluice.testkit.Pitfalls.allOut;
import static dev.sluice.testkit.Pitfalls.awaitThat;
import static dev.sluice.testkit.Pitfalls.balanced;
import static dev.sluice.testkit.Pitfalls.listed;
import static dev.sluice.testkit.Pitfalls.numbers;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.SkippedKeyException;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Pitfalls.Living;
import dev.sluice.testkit.Pitfalls.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ways in which order was lost, or cost more than it should.
@Timeout(30)
class OrderPitfallsTest {
  private static final Retry AT_ONCE = Retry.attempts(2).delay(Duration.ZERO);

  static Stream<Arguments> shapes() {
    return Pitfalls.shapes();
  }

  // Windows

  @ParameterizedTest
  @CsvSource({"2, 2", "2, 8", "2, 500", "8, 8", "8, 32", "8, 500"})
  void what_waits_behind_a_slow_head_is_bounded_by_the_window(int workers, int window)
      throws Exception {
    var headMayGo = new CountDownLatch(1);
    var finished = new AtomicInteger();
    var out = new ArrayList<Integer>();
    var source = new Told(20_000);
    var running =
        Pipeline.from(source)
            .buffer(16)
            .map(
                Parallel.ordered(workers).window(window),
                i -> {
                  if (i == 0) {
                    headMayGo.await();
                  }
                  finished.incrementAndGet();
                  return i;
                })
            .to(out::add)
            .start();
    awaitThat("the window fills", () -> finished.get() == window - 1);
    source.awaitBlocked();

    int behind = finished.get();
    long delivered = running.account().in();
    headMayGo.countDown();

    assertThat(behind).as("done while the head is at work").isEqualTo(window - 1);
    assertThat(delivered).as("what the source was asked for").isLessThanOrEqualTo(window + 16 + 1);
    assertThat(balanced(running.await())).isEqualTo(allOut(20_000));
    assertThat(out).isEqualTo(listed(20_000));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void no_more_are_begun_and_not_passed_on_than_the_window_has(int capacity, int workers)
      throws Exception {
    var begun = new AtomicInteger();
    var emitted = new AtomicInteger();
    var most = new AtomicInteger();

    var report =
        Pipeline.from(numbers(5_000))
            .buffer(capacity)
            .map(
                Parallel.ordered(workers),
                i -> {
                  int now = begun.incrementAndGet() - emitted.get();
                  most.accumulateAndGet(now, Math::max);
                  return nowAndThenSlowly(i);
                })
            .to(i -> emitted.incrementAndGet())
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(5_000));
    assertThat(most.get()).as("and one in the sink's hand").isLessThanOrEqualTo(4 * workers + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void a_failure_is_not_kept_waiting_by_a_slow_head(int workers) throws Exception {
    var headInHand = new CountDownLatch(1);
    var headLeft = new CountDownLatch(1);
    var thrown = new IOException("the second");
    var pipeline =
        Pipeline.from(numbers(100))
            .map(
                Parallel.ordered(workers),
                i -> {
                  if (i == 0) {
                    headInHand.countDown();
                    try {
                      new CountDownLatch(1).await();
                    } finally {
                      headLeft.countDown();
                    }
                  }
                  assertThat(headInHand.await(10, SECONDS)).isTrue();
                  throw thrown;
                })
            .to(i -> {});
    var running = pipeline.start();

    assertThatThrownBy(running::await).isSameAs(thrown);

    assertThat(headLeft.getCount()).isZero();
    var account = balanced(running.account());
    assertThat(account.abandoned()).isEqualTo(account.in());
  }

  // Retries

  @ParameterizedTest
  @MethodSource("shapes")
  void trying_again_keeps_the_order(int capacity, int workers) throws Exception {
    var tried = ConcurrentHashMap.<Integer>newKeySet();
    var out = new ArrayList<Integer>();

    var report =
        Pipeline.from(numbers(2_000))
            .buffer(capacity)
            .map(Parallel.ordered(workers), i -> failingOnce(i, tried))
            .onError(OnError.stop().after(AT_ONCE))
            .to(out::add)
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(2_000));
    assertThat(out).isEqualTo(listed(2_000));
    assertThat(report.metrics().stages().get(1).retried()).isEqualTo(286);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void trying_again_keeps_the_order_of_each_key(int capacity, int lanes) throws Exception {
    var tried = ConcurrentHashMap.<Integer>newKeySet();
    var byKey = new HashMap<Integer, List<Integer>>();

    var report =
        Pipeline.from(numbers(2_000))
            .buffer(capacity)
            .partition(
                lanes,
                i -> i % 10,
                lane -> lane.map(i -> failingOnce(i, tried)).onError(OnError.stop().after(AT_ONCE)))
            .to(i -> byKey.computeIfAbsent(i % 10, k -> new ArrayList<>()).add(i))
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(2_000));
    assertThat(byKey).hasSize(10);
    assertThat(byKey.values()).allSatisfy(items -> assertThat(items).hasSize(200).isSorted());
  }

  private static int failingOnce(int i, Set<Integer> tried) throws IOException {
    if (i % 7 == 0 && tried.add(i)) {
      throw new IOException("the first time");
    }
    return i;
  }

  // Dead letters of a key

  record Message(String key, int number) {}

  private static final List<Message> MESSAGES =
      IntStream.rangeClosed(1, 50)
          .boxed()
          .flatMap(n -> Stream.of("a", "b", "c", "d").map(key -> new Message(key, n)))
          .toList();

  @ParameterizedTest
  @MethodSource("shapes")
  void successors_of_a_dead_letter_follow_it_in_order(int capacity, int lanes) throws Exception {
    var written = Collections.synchronizedList(new ArrayList<Message>());
    var dead = new ArrayList<DeadLetter>();
    var source = new Acked(MESSAGES);

    var report =
        Pipeline.from(source.numbered())
            .buffer(capacity)
            .map(MESSAGES::get)
            .partition(
                lanes,
                Message::key,
                lane ->
                    lane.peek(
                            message -> {
                              if (message.equals(new Message("a", 2))) {
                                throw new IOException("poison");
                              }
                            })
                        .onError(
                            OnError.<Message>deadLetterKey(Message::key, 10, dead::add)
                                .after(Retry.attempts(3).delay(Duration.ZERO))))
            .to(written::add)
            .run();

    assertThat(balanced(report)).isEqualTo(new Account(200, 151, 0, 0, 49, 0, 0));
    assertThat(dead)
        .extracting(letter -> ((Message) letter.value()).number())
        .containsExactlyElementsOf(IntStream.rangeClosed(2, 50).boxed().toList());
    assertThat(dead).allMatch(letter -> ((Message) letter.value()).key().equals("a"));
    assertThat(dead.getFirst().attempts()).isEqualTo(3);
    assertThat(dead.getFirst().cause()).hasMessage("poison");
    assertThat(dead.subList(1, 49))
        .allMatch(
            letter -> letter.attempts() == 0 && letter.cause() instanceof SkippedKeyException);
    for (var key : List.of("b", "c", "d")) {
      assertThat(written.stream().filter(m -> m.key().equals(key)).map(Message::number))
          .containsExactlyElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
    }
    assertThat(written).contains(new Message("a", 1));
  }

  record Acked(List<Message> messages) {
    Source<Integer> numbered() {
      return new Told(messages.size());
    }
  }

  @Test
  void a_key_that_throws_stops_the_run_whatever_the_attempts() {
    var thrown = new IllegalStateException("no key");
    var out = new ArrayList<Integer>();
    var running =
        Pipeline.from(numbers(10))
            .peek(i -> {
              if (i == 3) {
                throw new IOException("poison");
              }
            })
            .onError(
                OnError.<Integer>deadLetterKey(
                        i -> {
                          if (i == 5) {
                            throw thrown;
                          }
                          return i;
                        },
                        10,
                        letter -> {})
                    .after(AT_ONCE))
            .to(out::add)
            .start();

    assertThatThrownBy(running::await).isSameAs(thrown);

    assertThat(out).containsExactly(0, 1, 2, 4);
    assertThat(balanced(running.account())).isEqualTo(new Account(6, 4, 0, 0, 1, 1, 0));
  }

  @Test
  void one_key_too_many_stops_the_run() {
    var dead = new ArrayList<DeadLetter>();
    var running =
        Pipeline.from(numbers(10))
            .peek(i -> {
              throw new IOException("poison " + i);
            })
            .onError(OnError.<Integer>deadLetterKey(i -> i, 3, dead::add))
            .to(i -> {})
            .start();

    assertThatThrownBy(running::await).isInstanceOf(IllegalStateException.class);

    assertThat(dead).hasSize(3);
    assertThat(balanced(running.account())).isEqualTo(new Account(4, 0, 0, 0, 3, 1, 0));
  }

  // Positions

  @ParameterizedTest
  @MethodSource("shapes")
  void the_position_never_passes_an_item_that_is_not_done(int capacity, int workers)
      throws Exception {
    for (var parallel : List.of(Parallel.ordered(workers), Parallel.unordered(workers))) {
      var done = ConcurrentHashMap.<Integer>newKeySet();
      var committed = new ArrayList<Integer>();
      var tooEarly = new ArrayList<Integer>();
      var upTo = new AtomicInteger();

      var report =
          Pipeline.from(
                  Source.committing(
                      numbers(2_000),
                      50,
                      last -> {
                        committed.add(last);
                        for (; upTo.get() <= last; upTo.incrementAndGet()) {
                          if (!done.contains(upTo.get())) {
                            tooEarly.add(upTo.get());
                          }
                        }
                      }))
              .buffer(capacity)
              .map(parallel, OrderPitfallsTest::nowAndThenSlowly)
              .to(done::add)
              .run();

      assertThat(balanced(report)).isEqualTo(allOut(2_000));
      assertThat(tooEarly).isEmpty();
      assertThat(committed).isSorted().doesNotHaveDuplicates().endsWith(1_999);
    }
  }

  @Test
  void runs_that_are_killed_anywhere_and_begun_again_lose_nothing() throws Exception {
    var random = new Random(3);
    for (int round = 0; round < 20; round++) {
      var written = ConcurrentHashMap.<Integer>newKeySet();
      var position = new AtomicInteger();
      int committed = 0;
      boolean ended = false;
      for (int kills = 0; !ended; kills++) {
        int from = position.get();
        var reached = new CountDownLatch(1 + random.nextInt(100));
        var running =
            Pipeline.from(
                    Source.committing(
                        Source.<Integer>of(() -> IntStream.range(from, 500).iterator()),
                        30,
                        last -> position.set(last + 1)))
                .buffer(2)
                .map(Parallel.unordered(3), OrderPitfallsTest::nowAndThenSlowly)
                .to(i -> {
                  written.add(i);
                  reached.countDown();
                })
                .start();
        if (kills < 5) {
          awaitThat("it got so far", () -> reached.getCount() == 0 || running.isDone());
          balanced(running.abort());
        } else {
          balanced(running.await());
        }
        assertThat(position.get()).isGreaterThanOrEqualTo(committed);
        committed = position.get();
        ended = position.get() == 500;
      }

      assertThat(written).hasSize(500);
    }
  }

  @Test
  void an_item_that_hangs_stops_its_source_at_the_bound_and_is_named() throws Exception {
    var inHand = new CountDownLatch(1);
    var committed = Collections.synchronizedList(new ArrayList<Integer>());
    var asked = new AtomicInteger();
    var living = new Living();
    var running =
        Pipeline.from(
                Source.committing(
                    Source.<Integer>calling(asked::getAndIncrement), 20, committed::add))
            .map(
                Parallel.unordered(4),
                i -> {
                  if (i == 1) {
                    inHand.countDown();
                    new CountDownLatch(1).await();
                  }
                  return i;
                })
            .named("hanging")
            .to(i -> {})
            .carrying(living)
            .start();
    assertThat(inHand.await(10, SECONDS)).isTrue();
    awaitThat("the source is asked up to the bound", () -> running.account().in() == 21);
    Report report;
    try (var patient = Actor.playing(() -> running.drain(Duration.ofDays(1)))) {
      living.awaitRest(2); // who hangs, and the sink, which waits for it

      report = running.drain(Duration.ofMillis(20));

      patient.awaitDone();
    }

    assertThat(report.stuck()).extracting(Report.Stuck::stage).containsExactly("hanging");
    var account = balanced(report.account());
    assertThat(account.in()).isEqualTo(21);
    assertThat(asked).hasValue(21);
    assertThat(committed).containsExactly(0);
  }

  @Test
  void a_batch_of_two_sources_holds_back_only_the_position_of_the_one_that_failed() {
    var first = new ArrayList<Integer>();
    var second = new ArrayList<Integer>();
    var thrown = new IOException("seven");
    Pipe<Integer> pipe =
        Pipeline.merge(
            1,
            List.of(
                Source.committing(numbers(7), 100, first::add),
                Source.committing(Source.of(7, 8, 9, 10), 100, second::add)));
    var running =
        pipe.batch(3, Duration.ofDays(1))
            .to(batch -> {
              if (batch.contains(7)) {
                throw thrown;
              }
            })
            .start();

    assertThatThrownBy(running::await).isSameAs(thrown);

    assertThat(first.getLast()).isEqualTo(5);
    assertThat(second).isEmpty();
    var account = balanced(running.account());
    assertThat(account.out()).isEqualTo(6);
    assertThat(account.abandoned()).isEqualTo(account.in() - 6);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void lanes_and_workers_end_with_the_run(int capacity, int workers) throws Exception {
    var living = new Living();

    var report =
        Pipeline.from(numbers(500))
            .buffer(capacity)
            .partition(workers, i -> i, lane -> lane.map(i -> i))
            .map(Parallel.ordered(workers), i -> i)
            .balance(Parallel.unordered(workers), piece -> piece.map(i -> i))
            .to(i -> {})
            .carrying(living)
            .run();

    assertThat(balanced(report)).isEqualTo(allOut(500));
    assertThat(living.now).hasValue(0);
  }

  private static int nowAndThenSlowly(int i) {
    if (i % 50 == 0) {
      for (int spins = ThreadLocalRandom.current().nextInt(5_000); spins > 0; spins--) {
        Thread.onSpinWait();
      }
    }
    return i;
  }
}
