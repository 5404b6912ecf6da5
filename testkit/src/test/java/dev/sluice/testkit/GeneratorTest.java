package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Generator;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What [Generator] promises, to consumers on platform threads.
class GeneratorTest extends ChannelScene {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  private static Generator<Integer> naturals() {
    return Generator.of(out -> {
      for (int i = 0; ; i++) {
        out.accept(i);
      }
    });
  }

  /// Plays the body of a test as the consumer, on the kind of thread that is tested.
  private void consume(Actor.Action consumer) throws Exception {
    play(consumer).awaitDone();
  }

  @Test
  void it_yields_all_items_in_order_and_ends() throws Exception {
    consume(() -> {
      Generator<Integer> generator =
          Generator.of(out -> {
            out.accept(1);
            out.accept(2);
          });

      assertThat(generator.hasNext()).isTrue();
      assertThat(generator.hasNext()).isTrue();
      assertThat(generator.next()).isEqualTo(1);
      assertThat(generator.next()).isEqualTo(2);
      assertThat(generator.hasNext()).isFalse();
      assertThat(generator.hasNext()).isFalse();
      assertThatThrownBy(generator::next).isInstanceOf(NoSuchElementException.class);
    });
  }

  @Test
  void it_alternates_strictly() throws Exception {
    consume(() -> {
      var said = new ArrayList<String>(); // without a lock, and none is missing
      Generator<Integer> generator =
          Generator.of(out -> {
            for (int i = 0; i < 3; i++) {
              said.add("produce " + i);
              out.accept(i);
            }
            said.add("return");
          });
      said.add("begin");
      for (var item : generator) {
        said.add("consume " + item);
      }
      said.add("end");

      assertThat(said)
          .containsExactly(
              "begin",
              "produce 0",
              "consume 0",
              "produce 1",
              "consume 1",
              "produce 2",
              "consume 2",
              "return",
              "end");
    });
  }

  @Test
  void the_body_stands_still_between_two_calls() throws Exception {
    var body = new AtomicReference<Thread>();
    var ran = new ArrayList<Integer>();
    try (Generator<Integer> generator =
        Generator.of(out -> {
          body.set(Thread.currentThread());
          for (int i = 0; ; i++) {
            ran.add(i);
            out.accept(i);
          }
        })) {
      assertThat(body).as("the body's thread before it is asked").hasNullValue();

      generator.next();

      assertThat(ran).containsExactly(0);
      awaitState(body.get(), Thread.State.WAITING);
      assertThat(ran).containsExactly(0);
    }
    awaitState(body.get(), Thread.State.TERMINATED);
  }

  @Test
  void a_body_need_not_end() throws Exception {
    consume(() -> {
      try (var generator = naturals()) {
        assertThat(generator.stream().filter(i -> i % 2 == 1).limit(3).toList())
            .containsExactly(1, 3, 5);
        assertThat(generator.next()).isEqualTo(6);
      }
    });
  }

  @Test
  void a_stream_asks_for_no_more_than_it_needs() throws Exception {
    consume(() -> {
      var ran = new ArrayList<Integer>();
      Generator<Integer> generator =
          Generator.of(out -> {
            for (int i = 0; ; i++) {
              ran.add(i);
              out.accept(i);
            }
          });
      try (var stream = generator.stream()) {
        assertThat(stream.parallel().limit(2).toList()).containsExactly(0, 1);
      }

      assertThat(ran).containsExactly(0, 1);
      assertThat(generator.hasNext()).as("after the stream was closed").isFalse();
    });
  }

  @Test
  void what_the_body_throws_reaches_the_consumer_as_it_is_and_once() throws Exception {
    consume(() -> {
      for (var thrown :
          List.of(
              new IOException("checked"), new IllegalStateException(), new StackOverflowError())) {
        Generator<Integer> generator =
            Generator.of(out -> {
              out.accept(1);
              if (thrown instanceof Error error) {
                throw error;
              }
              throw (Exception) thrown;
            });
        assertThat(generator.next()).isEqualTo(1);

        assertThatThrownBy(generator::hasNext).isSameAs(thrown);

        assertThat(generator.hasNext()).isFalse();
        generator.close();
      }
    });
  }

