package dev.sluice.testkit;

import static dev.sluice.testkit.Pitfalls.awaitThat;
import static dev.sluice.testkit.Pitfalls.balanced;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Pitfalls.Told;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Ways in which items have been told to be safe that were not, or the other way round.
@Timeout(60)
class DeliveryPitfallsTest {

  // What a source is told, in every combination

  private static final int ITEMS = 20;
  private static final int BAD = 13;

  /// What happens to an item between source and sinks.
  enum Way {
    MAP(1) {
      @Override
      Pipe<List<Integer>> of(Pipe<Integer> items) {
        return items.map(List::of);
      }
    },
    PARALLEL(1) {
      @Override
      Pipe<List<Integer>> of(Pipe<Integer> items) {
        return items.map(Parallel.ordered(3), List::of);
      }
    },
    SPLIT(3) {
      @Override
      Pipe<List<Integer>> of(Pipe<Integer> items) {
        return items.flatMap(i -> List.of(i, i, i)).map(List::of);
      }
    },
    DROP(1) {
      @Override
      Pipe<List<Integer>> of(Pipe<Integer> items) {
        return items.filter(i -> !isDropped(i)).map(List::of);
      }
    },
    BATCH(1) {
      @Override
      Pipe<List<Integer>> of(Pipe<Integer> items) {
        return items.batch(4, Duration.ofMillis(1));
      }
    };

    /// How many times each item comes to each sink.
    final int times;

    Way(int times) {
      this.times = times;
    }

    abstract Pipe<List<Integer>> of(Pipe<Integer> items);
  }

  static boolean isDropped(int item) {
    return item % 3 == 0;
  }

  /// What the first sink does with the item [#BAD].
  enum End {
    OK,
    FAILS,
    HANGS
  }

