package dev.sluice.examples;

import dev.sluice.context.LoggingContext;
import dev.sluice.context.ScopedValues;
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
import org.slf4j.MDC;

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

  static final ThreadLocal<String> TENANT = ThreadLocal.withInitial(() -> "nobody");

  /// For whom the thread that starts a run works.
  public static ContextCarrier tenants() {
    // @start region="context-carrier"
    ContextCarrier tenants =
        () -> {
          var captured = TENANT.get();
          return work -> {
            TENANT.set(captured);
            try {
              work.run();
            } finally {
              TENANT.remove();
            }
          };
        };
    // @end
    return tenants;
  }

  static final ScopedValue<String> USER = ScopedValue.newInstance();

  /// Each line with who wants it, and what request it is for.
  public static Pipeline carrying(Source<String> lines, Sink<String> out) {
    // @start region="carrying"
    return Pipeline.from(lines)
        .map(Parallel.ordered(2), line -> USER.get() + " " + MDC.get("request") + " " + line)
        .to(out)
        .carrying(new ScopedValues(USER).and(new LoggingContext()));
    // @end
  }
}
