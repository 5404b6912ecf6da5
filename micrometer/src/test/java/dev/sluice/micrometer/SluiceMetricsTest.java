package dev.sluice.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.fixtures.Until;
import dev.sluice.monitor.Monitor;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SluiceMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void what_is_watched_has_meters_also_what_is_watched_later() throws Exception {
    Channel<String> inbox = Channel.<String>builder().named("inbox").bounded(4);
    try (var monitor = new Monitor();
        var metrics = new SluiceMetrics(monitor)) {
      monitor.watch(inbox);
      inbox.send("a");
      metrics.bindTo(registry);
      assertThat(registry.get("sluice.channel.size").tag("channel", "inbox").gauge().value())
          .isEqualTo(1);

      var running =
          Pipeline.from(Source.of(1, 2, 3, 4)).filter(i -> i > 1).to("write", i -> {}).start();
      monitor.watch("numbers", running);
      running.await();

      Until.holds(
          "a meter is there", () -> registry.find("sluice.pipeline.in").functionCounter() != null);
      Until.holds(
          "a meter is there",
          () ->
              registry
                      .get("sluice.pipeline.items")
                      .tags("pipeline", "numbers", "outcome", "out")
                      .functionCounter()
                      .count()
                  == 3);
      // those of its stages follow, one by one
      Until.holds(
          "a meter is there",
          () ->
              registry
                      .find("sluice.stage.in")
                      .tags("pipeline", "numbers", "stage", "write")
                      .functionCounter()
                  != null);
      assertThat(
              registry
                  .get("sluice.stage.in")
                  .tags("pipeline", "numbers", "stage", "write")
                  .functionCounter()
                  .count())
          .isEqualTo(3);
    }
  }

  @Test
  void what_is_forgotten_has_none_any_more() throws Exception {
    try (var monitor = new Monitor();
        var metrics = new SluiceMetrics(monitor)) {
      metrics.bindTo(registry);
      for (int i = 0; i < 12; i++) {
        var running = Pipeline.from(Source.of(i)).to(n -> {}).start();
        monitor.watch("run-" + i, running);
        running.await();
      }

      Until.holds(
          "a meter is there",
          () -> registry.find("sluice.pipeline.in").tag("pipeline", "run-11").meter() != null);
      Until.holds(
          "a meter is there", () -> registry.find("sluice.pipeline.in").meters().size() <= 8);
    }
  }
}