  static Stream<Arguments> ways() {
    return Stream.of(1, 2)
        .flatMap(sources ->
            Stream.of(1, 2)
                .flatMap(sinks ->
                    Stream.of(Way.values())
                        .flatMap(way ->
                            Stream.of(End.values())
                                .map(end -> Arguments.of(sources, sinks, way, end)))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void an_item_is_out_when_each_sink_has_all_of_it(int sources, int sinks, Way way, End end)
      throws Exception {
    var told =
        IntStream.range(0, sources).mapToObj(i -> new Told(100 * i, 100 * i + ITEMS)).toList();
    var pipes = told.stream().map(source -> Pipeline.from(source)).toList();
    var items = sources == 1 ? pipes.getFirst() : pipes.getFirst().merge(pipes.getLast());
    var written =
        IntStream.range(0, sinks).mapToObj(_ -> new ConcurrentHashMap<Integer, Integer>()).toList();
    var failure = new IOException("bad");
    var hangs = new CountDownLatch(1);
    var whole = way.of(items);
    var first =
        whole.broadcast(
            IntStream.range(0, sinks)
                .<Function<Pipe<List<Integer>>, Pipeline>>mapToObj(sink ->
                    branch ->
                        branch.to(list -> {
                          if (sink == 0 && list.contains(BAD)) {
                            switch (end) {
                              case OK -> {}
                              case FAILS -> throw failure;
                              case HANGS -> {
                                hangs.countDown();
                                new CountDownLatch(1).await();
                              }
                            }
                          }
                          list.forEach(i -> written.get(sink).merge(i, 1, Integer::sum));
                        }))
                .toList());

    Account account;
    try (var running = first.start()) {
      account = balanced(ended(running, end, failure, hangs));
    } catch (ExecutionException e) {
      assertThat(e).hasCause(failure);
      account = null;
    }

    var outcomes =
        told.stream()
            .flatMap(source -> source.outcomes.entrySet().stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    if (account != null) {
      assertThat(outcomes).hasSize((int) account.in());
    }
    outcomes.forEach((item, outcome) -> {
      switch (outcome) {
        case OUT -> {
          for (var sink : written) {
            assertThat(sink).containsEntry(item, way.times);
          }
        }
        case FILTERED -> {
          assertThat(way).isEqualTo(Way.DROP);
          assertThat(isDropped(item)).isTrue();
        }
        case ABANDONED -> assertThat(end).isNotEqualTo(End.OK);
        default -> throw new AssertionError(outcome);
      }
    });
    if (end == End.OK) {
      assertThat(outcomes).hasSize(sources * ITEMS);
    } else {
      assertThat(outcomes).containsEntry(BAD, Outcome.ABANDONED);
    }
  }

  private static Account ended(Running running, End end, Exception failure, CountDownLatch hangs)
      throws Exception {
    return switch (end) {
      case OK -> running.await().account();
      case FAILS -> {
        assertThatThrownBy(running::await).isSameAs(failure);
        yield running.account();
      }
      case HANGS -> {
        assertThat(hangs.await(10, SECONDS)).isTrue();
        yield running.abort().account();
      }
    };
  }

  // Sources that deliver again

  /// Delivers again what was abandoned, as brokers do.
  private static final class Redelivering implements Source<Integer> {
    final ArrayDeque<Integer> left = new ArrayDeque<>();
    final Map<Integer, Integer> deliveries = new ConcurrentHashMap<>();

    Redelivering(int items) {
      IntStream.range(0, items).forEach(left::add);
    }

    @Override
    public Cursor<Integer> open() {
      return new Cursor<>() {
        @Override
        public @Nullable Integer next() {
          var item = left.poll();
          if (item != null) {
            deliveries.merge(item, 1, Integer::sum);
          }
          return item;
        }

        @Override
        public void settled(Integer item, Outcome outcome) {
          if (outcome == Outcome.ABANDONED) {
            left.add(item);
          }
        }
      };
    }
  }

  @Test
  void an_item_that_always_fails_is_given_up_and_never_delivered_again() throws Exception {
    var source = new Redelivering(10);
    var dead = new ArrayList<DeadLetter>();
    var attempts = new AtomicInteger();
    var pipeline =
        Pipeline.from(source)
            .map(i -> {
              if (i == 5) {
                attempts.incrementAndGet();
                throw new IOException("poison");
              }
              return i;
            })
            .onError(OnError.deadLetter(dead::add).after(Retry.attempts(3).delay(Duration.ZERO)))
            .to(_ -> {});

    balanced(pipeline.run());
    balanced(pipeline.run()); // which finds nothing left

    assertThat(attempts).hasValue(3);
    assertThat(dead).extracting(DeadLetter::original).containsExactly(5);
    assertThat(source.deliveries.values()).hasSize(10).containsOnly(1);
  }

  // Acknowledgements that come late

  @Test
  void who_comes_back_after_the_run_has_ended_without_it_tells_the_source_nothing()
      throws Exception {
    var source = new Told(100);
    var inHand = new CountDownLatch(1);
    var mayGo = new AtomicBoolean();
    var back = new CountDownLatch(1);
    var running =
        Pipeline.from(source)
            .buffer(200)
            .to(_ -> {
              inHand.countDown();
              while (!mayGo.get()) {
                Thread.onSpinWait(); // deaf to interrupts
              }
              back.countDown();
            })
            .onPlatformThreads()
            .start();
    inHand.await();

    var report = running.abort();
    mayGo.set(true);
    assertThat(back.await(10, SECONDS)).isTrue();
    awaitThat(
        "all its workers have gone", () -> allThreads().noneMatch(DeliveryPitfallsTest::isOfRun));

    assertThat(report.stuck()).hasSize(1);
    assertThat(report.account().balances()).isTrue();
    assertThat(running.account()).isEqualTo(report.account());
    assertThat(source.outcomes).isEmpty();
  }

  private static Stream<Thread> allThreads() {
    return Thread.getAllStackTraces().keySet().stream();
  }

  private static boolean isOfRun(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith("dev.sluice.pipelines."));
  }

  // Retries

  @Test
  void who_waits_before_another_attempt_holds_up_only_its_own_worker() throws Exception {
    var others = new CountDownLatch(99);
    var tried = new CountDownLatch(1);
    var running =
        Pipeline.from(Pitfalls.numbers(100))
            .map(
                Parallel.unordered(2),
                i -> {
                  if (i == 0) {
                    tried.countDown();
                    throw new IOException("later");
                  }
                  others.countDown();
                  return i;
                })
            .onError(OnError.skip().after(Retry.attempts(2).delay(Duration.ofDays(1)).jitter(0)))
            .to(_ -> {})
            .start();

    assertThat(tried.await(10, SECONDS)).isTrue();
    assertThat(others.await(10, SECONDS)).isTrue();

    assertThat(balanced(running.abort()).out()).isLessThanOrEqualTo(99);
  }

  // kill -9

  private static final int KEPT = 20_000;
  private static final int MOST_OPEN = 256;
  private static final int KILLED = 128 + 9;

  /// Where the first child hangs, so that it can't end before it is killed: behind any goal.
  private static final int FIRST = 15_000;

  /// What is committed has been written, whenever the process is killed.
  @Test
  @Timeout(300) // several JVMs, each with thousands of small files to write
  void what_was_committed_has_been_written_wherever_the_process_is_killed(@TempDir Path dir)
      throws Exception {
    var random = new Random(11);
    int kills = 0;
    int status = -1;
    while (status != 0) {
      var process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xshare:auto",
                  "-cp",
                  classPath(Child.class, Pipeline.class, Channel.class),
                  Child.class.getName(),
                  dir.toString(),
                  Integer.toString(kills == 0 ? FIRST : KEPT))
              .inheritIO()
              .start();
      long written = size(dir);
      // Somewhere in its work, which begins when the file grows.
      long goal = written + 1 + random.nextInt(60_000);
      try {
        while (size(dir) < goal && process.isAlive()) {
          assertThat(Thread.interrupted()).as("out of time").isFalse();
          LockSupport.parkNanos(100_000);
        }
      } finally {
        process.destroyForcibly();
      }
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      status = process.exitValue();
      assertThat(status).isIn(0, KILLED);
      kills += status == 0 ? 0 : 1;
    }

    assertThat(kills).isPositive();
    var lines = Files.readAllLines(dir.resolve("out"));
    var counts = lines.stream().collect(Collectors.groupingBy(line -> line, Collectors.counting()));
    assertThat(counts.keySet())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, KEPT).mapToObj("n%05d"::formatted).toList());
    assertThat(lines).hasSizeLessThanOrEqualTo(KEPT + kills * MOST_OPEN);
  }

