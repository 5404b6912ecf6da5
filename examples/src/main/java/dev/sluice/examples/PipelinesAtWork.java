package dev.sluice.examples;

import dev.sluice.pipelines.ContextCarrier;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;

/// Pipelines that are watched, steered and ended.
public final class PipelinesAtWork {
  private PipelinesAtWork() {}

  /// Not too fast.
  public static Pipeline throttled(Source<Order> orders, Sink<Order> ship) {
    // @start region="throttled"
    return Pipeline.from(orders)
        .throttle(Rate.perSecond(100).burst(10)) // at most 10 at once after a pause
        .to(ship);
    // @end
  }

  /// Faster, while it runs.
  public static void faster(Running running) {
    // @start region="rate"
    running.stage("throttle").rate(Rate.perSecond(1_000));
    // @end
  }

  /// A service that is asked about many orders at a time.
  public static Pipeline pricing(
      Source<Order> orders, ThrowingFunction<Order, Order> price, Sink<Order> ship) {
    return Pipeline.from(orders).map(Parallel.unordered(4), price).named("price").to("ship", ship);
  }

  /// Watched, tuned, and ended in order.
  ///
  /// @param pricing with a parallel stage `price`
  /// @param enough returns when there has been enough of it
  public static Report drained(Pipeline pricing, ContextCarrier.Work enough, PrintStream out)
      throws Exception {
    // @start region="drained"
    try (var running = pricing.start()) { // closing drains too, for up to 30 s
      running.stage("price").concurrency(8);
      enough.run();
      for (var stage : running.metrics().stages()) {
        out.printf(
            "%-8s in %,d, out %,d, %d of %d waiting, busy %.0f %%, starved %.0f %%, blocked %.0f %%%n",
            stage.name(),
            stage.in(),
            stage.out(),
            stage.queued(),
            stage.capacity(),
            100 * stage.busy(),
            100 * stage.starved(),
            100 * stage.blocked());
      }
      running.metrics().bottleneck().ifPresent(stage -> out.println("limit: " + stage.name()));
      out.println(running.explain());
      var report = running.drain(Duration.ofSeconds(30));
      report.stuck().forEach(stuck -> out.println(stuck.stage() + " hung for " + stuck.since()));
      return report;
    }
    // @end
  }

  /// At once.
  public static Report aborted(Running running) throws InterruptedException {
    // @start region="aborted"
    var report = running.abort(); // interrupts what is at work, abandons what is on the way
    // @end
    return report;
  }

  /// Stands for SLF4J's, so that this needs no logging library.
  static final class MDC {
    private static final ThreadLocal<Map<String, String>> CONTEXT =
        ThreadLocal.withInitial(Map::of);

    private MDC() {}

    static Map<String, String> getCopyOfContextMap() {
      return Map.copyOf(CONTEXT.get());
    }

    static void setContextMap(Map<String, String> context) {
      CONTEXT.set(context);
    }

    static void clear() {
      CONTEXT.remove();
    }
  }

  /// The logging context of the thread that starts a run.
  public static ContextCarrier mdc() {
    // @start region="context-carrier"
    ContextCarrier mdc =
        () -> {
          var captured = MDC.getCopyOfContextMap();
          return work -> {
            MDC.setContextMap(captured);
            try {
              work.run();
            } finally {
              MDC.clear();
            }
          };
        };
    // @end
    return mdc;
  }

  /// Each line with what its logging context says.
  public static Pipeline carrying(Source<String> lines, ContextCarrier mdc, Sink<String> out) {
    // @start region="carrying"
    return Pipeline.from(lines)
        .map(Parallel.ordered(2), line -> MDC.getCopyOfContextMap() + " " + line)
        .to(out)
        .carrying(mdc);
    // @end
  }
}
