package dev.sluice.examples;

import dev.sluice.channels.Channel;
import dev.sluice.micrometer.SluiceMetrics;
import dev.sluice.monitor.Alarm;
import dev.sluice.monitor.AlarmListener;
import dev.sluice.monitor.Backlog;
import dev.sluice.monitor.Monitor;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.monitor.WebHook;
import dev.sluice.opentelemetry.ItemSpans;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import dev.sluice.queues.DurableQueue;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.time.Duration;

/// Pipelines and channels that are watched from outside.
public final class MonitorAtWork {
  private MonitorAtWork() {}

  /// A page beside a run.
  public static Report watched(Running running, PrintStream out) throws Exception {
    // @start region="watched"
    try (var monitor = new Monitor();
        var server = MonitorServer.of(monitor).start()) {
      monitor.watch(running);
      out.println("watch it at " + server.page());
      return running.await();
    }
    // @end
  }

  /// A queue that other processes use too.
  public static void queue(Monitor monitor, DurableQueue<String> jobs) {
    // @start region="queue"
    monitor.watch(
        "jobs",
        () -> {
          var now = jobs.stats();
          var oldest = now.oldest() == null ? Duration.ZERO : now.oldest();
          return new Backlog.Depth(
              now.depth(), jobs.options().maxItems(), now.sent(), now.settled(), oldest);
        });
    // @end
  }

  /// Told when something is wrong.
  public static void alarms(Monitor monitor, WebHook hook) {
    // @start region="alarms"
    monitor.alarm(
        Alarm.backlog("orders/price", 200, 50), // raised at 200, ended at 50
        AlarmListener.log(System.getLogger("orders")));
    monitor.alarm(Alarm.oldest("inbox", Duration.ofMinutes(1), Duration.ofSeconds(5)), hook);
    monitor.alarm(Alarm.stall("orders", Duration.ofSeconds(30)), hook);
    // @end
  }

  /// A look at the items.
  public static Pipeline tapped(Monitor monitor, Source<Order> orders, Sink<Order> ship) {
    // @start region="tap"
    var tap = monitor.<Order>tap("paid", order -> "order of " + order.cents() + " cents");
    return Pipeline.from(orders).filter(Order::isPaid).peek(tap).to(ship);
    // @end
  }

  /// For others on the network.
  public static MonitorServer beyond(Monitor monitor, InetAddress address, String token)
      throws IOException {
    // @start region="beyond"
    var server =
        MonitorServer.of(monitor)
            .address(address)
            .port(8080)
            .token(token) // without it one is made; page() has it
            .allowHost("sluice.example") // a proxy's name for it
            .allowControl() // pause, resume, drain, workers
            .start();
    // @end
    return server;
  }

  /// Meters.
  public static SluiceMetrics meters(Monitor monitor, MeterRegistry registry) {
    // @start region="meters"
    var metrics = new SluiceMetrics(monitor);
    metrics.bindTo(registry);
    // @end
    return metrics;
  }

  /// The way of some items.
  public static Pipeline traced(
      Tracer tracer, Source<Order> orders, ThrowingFunction<Order, Order> price, Sink<Order> ship) {
    // @start region="spans"
    var spans = new ItemSpans(tracer, 1_000); // one order in a thousand
    return Pipeline.from(orders)
        .peek(spans.begin("order"))
        .map(Parallel.ordered(4), spans.stage("price", price))
        .to(spans.end("ship", ship));
    // @end
  }

  /// What a program makes of it.
  public static void figures(Monitor monitor, Channel<Order> inbox, PrintStream out) {
    // @start region="snapshot"
    monitor.watch("inbox", inbox);
    for (var channel : monitor.snapshot().channels()) {
      out.printf(
          "%s: %d of %d, the oldest for %d ms%n",
          channel.name(), channel.size(), channel.capacity(), channel.oldest().toMillis());
    }
    // @end
  }
}
