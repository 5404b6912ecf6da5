package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.monitor.Monitor;
import dev.sluice.monitor.WebHook;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import dev.sluice.queues.Codec;
import dev.sluice.queues.QueueStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MonitorAtWorkTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void a_run_is_watched_to_its_end() throws Exception {
    var running = Pipeline.from(Source.of(1, 2, 3)).to(i -> {}).start();

    var report = MonitorAtWork.watched(running, out);

    assertThat(report.account().out()).isEqualTo(3);
    assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("watch it at http://localhost:");
  }

  @Test
  void a_tap_shows_what_it_may() throws Exception {
    try (var monitor = new Monitor()) {
      var orders = Source.of(new Order("1", "ann", 500), new Order("2", "bob", 0));
      MonitorAtWork.tapped(monitor, orders, order -> {}).run();

      while (monitor.snapshot().taps().stream().allMatch(it -> it.samples().isEmpty())) {
        Thread.onSpinWait(); // where it has just looked; bounded by the test's own time
      }
      assertThat(monitor.snapshot().taps().getFirst().samples())
          .extracting(sample -> sample.text())
          .containsExactly("order of 500 cents");
    }
  }

  @Test
  void alarms_and_figures_are_to_be_had() throws Exception {
    Channel<Order> inbox = Channel.bounded(4);
    try (var monitor = new Monitor();
        var hook = new WebHook(URI.create("http://localhost:9/"))) {
      MonitorAtWork.alarms(monitor, hook);
      inbox.send(new Order("1", "ann", 500));

      MonitorAtWork.figures(monitor, inbox, out);

      assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("inbox: 1 of 4, the oldest");
      assertThat(monitor.snapshot().alarms()).isEmpty();
    }
  }

  @Test
  void a_queue_is_watched_too(@TempDir Path dir) throws Exception {
    try (var monitor = new Monitor();
        var store = QueueStore.open(dir.resolve("jobs.db"))) {
      var jobs = store.queue("jobs", Codec.text());
      jobs.send("resize cat.png");

      MonitorAtWork.queue(monitor, jobs);

      while (monitor.snapshot().channels().isEmpty()) { // bounded by the test's own time
        Thread.onSpinWait();
      }
      var shown = monitor.snapshot().channels().getFirst();
      assertThat(shown.size()).isEqualTo(1);
      assertThat(shown.capacity()).isEqualTo(jobs.options().maxItems());
    }
  }

  @Test
  void meters_are_registered() {
    var registry = new SimpleMeterRegistry();
    try (var monitor = new Monitor()) {
      monitor.watch("inbox", Channel.bounded(4));
      try (var metrics = MonitorAtWork.meters(monitor, registry)) {
        assertThat(registry.get("sluice.channel.capacity").gauge().value()).isEqualTo(4);
        assertThat(metrics).isNotNull();
      }
    }
  }

  @Test
  void one_item_in_a_thousand_has_spans() throws Exception {
    var tracer = TracerProvider.noop().get("orders");
    var orders = Source.of(new Order("1", "ann", 500), new Order("2", "bob", 0));

    var report = MonitorAtWork.traced(tracer, orders, order -> order, order -> {}).run();

    assertThat(report.account().out()).isEqualTo(2);
  }

  @Test
  void others_on_the_network_need_the_token() throws Exception {
    var token = "0123456789abcdef";
    try (var monitor = new Monitor();
        var server = MonitorAtWork.beyond(monitor, InetAddress.getLoopbackAddress(), token)) {
      assertThat(server.page().toString()).endsWith("/?token=" + token);
    }
  }
}