  @Test
  void closing_early_runs_the_finally_blocks_before_it_returns() throws Exception {
    consume(() -> {
      var said = new ArrayList<String>();
      Generator<Integer> generator =
          Generator.of(out -> {
            try {
              out.accept(1);
              said.add("went on");
            } catch (Exception e) {
              said.add("caught " + e);
            } finally {
              said.add("finally");
            }
          });
      generator.next();
      assertThat(said).isEmpty();

      generator.close();

      assertThat(said).containsExactly("finally");
      assertThat(generator.hasNext()).isFalse();
      assertThatThrownBy(generator::next).isInstanceOf(NoSuchElementException.class);
      generator.close();
      assertThat(said).containsExactly("finally");
    });
  }

  @Test
  void a_body_that_has_not_begun_never_does() throws Exception {
    consume(() -> {
      var said = new ArrayList<String>();
      Generator<Integer> generator = Generator.of(out -> said.add("began"));

      generator.close();

      assertThat(generator.hasNext()).isFalse();
      assertThat(said).isEmpty();
    });
  }

  @Test
  void a_body_that_yields_while_it_is_unwound_is_unwound_further() throws Exception {
    consume(() -> {
      var said = new ArrayList<String>();
      Generator<Integer> generator =
          Generator.of(out -> {
            try {
              out.accept(1);
            } finally {
              try {
                out.accept(2);
              } finally {
                said.add("out");
              }
            }
          });
      generator.next();

      generator.close();

      assertThat(said).containsExactly("out");
    });
  }

  @Test
  void what_a_finally_block_throws_reaches_whoever_closes() throws Exception {
    consume(() -> {
      var thrown = new IOException("of the finally block");
      Generator<Integer> generator =
          Generator.of(out -> {
            try {
              out.accept(1);
            } finally {
              fail(thrown);
            }
          });
      generator.next();

      assertThatThrownBy(generator::close).isSameAs(thrown);
      generator.close();
    });
  }

  private static void fail(IOException thrown) throws IOException {
    throw thrown;
  }

  @Test
  void an_item_that_was_looked_at_is_dropped_by_a_close() throws Exception {
    consume(() -> {
      var generator = naturals();
      assertThat(generator.hasNext()).isTrue();

      generator.close();

      assertThat(generator.hasNext()).isFalse();
    });
  }

  @Test
  void a_forgotten_generator_ends_its_thread() throws Exception {
    var body = new AtomicReference<Thread>();
    var unwound = new CountDownLatch(1);
    consume(() -> begin(body, unwound));

    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!unwound.await(1, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline) {
      System.gc();
    }

    assertThat(unwound.getCount()).as("finally blocks that have not run").isZero();
    assertThat(body.get().join(Duration.ofSeconds(10))).as("the body's thread has ended").isTrue();
  }

  private static void begin(AtomicReference<Thread> body, CountDownLatch unwound) {
    Generator<Integer> generator =
        Generator.of(out -> {
          body.set(Thread.currentThread());
          try {
            out.accept(1);
          } finally {
            unwound.countDown();
          }
        });
    assertThat(generator.next()).isEqualTo(1);
  }

  @Test
  void a_generator_in_use_is_not_forgotten() throws Exception {
    consume(() -> {
      assertThat(
              Generator.<Integer>of(
                  out -> {
                    var rubbish = new WeakReference<>(new Object());
                    awaitCleared(rubbish);
                    for (int i = 0; i < 3; i++) {
                      System.gc();
                      out.accept(i);
                    }
                  })
                  .stream())
          .containsExactly(0, 1, 2);
    });
  }

