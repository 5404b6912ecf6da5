package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A monitor's page, and what steers the pipelines that it watches.
final class MonitorContent implements LiveContent {
  private static final Logger LOGGER = System.getLogger("dev.sluice.monitor");
  private static final Map<String, String> FILES =
      Map.of("/", "index.html", "/app.js", "app.js", "/graph.js", "graph.js");

  private final Monitor monitor;

  // Settings, for before the server starts.
  private boolean control;
  private Duration drainPatience = Duration.ofSeconds(30);

  MonitorContent(Monitor monitor) {
    this.monitor = monitor;
  }

  void allowControl() {
    control = true;
  }

  void drainPatience(Duration patience) {
    drainPatience = patience;
  }

  @Override
  public Update now() {
    var snapshot = monitor.snapshot();
    return new Update(snapshot.number(), SnapshotJson.of(snapshot, control));
  }

  @Override
  public void attend() {
    monitor.attend();
  }

  @Override
  public void leave() {
    monitor.leave();
  }

  @Override
  public @Nullable URL file(String path) {
    var name = FILES.get(path);
    return name == null
        ? null
        : MonitorContent.class.getResource("/META-INF/sluice-monitor/" + name);
  }

  @Override
  public @Nullable Answer open(String path) {
    var health = monitor.health();
    return switch (path) {
      case "/health/ready" -> health(health.ready(), "not ready\n");
      case "/health/live" -> health(health.live(), "not live\n");
      default -> null;
    };
  }

  private static Answer health(boolean well, String otherwise) {
    return Answer.text(well ? 200 : 503, well ? "ok\n" : otherwise);
  }

  @Override
  public @Nullable Answer look(String path) {
    return path.equals("/metrics")
        ? new Answer(
            200,
            PrometheusText.TYPE,
            PrometheusText.of(monitor.snapshot(), monitor.gauges()).getBytes(UTF_8))
        : null;
  }

  @Override
  public boolean control() {
    return control;
  }

  @Override
  public Answer steer(String path, @Nullable String query) {
    var parts = parts(path);
    if (parts.size() < 4 || !parts.get(0).equals("api") || !parts.get(1).equals("pipelines")) {
      return Answer.text(404, "there is nothing to change here\n");
    }
    return monitor
        .pipeline(parts.get(2))
        .map(pipeline -> steer(pipeline, parts.subList(3, parts.size())))
        .orElseGet(() -> Answer.text(404, "there is no pipeline of that name\n"));
  }

  private Answer steer(WatchedPipeline pipeline, List<String> command) {
    var running = pipeline.running();
    if (command.equals(List.of("pause"))) {
      running.pause();
    } else if (command.equals(List.of("resume"))) {
      running.resume();
    } else if (command.equals(List.of("drain"))) {
      pipeline.drain(drainPatience);
    } else if (command.size() == 4
        && command.get(0).equals("stages")
        && command.get(2).equals("workers")
        && command.get(3).matches("\\d{1,6}")) {
      try {
        running.stage(command.get(1)).concurrency(Integer.parseInt(command.get(3)));
      } catch (IllegalArgumentException | IllegalStateException e) {
        return Answer.text(409, e.getMessage() + "\n");
      }
    } else {
      return Answer.text(404, "it can be told pause, resume, drain, stages/STAGE/workers/N\n");
    }
    LOGGER.log(
        Level.INFO,
        "{0}: {1} was asked for on the page",
        pipeline.name(),
        String.join("/", command));
    return Answer.done();
  }

  private static List<String> parts(String path) {
    var parts = new ArrayList<String>();
    for (var part : path.substring(1).split("/", -1)) {
      parts.add(URLDecoder.decode(part.replace("+", "%2B"), UTF_8));
    }
    return parts;
  }
}
