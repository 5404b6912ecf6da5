package dev.sluice.monitor;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/// What to be told of: something above a line, until it is at or below another, lower one. What
/// trembles around one of the two lines is told once.
///
/// | alarm | is raised when | ends when |
/// |---|---|---|
/// | backlog | `high` items wait before a stage, or in a channel | `low` or fewer do |
/// | oldest | one of them has waited for `high` | none has waited longer than `low` |
/// | stall | items are on the way and none has come to its end for so long | one does |
public final class Alarm {
  private final String name;
  private final String where;
  private final double high;
  private final double low;
  private final String unit;
  private final Supplier<Gauge> gauge;

  /// Reads the number that an alarm is about. May remember what it read before.
  interface Gauge {
    /// Reads it.
    ///
    /// @param nanos when, on a monotonic clock
    /// @return empty if what it is about is not there
    OptionalDouble read(Snapshot snapshot, long nanos);
  }

  private Alarm(
      String what, String where, double high, double low, String unit, Supplier<Gauge> gauge) {
    this.name = what + where;
    this.where = where;
    if (!(low >= 0 && high > low)) {
      throw new IllegalArgumentException(
          "alarm '%s': high must be above low, and low 0 or more, but they were %s and %s"
              .formatted(name, high, low));
    }
    this.high = high;
    this.low = low;
    this.unit = unit;
    this.gauge = gauge;
  }

  /// Too many items wait.
  ///
  /// @param where `pipeline/stage`, or the name of a channel, as they are in the snapshots
  /// @param high raised from so many on
  /// @param low ends when no more than so many wait
  public static Alarm backlog(String where, long high, long low) {
    return new Alarm(
        "backlog at ", where, high, low, "items wait", () -> (now, t) -> queued(now, where));
  }

  /// An item waits too long.
  ///
  /// @param where as for [#backlog]
  /// @param high raised when one has waited so long
  /// @param low ends when none has waited longer
  public static Alarm oldest(String where, Duration high, Duration low) {
    return new Alarm(
        "oldest item at ",
        where,
        seconds(high),
        seconds(low),
        "s is the age of the oldest item",
        () -> (now, t) -> oldest(now, where));
  }

  /// Nothing comes to its end, though items are on the way.
  ///
  /// @param pipeline its name in the snapshots
  /// @param patience how long that may be so
  public static Alarm stall(String pipeline, Duration patience) {
    return new Alarm(
        "stall of ",
        pipeline,
        seconds(patience),
        0,
        "s without an item that came to its end",
        () -> new Progress(pipeline));
  }

  /// Sees for how long the number of settled items has not changed.
  private static final class Progress implements Gauge {
    private final String pipeline;
    private long settled = -1;
    private long since;

    Progress(String pipeline) {
      this.pipeline = pipeline;
    }

    @Override
    public OptionalDouble read(Snapshot snapshot, long nanos) {
      return snapshot.pipelines().stream()
          .filter(one -> one.name().equals(pipeline))
          .mapToDouble(one -> {
            long now = one.account().in() - one.account().inFlight();
            if (now != settled || one.account().inFlight() == 0) {
              settled = now;
              since = nanos;
            }
            return (nanos - since) / 1e9;
          })
          .findFirst();
    }
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static OptionalDouble queued(Snapshot now, String where) {
    for (var channel : now.channels()) {
      if (channel.name().equals(where)) {
        return OptionalDouble.of(channel.size());
      }
    }
    for (var pipeline : now.pipelines()) {
      for (var stage : pipeline.stages()) {
        if (where.equals(pipeline.name() + "/" + stage.name())) {
          return OptionalDouble.of((double) stage.queued());
        }
      }
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble oldest(Snapshot now, String where) {
    for (var channel : now.channels()) {
      if (channel.name().equals(where)) {
        return OptionalDouble.of(seconds(channel.oldest()));
      }
    }
    for (var pipeline : now.pipelines()) {
      for (var stage : pipeline.stages()) {
        if (where.equals(pipeline.name() + "/" + stage.name())) {
          return OptionalDouble.of(seconds(stage.oldest()));
        }
      }
    }
    return OptionalDouble.empty();
  }

  /// What it is called: `backlog at orders/price`.
  public String name() {
    return name;
  }

  /// What it is about, as the snapshots call it.
  String where() {
    return where;
  }

  Gauge gauge() {
    return gauge.get();
  }

  /// Whether it is raised at this value.
  boolean isRaised(double value, boolean before) {
    return before ? value > low : value >= high;
  }

  String text(double value) {
    return String.format(
        Locale.ROOT,
        value == Math.rint(value) ? "%s: %,.0f %s" : "%s: %,.1f %s",
        name,
        value,
        unit);
  }

  @Override
  public String toString() {
    return name;
  }
}
