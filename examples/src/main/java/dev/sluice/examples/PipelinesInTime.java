package dev.sluice.examples;

import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import java.time.Duration;
import java.util.List;

/// Pipelines that time is a part of.
public final class PipelinesInTime {
  private PipelinesInTime() {}

  /// No customer faster than its own rate.
  public static Pipeline throttledByKey(Source<Order> orders, Sink<Order> ship) {
    // @start region="throttled-by-key"
    return Pipeline.from(orders)
        .throttle(Order::customer, Rate.perSecond(2), 1_000) // 1,000 may stand aside
        .to(ship);
    // @end
  }

  /// A reading now and then.
  public static Pipeline sampled(Source<Integer> temperatures, Sink<Integer> display) {
    // @start region="sampled"
    return Pipeline.from(temperatures).sample(Duration.ofSeconds(1)).to(display);
    // @end
  }

  /// Frames at a steady pace, whatever the network does.
  public static Pipeline paced(Source<byte[]> frames, Sink<byte[]> screen) {
    // @start region="paced"
    return Pipeline.from(frames).pace(Duration.ofMillis(40), 50, 0).to(screen);
    // @end
  }

  /// What came in each minute.
  public static Pipeline perMinute(Source<Order> orders, Sink<Long> chart) {
    // @start region="tumbling"
    return Pipeline.from(orders)
        .tumbling(Duration.ofMinutes(1), 100_000)
        .map(minute -> minute.stream().mapToLong(Order::cents).sum())
        .to(chart);
    // @end
  }

  /// A moving average.
  public static Pipeline averaged(Source<Integer> temperatures, Sink<Double> display) {
    // @start region="sliding"
    return Pipeline.from(temperatures).sliding(10, 1).map(PipelinesInTime::average).to(display);
    // @end
  }

  private static double average(List<Integer> values) {
    return values.stream().mapToInt(i -> i).average().orElseThrow();
  }

  /// As many workers as the service can use.
  public static Pipeline tuned(
      Source<Order> orders, ThrowingFunction<Order, Order> price, Sink<Order> ship) {
    // @start region="auto"
    return Pipeline.from(orders).map(Parallel.auto(1, 64), price).to(ship);
    // @end
  }
}
