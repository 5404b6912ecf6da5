package dev.sluice.pipelines;

import static dev.sluice.pipelines.PipelineTest.balanced;
import static dev.sluice.pipelines.PipelineTest.numbers;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How runs end: by failures, drains and aborts.
@Timeout(30)
class StoppingTest {

  // Failures

  static Stream<Function<Throwable, Pipeline>> failing() {
    return Stream.of(
        t -> Pipeline.from(Source.of(1, 2)).map(i -> raise(t)).to(i -> {}),
        t -> Pipeline.from(Source.of(1, 2)).map(Parallel.ordered(3), i -> raise(t)).to(i -> {}),
        t -> Pipeline.from(Source.of(1, 2)).filter(i -> raise(t) == null).to(i -> {}),
        t -> Pipeline.from(Source.of(1, 2)).to(i -> raise(t)),
        t -> Pipeline.from(Source.of(1, 2)).buffer(1).to(i -> raise(t)),
        t -> Pipeline.from(Source.of(1, 2)).batch(2, Duration.ZERO).to(i -> raise(t)),
        t -> Pipeline.from(Source.of(1, 2)).broadcast(a -> a.to(i -> {}), b -> b.to(i -> raise(t))),
        t -> Pipeline.from(() -> () -> raise(t)).to(i -> {}),
        t -> Pipeline.from(unopenable(t)).to(i -> {}),
        t -> Pipeline.merge(2, List.of(numbers(9_999_999), () -> () -> (int) raise(t))).to(i -> {}),
        t -> Pipeline.from(numbers(1)).to(finishing(t)));
  }

  @ParameterizedTest
  @MethodSource("failing")
  void the_caller_gets_the_very_exception_that_was_thrown(Function<Throwable, Pipeline> failing) {
    var thrown = new IOException("disk on fire");

    assertThatThrownBy(() -> failing.apply(thrown).run()).isSameAs(thrown);

    assertThat(thrown.getSuppressed()).hasAtLeastOneElementOfType(StageFailure.class);
  }

  @ParameterizedTest
  @MethodSource("failing")
  void an_error_stops_the_run_like_an_exception(Function<Throwable, Pipeline> failing) {
    var thrown = new StackOverflowError("deep");

    assertThatThrownBy(() -> failing.apply(thrown).run()).isSameAs(thrown);
  }

  @ParameterizedTest
  @MethodSource("failing")
  void an_interrupted_exception_of_a_stage_is_a_failure_like_any_other(
      Function<Throwable, Pipeline> failing) {
    var thrown = new InterruptedException("by the stage itself");

    assertThatThrownBy(() -> failing.apply(thrown).run()).isSameAs(thrown);
  }

