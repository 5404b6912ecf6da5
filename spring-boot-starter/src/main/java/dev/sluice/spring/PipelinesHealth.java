package dev.sluice.spring;

import dev.sluice.monitor.Monitor;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/// `UP` while all is well; `OUT_OF_SERVICE` while the pipelines are drained; `DOWN` when one has
/// failed, or the watching itself has. What a failure says may be of the items, so only its class
/// is told.
final class PipelinesHealth extends AbstractHealthIndicator {
  private final RunningPipelines pipelines;
  private final Monitor monitor;

  PipelinesHealth(RunningPipelines pipelines, Monitor monitor) {
    super("the health of the pipelines cannot be told");
    this.pipelines = pipelines;
    this.monitor = monitor;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    boolean failed = !monitor.health().live();
    for (var run : pipelines.all().entrySet()) {
      var state = pipelines.state(run.getKey());
      failed |= state == RunningPipelines.State.FAILED;
      health.withDetail(
          run.getKey(),
          new Told(state, run.getValue().account().in(), run.getValue().account().inFlight()));
    }
    if (failed) {
      health.down();
    } else if (pipelines.isDraining()) {
      health.outOfService();
    } else {
      health.up();
    }
  }

  /// What is told of a pipeline.
  ///
  /// @param in how many items its sources have delivered
  /// @param inFlight how many of these are on their way
  record Told(RunningPipelines.State state, long in, long inFlight) {}
}
