package dev.sluice.pipelines;

import java.time.Duration;

/// How many items may pass in what time.
///
/// In any time `t` at most `t / per * items + burst` pass, where the burst is what 10 ms are worth
/// unless it is given: that much a thread that woke late may make up for.
///
/// @param items more than 0
/// @param per more than 0
/// @param burst how many items may pass at once after a pause; 0 stands for what 10 ms are worth
public record Rate(long items, Duration per, long burst) {
  private static final long CREDIT_NANOS = 10_000_000;

  /// Checks the numbers.
  public Rate {
    if (items < 1) {
      throw new IllegalArgumentException("items must be at least 1, but was " + items);
    }
    if (per.isNegative() || per.isZero()) {
      throw new IllegalArgumentException("per must be more than 0, but was " + per);
    }
    if (burst < 0) {
      throw new IllegalArgumentException("burst must be 0 or more, but was " + burst);
    }
  }

  /// So many items in that time, evenly.
  public static Rate per(long items, Duration per) {
    return new Rate(items, per, 0);
  }

  /// So many items a second, evenly.
  public static Rate perSecond(long items) {
    return per(items, Duration.ofSeconds(1));
  }

  /// With up to `items` at once after a pause.
  public Rate burst(long items) {
    return new Rate(this.items, per, items);
  }

  double nanosPerItem() {
    return (per.getSeconds() * 1e9 + per.getNano()) / items;
  }

  /// How far back a moment may be reserved. A burst of n has n - 1 intervals.
  long creditNanos() {
    return burst == 0 ? CREDIT_NANOS : (long) ((burst - 1) * nanosPerItem());
  }
}