  @Test
  void an_interrupt_of_a_waiting_consumer_goes_to_the_body() throws Exception {
    var waits = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var consumer =
        play(() ->
            Generator.of(
                    out -> {
                      waits.countDown();
                      never.await();
                    })
                .hasNext());
    waits.await();

    consumer.interrupt();

    assertThat(consumer.awaitFailure()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void an_interrupt_that_the_body_does_not_take_comes_back() throws Exception {
    consume(() -> {
      try (var generator = naturals()) {
        Thread.currentThread().interrupt();

        assertThat(generator.next()).isZero();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(generator.next()).isEqualTo(1);
        assertThat(Thread.interrupted()).isFalse();
      }
    });
  }

  @Test
  void an_interrupt_is_never_lost_between_the_two() throws Exception {
    for (int round = 0; round < 500; round++) {
      var started = new CountDownLatch(1);
      var consumer =
          play(() -> {
            try (var generator = naturals()) {
              started.countDown();
              while (true) {
                generator.next();
                if (Thread.interrupted()) {
                  return true;
                }
              }
            }
          });
      started.await();
      consumer.interrupt();

      assertThat(consumer.awaitDone()).isTrue();
    }
  }

  @Test
  void it_may_move_from_thread_to_thread() throws Exception {
    try (var generator = naturals()) {
      for (int i = 0; i < 10; i++) {
        assertThat(play(generator::next).awaitDone()).isEqualTo(i);
      }
    }
  }

  @Test
  void two_at_a_time_are_told_so() throws Exception {
    var waits = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    Generator<Integer> generator =
        Generator.of(out -> {
          waits.countDown();
          go.await();
          out.accept(1);
        });
    var first = play(generator::next);
    waits.await();

    assertThatThrownBy(generator::next).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(generator::close).isInstanceOf(IllegalStateException.class);
    go.countDown();

    assertThat(first.awaitDone()).isEqualTo(1);
    generator.close();
  }

  @Test
  void a_body_cannot_ask_or_close_its_own_generator() throws Exception {
    consume(() -> {
      var itself = new AtomicReference<Generator<Integer>>();
      Generator<Integer> generator =
          Generator.of(out -> {
            assertThatThrownBy(() -> itself.get().hasNext())
                .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> itself.get().close())
                .isInstanceOf(IllegalStateException.class);
            out.accept(1);
          });
      itself.set(generator);

      assertThat(generator.next()).isEqualTo(1);
      generator.close();
    });
  }

  @Test
  void only_the_body_yields() throws Exception {
    consume(() -> {
      var escaped = new CompletableFuture<Generator.Yield<? super Integer>>();
      Generator<Integer> generator =
          Generator.of(out -> {
            escaped.complete(out);
            out.accept(1);
          });
      generator.next();

      assertThatThrownBy(() -> escaped.join().accept(2)).isInstanceOf(IllegalStateException.class);
      generator.close();
    });
  }

  @Test
  @SuppressWarnings("NullAway") // that's what is tested
  void null_is_no_item_and_no_body() throws Exception {
    consume(() -> {
      assertThatThrownBy(() -> Generator.of(null)).isInstanceOf(NullPointerException.class);
      Generator<String> generator = Generator.of(out -> out.accept(null));
      assertThatThrownBy(generator::hasNext).isInstanceOf(NullPointerException.class);
    });
  }

  @Test
  void generators_feed_generators() throws Exception {
    consume(() -> {
      Generator<Integer> numbers = naturals();
      for (int depth = 0; depth < 20; depth++) {
        var source = numbers;
        numbers =
            Generator.of(out -> {
              try (source) {
                for (var item : source) {
                  out.accept(item + 1);
                }
              }
            });
      }
      try (var sums = numbers) {
        assertThat(sums.stream().limit(100))
            .containsExactlyElementsOf(IntStream.range(20, 120).boxed().toList());
      }
    });
  }

  @SuppressWarnings("ThreadPriorityCheck") // a courtesy
  private static void awaitState(Thread thread, Thread.State state) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (thread.getState() != state && System.nanoTime() < deadline) {
      Thread.yield();
    }
    assertThat(thread.getState()).isEqualTo(state);
  }
}