  private static String classPath(Class<?>... classes) {
    return Stream.of(classes)
        .map(one -> one.getProtectionDomain().getCodeSource().getLocation().toString())
        .map(URI::create)
        .map(location -> Path.of(location).toString())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static long size(Path dir) {
    try {
      var out = dir.resolve("out");
      return Files.exists(out) ? Files.size(out) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Copies numbers from where the last one came to, and is killed at it: at the latest when it
  /// hangs at a number that it was given.
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      var dir = Path.of(args[0]);
      var position = dir.resolve("position");
      int from = Files.exists(position) ? Integer.parseInt(Files.readString(position)) : 0;
      int hangsAt = Integer.parseInt(args[1]);
      var numbers =
          Source.of(() -> IntStream.range(from, KEPT).peek(i -> hang(i == hangsAt)).boxed());
      try (var out =
          Files.newOutputStream(
              dir.resolve("out"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        Pipeline.from(
                Source.committing(
                    numbers,
                    MOST_OPEN,
                    number -> {
                      var next = dir.resolve("next");
                      Files.writeString(next, Integer.toString(number + 1));
                      Files.move(next, position, StandardCopyOption.ATOMIC_MOVE);
                    }))
            .map(Parallel.unordered(4), "n%05d\n"::formatted)
            .batch(16, Duration.ofMillis(5))
            .to(lines -> write(out, lines))
            .run();
      }
    }

    private static void hang(boolean hangs) {
      while (hangs) {
        LockSupport.park();
      }
    }

    private static void write(OutputStream out, List<String> lines) throws IOException {
      out.write(String.join("", lines).getBytes(UTF_8));
    }
  }
}
