package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Clock;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.ContextCarrier;
import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/// What the tests of pitfalls share.
final class Pitfalls {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Pitfalls() {}

  /// Capacities and numbers of workers.
  static Stream<Arguments> shapes() {
    return Stream.of(1, 2, 16, 1_000)
        .flatMap(capacity -> Stream.of(1, 2, 8).map(workers -> Arguments.of(capacity, workers)));
  }

  /// The account of a run that ended in order: nothing is missing, nothing stuck.
  static Account balanced(Report report) {
    assertThat(report.stuck()).isEmpty();
    return balanced(report.account());
  }

  /// The account of a run that has ended.
  static Account balanced(Account account) {
    assertThat(account.balances()).as("%s", account).isTrue();
    assertThat(account.inFlight()).as("%s", account).isZero();
    return account;
  }

  /// An account of which the rest is zero.
  static Account allOut(long items) {
    return new Account(items, items, 0, 0, 0, 0, 0);
  }

  /// From 0 on.
  static Source<Integer> numbers(int count) {
    return Source.of(() -> IntStream.range(0, count).iterator());
  }

  static List<Integer> listed(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /// Throws `thrown`; says that it returns something so that it can stand in any lambda.
  @SuppressWarnings("TypeParameterUnusedInFormals") // it never returns
  static <T> T raise(Throwable thrown) throws Exception {
    switch (thrown) {
      case Exception e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    }
  }

  /// Returns once `thread` waits for another, or has ended.
  static void awaitWaiting(Thread thread) {
    awaitThat(
        "a thread waits",
        () ->
            thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING
                || thread.getState() == Thread.State.TERMINATED);
  }

  /// Returns once `condition` holds, or the thread is interrupted: a stage that waits here when its
  /// run is aborted would otherwise keep its carrier, since who is interrupted can't park.
  static void awaitThat(String what, BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
      if (System.nanoTime() - begun > PATIENCE.toNanos()) {
        throw new AssertionError(
            "expected that " + what + ", but after " + PATIENCE + " it doesn't");
      }
      LockSupport.parkNanos(10_000); // a yield keeps its carrier from those it waits for
    }
  }

  /// Numbers that remember what became of each, and mind being told twice.
  static final class Told implements Source<Integer> {
    private final int from;
    private final int to;
    final Map<Integer, Outcome> outcomes = new ConcurrentHashMap<>();

    /// The thread that reads, once it does.
    volatile @Nullable Thread reader;

    Told(int from, int to) {
      this.from = from;
      this.to = to;
    }

    Told(int count) {
      this(0, count);
    }

    @Override
    public Cursor<Integer> open() {
      reader = Thread.currentThread();
      var items = IntStream.range(from, to).iterator();
      return new Cursor<>() {
        @Override
        public @Nullable Integer next() {
          return items.hasNext() ? items.next() : null;
        }

        @Override
        public void settled(Integer item, Outcome outcome) {
          var before = outcomes.putIfAbsent(item, outcome);
          if (before != null) {
            throw new IllegalStateException(item + " was " + before + " and now is " + outcome);
          }
        }
      };
    }

    /// Returns once the reader waits, since there is no room for what it has.
    void awaitBlocked() {
      awaitThat("the source is read", () -> reader != null);
      var reading = reader;
      if (reading != null) {
        awaitWaiting(reading);
      }
    }

    /// Checks that it was told what the account says.
    void agreesWith(Account account) {
      assertThat(outcomes).hasSize((int) account.in());
      assertThat(count(Outcome.OUT)).isEqualTo(account.out());
      assertThat(count(Outcome.FILTERED)).isEqualTo(account.filtered());
      assertThat(count(Outcome.DROPPED)).isEqualTo(account.dropped());
      assertThat(count(Outcome.DEAD_LETTERED)).isEqualTo(account.deadLettered());
      assertThat(count(Outcome.ABANDONED)).isEqualTo(account.abandoned());
    }

    long count(Outcome wanted) {
      return outcomes.values().stream().filter(outcome -> outcome == wanted).count();
    }
  }

  /// Counts the workers of a run that are alive.
  static final class Living implements ContextCarrier {
    private static final int LOOKS = 20;

    final AtomicInteger now = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    @Override
    public Carried capture() {
      return work -> {
        threads.add(Thread.currentThread());
        int alive = now.incrementAndGet();
        most.accumulateAndGet(alive, Math::max);
        try {
          work.run();
        } finally {
          now.decrementAndGet();
        }
      };
    }

    /// Returns once so many workers are left and each waits for another: nothing moves any more.
    void awaitRest(int workers) {
      awaitThat(workers + " workers are left, and wait", () -> isAtRest(workers));
    }

    /// One that was seen to wait may be woken by one that was not looked at yet, and so on; but
    /// they don't hide from that many looks.
    private boolean isAtRest(int workers) {
      for (int i = 0; i < LOOKS; i++) {
        var left = threads.stream().filter(Thread::isAlive).map(Thread::getState).toList();
        if (left.size() != workers || left.stream().anyMatch(s -> s != Thread.State.WAITING)) {
          return false;
        }
      }
      return true;
    }
  }

  /// A clock that moves on by itself as far as the one thread that waits on it wants.
  static final class Eager implements Clock {
    private final AtomicLong now = new AtomicLong();

    @Override
    public long nanoTime() {
      return now.get();
    }

    @Override
    public void park(Object blocker, long nanos) {
      now.addAndGet(nanos);
    }

    void advance(Duration time) {
      now.addAndGet(time.toNanos());
    }
  }
}