  @Test
  void no_policy_forgives_an_error() {
    var pipeline =
        Pipeline.from(Source.of(1))
            .map(i -> raise(new OutOfMemoryError("in jest")))
            .onError(OnError.skip())
            .to(i -> {});

    assertThatThrownBy(pipeline::run).isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void the_item_that_stops_a_run_and_those_on_the_way_are_abandoned() throws Exception {
    var running =
        Pipeline.from(numbers(1_000_000))
            .map(
                Parallel.ordered(4),
                i -> {
                  if (i == 5_000) {
                    throw new IOException("enough");
                  }
                  return i;
                })
            .to(i -> {})
            .start();

    assertThatThrownBy(running::await).hasMessage("enough");

    var account = running.account();
    assertThat(account.balances()).isTrue();
    assertThat(account.inFlight()).isZero();
    assertThat(account.abandoned()).isPositive();
    assertThat(account.out()).isLessThanOrEqualTo(5_000);
  }

  @Test
  void a_failure_is_seen_at_once_behind_a_slow_head() {
    var never = new CountDownLatch(1);
    var headInHand = new CountDownLatch(1);
    var headLeft = new CountDownLatch(1);

    assertThatThrownBy(() ->
            Pipeline.from(numbers(10))
                .map(
                    Parallel.ordered(4),
                    i -> {
                      if (i == 0) {
                        headInHand.countDown();
                        try {
                          never.await();
                        } finally {
                          headLeft.countDown();
                        }
                      }
                      headInHand.await();
                      throw new IOException("at once");
                    })
                .to(i -> {})
                .run())
        .hasMessage("at once");

    assertThat(headLeft.getCount()).as("heads that were given up").isZero();
  }

  @Test
  void a_dead_consumer_behind_a_full_buffer_does_not_hang_the_producer() {
    assertThatThrownBy(() ->
            Pipeline.from(numbers(1_000_000))
                .buffer(1)
                .to(i -> {
                  throw new IOException("gone");
                })
                .run())
        .hasMessage("gone");
  }

  @Test
  void exactly_as_many_are_skipped_as_allowed() {
    var running =
        Pipeline.from(numbers(1_000))
            .map(Parallel.ordered(8), i -> raise(new IOException("all fail")))
            .onError(OnError.skip(10))
            .to(i -> {})
            .start();

    assertThatThrownBy(running::await).hasMessage("all fail");

    assertThat(running.account().dropped()).isEqualTo(10);
    assertThat(running.account().balances()).isTrue();
  }

  @Test
  void a_dead_letter_tells_what_failed_where_and_why() throws Exception {
    var dead = new ArrayList<DeadLetter>();

    var report =
        Pipeline.from(Source.of("1", "two", "3"))
            .map(s -> s + " ")
            .map(s -> Integer.parseInt(s.strip()))
            .named("number")
            .onError(OnError.deadLetter(dead::add))
            .to(i -> {})
            .run();

    assertThat(balanced(report)).isEqualTo(new Account(3, 2, 0, 0, 1, 0, 0));
    var letter = dead.getFirst();
    assertThat(letter.original()).isEqualTo("two");
    assertThat(letter.value()).isEqualTo("two ");
    assertThat(letter.stage()).isEqualTo("number");
    assertThat(letter.cause()).isInstanceOf(NumberFormatException.class);
  }

  @Test
  void a_dead_letter_that_cannot_be_delivered_stops_the_run() {
    var running =
        Pipeline.from(Source.of(1))
            .map(i -> raise(new IOException("first")))
            .onError(
                OnError.deadLetter(d -> {
                  throw new IOException("letter box full");
                }))
            .to(i -> {})
            .start();

    assertThatThrownBy(running::await)
        .hasMessage("letter box full")
        .satisfies(e -> assertThat(e.getSuppressed()).extracting("message").contains("first"));
    assertThat(running.account()).isEqualTo(new Account(1, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void a_stage_that_returns_null_has_failed_for_that_item() {
    assertThatThrownBy(() ->
            Pipeline.from(Source.of(1)).map(StoppingTest::nothing).named("empty").to(i -> {}).run())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("stage 'empty' returned null; to leave an item out, filter it");
  }

  @Test
  void a_failure_downstream_is_not_taken_for_the_stages_own() {
    assertThatThrownBy(() ->
            Pipeline.from(Source.of(1))
                .map(i -> i)
                .onError(OnError.skip())
                .to(i -> raise(new IOException("in the sink")))
                .run())
        .hasMessage("in the sink");
  }

  @Test
  void what_a_source_throws_when_told_of_an_outcome_fails_the_run() {
    Source<Integer> source =
        () -> {
          var items = List.of(1, 2, 3).iterator();
          return new Cursor<>() {
            @Override
            public @Nullable Integer next() {
              return items.hasNext() ? items.next() : null;
            }

            @Override
            public void settled(Integer item, Outcome outcome) throws IOException {
              throw new IOException("cannot commit " + item);
            }
          };
        };

    assertThatThrownBy(() -> Pipeline.from(source).to(i -> {}).run()).hasMessage("cannot commit 1");
  }

  @Test
  void sinks_are_told_of_the_end_whether_it_went_well_or_not() throws Exception {
    var ends = new AtomicInteger();
    var sink =
        new Sink<Integer>() {
          @Override
          public void write(Integer item) throws IOException {
            if (item == 3) {
              throw new IOException("three");
            }
          }

          @Override
          public void finish() {
            ends.incrementAndGet();
          }
        };

    Pipeline.from(numbers(3)).to(sink).run();
    assertThat(ends).hasValue(1);

    assertThatThrownBy(() -> Pipeline.from(numbers(9)).buffer(2).to(sink).run())
        .hasMessage("three");
    assertThat(ends).hasValue(2);
  }

  // Drains

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 1_000})
  void a_drain_lets_everything_that_was_read_arrive(int capacity) throws Exception {
    var read = new AtomicLong();
    var started = new CountDownLatch(50);
    var out = new ArrayList<Long>();
    var running =
        Pipeline.from((Source<Long>) () -> read::incrementAndGet)
            .buffer(capacity)
            .map(Parallel.ordered(2), i -> i)
            .batch(10, Duration.ofMillis(1))
            .to(batch -> {
              out.addAll(batch);
              started.countDown();
            })
            .start();
    assertThat(started.await(10, SECONDS)).isTrue();

    var report = running.drain(Duration.ofSeconds(10));

    assertThat(balanced(report).out()).isEqualTo(read.get()).isEqualTo(out.size());
    assertThat(out).isSorted();
    assertThat(running.isDone()).isTrue();
  }

  @Test
  void a_drain_wakes_a_source_that_waits() throws Exception {
    var channel = Channel.<Integer>bounded(1);
    var arrived = new CountDownLatch(1);
    var running = Pipeline.from(Source.of(channel)).to(i -> arrived.countDown()).start();
    channel.send(1);
    arrived.await();

    var report = running.drain(Duration.ofSeconds(10));

    assertThat(balanced(report).out()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_item_that_a_source_gives_in_answer_to_a_drain_still_arrives(boolean setsTheFlagAgain)
      throws Exception {
    var asked = new CountDownLatch(1);
    var out = new ArrayList<String>();
    Source<String> source =
        () ->
            () -> {
              asked.countDown();
              try {
                new CountDownLatch(1).await();
                return "never";
              } catch (InterruptedException e) {
                if (setsTheFlagAgain) {
                  Thread.currentThread().interrupt();
                }
                return "the rest";
              }
            };
    var running = Pipeline.from(source).buffer(1).to(out::add).start();
    asked.await();

    balanced(running.drain(Duration.ofSeconds(10)));

    assertThat(out).containsExactly("the rest");
  }

  @Test
  void a_drain_does_not_interrupt_work_in_hand() throws Exception {
    var inHand = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    var interrupted = new AtomicBoolean();
    var running =
        Pipeline.from(numbers(1))
            .to(i -> {
              inHand.countDown();
              try {
                mayGo.await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
            })
            .start();
    inHand.await();
    var report = new AtomicReference<Report>();
    var drainer =
        Thread.startVirtualThread(() -> {
          try {
            report.set(running.drain(Duration.ofSeconds(20)));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });

    awaitWaiting(drainer);
    mayGo.countDown();
    drainer.join();

    assertThat(interrupted).isFalse();
    assertThat(balanced(report.get()).out()).isEqualTo(1);
  }

  @Test
  void past_its_patience_a_drain_aborts_and_names_what_would_not_end() throws Exception {
    var inHand = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var threads = new ArrayList<Thread>();
    var running =
        Pipeline.from(numbers(100))
            .map(i -> i)
            .buffer(2)
            .to(
                "tortoise",
                i -> {
                  inHand.countDown();
                  never.await();
                })
            .start(work -> {
              threads.add(Thread.ofVirtual().unstarted(work));
              return threads.getLast();
            });
    inHand.await();
    threads.forEach(StoppingTest::awaitWaiting);

    var report = running.drain(Duration.ofMillis(50));

    assertThat(report.stuck()).extracting(Report.Stuck::stage).containsExactly("tortoise");
    assertThat(report.stuck().getFirst().stack())
        .anyMatch(f -> f.getMethodName().contains("await"));
    assertThat(report.account().balances()).isTrue();
    assertThat(report.account().abandoned()).isPositive();
  }

  @Test
  void the_policies_hold_during_a_drain() throws Exception {
    var inHand = new CountDownLatch(1);
    var mayGo = new CountDownLatch(1);
    var dead = new ArrayList<DeadLetter>();
    var running =
        Pipeline.from(numbers(5))
            .buffer(10)
            .map(i -> {
              inHand.countDown();
              mayGo.await();
              return raise(new IOException("after the drain began"));
            })
            .onError(OnError.deadLetter(dead::add))
            .to(i -> {})
            .start();
    inHand.await();
    var drainer =
        Thread.startVirtualThread(() -> {
          try {
            running.drain(Duration.ofSeconds(20));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    awaitWaiting(drainer);

    mayGo.countDown();
    drainer.join();

    var account = balanced(running.await());
    assertThat(account.deadLettered()).isEqualTo(account.in()).isEqualTo(dead.size());
  }

  @Test
  void a_stage_that_would_drain_its_own_run_is_told_so() throws Exception {
    var handle = new CompletableFuture<Running>();
    var running =
        Pipeline.from(numbers(1))
            .to("self", i -> handle.get().drain(Duration.ofSeconds(1)))
            .start();
    handle.complete(running);

    assertThatThrownBy(running::await)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stage 'self' would wait for itself");
  }

  @Test
  void closing_drains() throws Exception {
    var out = new ArrayList<Integer>();
    var running = Pipeline.from(numbers(1)).to(out::add).start();
    running.await();

    running.close();
    running.close();

    assertThat(out).containsExactly(0);
  }

  @Test
  void closing_a_run_that_failed_says_so() {
    var thrown = new IOException("lost");
    var running = Pipeline.from(numbers(1)).to(i -> raise(thrown)).start();
    assertThatThrownBy(running::await).isSameAs(thrown);

    assertThatThrownBy(running::close).isInstanceOf(ExecutionException.class).hasCause(thrown);
  }

  // Aborts

  @Test
  void an_abort_interrupts_and_abandons() throws Exception {
    var inHand = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var running =
        Pipeline.from(numbers(1_000_000))
            .map(
                Parallel.ordered(2),
                i -> {
                  inHand.countDown();
                  never.await();
                  return i;
                })
            .to(i -> {})
            .start();
    inHand.await();

    var account = balanced(running.abort());

    assertThat(account.out()).isZero();
    assertThat(account.abandoned()).isEqualTo(account.in()).isPositive();
    assertThat(running.await().account()).isEqualTo(account);
  }

  @ParameterizedTest
  @MethodSource("endless")
  void an_abort_ends_what_would_never_wait(Function<Sink<Object>, Pipeline> endless)
      throws Exception {
    var begun = new CountDownLatch(1);
    var running = endless.apply(i -> begun.countDown()).start();
    begun.await();

    var report = running.abort();

    assertThat(balanced(report).in()).isPositive();
    assertThat(running.isDone()).isTrue();
  }

  static Stream<Function<Sink<Object>, Pipeline>> endless() {
    return Stream.of(
        sink -> Pipeline.from(numbers(Integer.MAX_VALUE)).to(sink),
        sink -> Pipeline.from(numbers(Integer.MAX_VALUE)).map(i -> i).filter(i -> true).to(sink),
        sink -> Pipeline.from(numbers(Integer.MAX_VALUE)).buffer(1_000).to(sink),
        sink -> Pipeline.from(numbers(Integer.MAX_VALUE)).batch(10, Duration.ofSeconds(1)).to(sink),
        sink -> Pipeline.from(numbers(Integer.MAX_VALUE)).map(Parallel.ordered(2), i -> i).to(sink),
        sink -> Pipeline.merge(2, List.of(numbers(Integer.MAX_VALUE), numbers(9))).to(sink));
  }

  @Test
  void nothing_more_is_written_once_a_run_is_stopped() throws Exception {
    var written = new AtomicInteger();
    var inHand = new CountDownLatch(1);
    var mayGo = new AtomicBoolean();
    var running =
        Pipeline.from(numbers(100))
            .buffer(100)
            .to(i -> {
              written.incrementAndGet();
              inHand.countDown();
              while (!mayGo.get()) {
                Thread.onSpinWait();
              }
            })
            .start();
    inHand.await();
    var aborter = new FutureTask<>(running::abort);
    Thread.startVirtualThread(aborter);
    while (!((Run) running).isStopping()) {
      Thread.onSpinWait();
    }

    mayGo.set(true);

    assertThat(aborter.get().account().out()).isEqualTo(1);
    assertThat(written).hasValue(1);
  }

  @Test
  void a_run_that_gets_no_threads_fails_and_does_not_hang() {
    var pipeline =
        Pipeline.from(numbers(100)).buffer(1).map(Parallel.ordered(2), i -> i).to(i -> {});
    var few = new AtomicInteger();

    var run =
        pipeline.start(work -> {
          if (few.incrementAndGet() > 2) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return Thread.ofVirtual().unstarted(work);
        });

    assertThatThrownBy(run::await).isInstanceOf(OutOfMemoryError.class);
    assertThat(run.account().balances()).isTrue();
  }

  @Test
  void an_interrupt_of_the_caller_aborts_the_run() throws Exception {
    var inHand = new CountDownLatch(1);
    var cancelled = new CountDownLatch(1);
    var caller = Thread.currentThread();
    var pipeline =
        Pipeline.from(numbers(10))
            .to(i -> {
              inHand.countDown();
              try {
                new CountDownLatch(1).await();
              } finally {
                cancelled.countDown();
              }
            });
    Thread.startVirtualThread(() -> {
      try {
        inHand.await();
        caller.interrupt();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });

    assertThatThrownBy(pipeline::run).isInstanceOf(InterruptedException.class);

    assertThat(cancelled.await(10, SECONDS)).isTrue();
  }

  @Test
  void a_worker_that_swallows_interrupts_is_left_behind_and_named() throws Exception {
    var inHand = new CountDownLatch(1);
    var mayGo = new AtomicBoolean();
    var running =
        Pipeline.from(numbers(10))
            .map(i -> {
              inHand.countDown();
              while (!mayGo.get()) {
                Thread.onSpinWait();
              }
              return i;
            })
            .named("deaf")
            .to(i -> {})
            .start();
    inHand.await();

    var report = running.abort();
    mayGo.set(true);

    assertThat(report.stuck()).extracting(Report.Stuck::stage).containsExactly("deaf");
    assertThat(report.account()).isEqualTo(new Account(1, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void the_account_balances_wherever_a_run_is_stopped() throws Exception {
    var random = new Random(7);
    for (int round = 0; round < 300; round++) {
      int capacity = 1 + random.nextInt(4);
      int stopAfter = random.nextInt(200);
      boolean abort = random.nextBoolean();
      var settled = Collections.synchronizedList(new ArrayList<Integer>());
      var reached = new CountDownLatch(1);
      var out = Collections.synchronizedList(new ArrayList<Integer>());
      var running =
          Pipeline.merge(2, List.of(acking(0, settled), acking(1_000_000, settled)))
              .buffer(capacity)
              .map(Parallel.ordered(1 + random.nextInt(3)), i -> i)
              .filter(i -> i % 3 != 0)
              .broadcast(
                  a -> a.buffer(capacity).to(out::add),
                  b ->
                      b.batch(1 + random.nextInt(5), Duration.ofMillis(1))
                          .to(batch -> {
                            if (batch.getLast() % 1_000_000 >= stopAfter) {
                              reached.countDown();
                            }
                          }))
              .start();
      assertThat(reached.await(10, SECONDS)).isTrue();

      var report = abort ? running.abort() : running.drain(Duration.ofSeconds(10));

      var account = balanced(report);
      assertThat(settled).hasSize((int) account.in()).doesNotHaveDuplicates();
      if (!abort) {
        assertThat(account.abandoned()).isZero();
        assertThat(account.out()).isEqualTo(out.size());
      }
    }
  }

  private static Source<Integer> acking(int from, List<Integer> settled) {
    return () -> {
      var items = IntStream.iterate(from, i -> i + 1).iterator();
      return new Cursor<>() {
        @Override
        public @Nullable Integer next() {
          return items.next();
        }

        @Override
        public void settled(Integer item, Outcome outcome) {
          settled.add(item);
        }
      };
    };
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(thread.isAlive()).isTrue();
      Thread.onSpinWait();
    }
  }

  @SuppressWarnings("NullAway") // breaks the rule that the test is about
  private static Integer nothing(int i) {
    return null;
  }

  private static Source<Integer> unopenable(Throwable thrown) {
    return () -> {
      raise(thrown);
      return () -> null;
    };
  }

  private static Sink<Integer> finishing(Throwable thrown) {
    return new Sink<>() {
      @Override
      public void write(Integer item) {}

      @Override
      public void finish() throws Exception {
        raise(thrown);
      }
    };
  }

  /// Throws `thrown`; says that it returns something so that it can stand in any lambda.
  private static Object raise(Throwable thrown) throws Exception {
    switch (thrown) {
      case Exception e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    }
  }
}
