package dev.sluice.pipelines;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/// How often a stage tries an item again, and after what delay.
///
/// The delays grow by [#factor] from [#first] to [#most]; each is shortened by a random part of up
/// to [#jitter] of it, so that items that failed together don't come back together. The item keeps
/// its worker meanwhile, and its place in the order.
///
/// @param attempts how often an item is tried in all, at least 1
/// @param first the delay after the first failure, not negative
/// @param most what no delay exceeds, at least `first`
/// @param factor at least 1
/// @param jitter from 0 (none) to 1 (from nothing to the whole delay)
/// @param when which failures are worth another attempt
public record Retry(
    int attempts,
    Duration first,
    Duration most,
    double factor,
    double jitter,
    Predicate<? super Exception> when) {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofSeconds(10);

  /// Checks the numbers.
  public Retry {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, but was " + attempts);
    }
    if (first.isNegative() || most.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "delays must grow from 0 or more, but were %s to %s".formatted(first, most));
    }
    if (!(factor >= 1)) {
      throw new IllegalArgumentException("factor must be at least 1, but was " + factor);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter must be from 0 to 1, but was " + jitter);
    }
  }

  /// So many attempts at each item, 100 ms after the first failure, twice as long after each other
  /// one up to 10 s, with a jitter of a half.
  public static Retry attempts(int attempts) {
    return new Retry(attempts, FIRST, MOST, 2, 0.5, e -> true);
  }

  /// With delays that double from `first` to `most`.
  public Retry backoff(Duration first, Duration most) {
    return new Retry(attempts, first, most, factor, jitter, when);
  }

  /// With the same delay before each attempt.
  public Retry delay(Duration delay) {
    return new Retry(attempts, delay, delay, 1, jitter, when);
  }

  /// With another jitter, from 0 to 1.
  public Retry jitter(double part) {
    return new Retry(attempts, first, most, factor, part, when);
  }

  /// Only for failures that `condition` holds for, beside what held before.
  public Retry when(Predicate<? super Exception> condition) {
    return new Retry(attempts, first, most, factor, jitter, e -> when.test(e) && condition.test(e));
  }

  /// Not for failures of that class: another attempt would not help.
  public Retry unless(Class<? extends Exception> terminal) {
    return when(e -> !terminal.isInstance(e));
  }

  /// The delay before the attempt after so many failed ones, at least 1: another one at each call,
  /// if there is jitter.
  public Duration delayAfter(int failed) {
    return Duration.ofNanos(nanosAfter(failed));
  }

  /// The delay in nanoseconds before the attempt after so many failed ones.
  long nanosAfter(int failed) {
    double nanos = nanos(first) * Math.pow(factor, failed - 1);
    double limited = Math.min(nanos, nanos(most));
    return (long) (limited * (1 - jitter * ThreadLocalRandom.current().nextDouble()));
  }

  private static double nanos(Duration duration) {
    return duration.getSeconds() * 1e9 + duration.getNano();
  }
}
