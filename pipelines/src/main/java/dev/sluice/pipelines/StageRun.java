package dev.sluice.pipelines;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// A stage in one run: what its workers share, and what can be changed while it runs.
final class StageRun implements Running.Stage {
  final Run run;
  final int number;
  final Failures failures;
  private final String name;

  /// What waits before it.
  final List<Edge> edges = new ArrayList<>();

  /// How often it had nothing to pass on when its time had come.
  final LongAdder underflows = new LongAdder();

  @Nullable Crew crew;
  private @Nullable Throttle throttle;

  StageRun(Run run, int number, String name, @Nullable OnError onError) {
    this.run = run;
    this.number = number;
    this.name = name;
    this.failures = new Failures(run, number, onError == null ? OnError.stop() : onError);
  }

  /// What its workers ask for the moment that an item may pass.
  Throttle throttle(Rate rate) {
    if (throttle == null) {
      throttle = new Throttle(run.clock(), rate);
    }
    return throttle;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int concurrency() {
    return crew == null ? 1 : crew.target();
  }

  @Override
  public void concurrency(int workers) {
    if (crew == null) {
      throw new IllegalStateException(
          "stage '%s' has one worker; give it a Parallel, or balance it".formatted(name));
    }
    if (workers < 1 || workers > crew.most()) {
      throw new IllegalArgumentException(
          "stage '%s' may have 1 to %d workers (Parallel.most), but was to have %d"
              .formatted(name, crew.most(), workers));
    }
    crew.target(workers);
  }

  @Override
  public int most() {
    return crew == null ? 1 : crew.most();
  }

  @Override
  public Rate rate() {
    return throttled().rate();
  }

  @Override
  public void rate(Rate rate) {
    throttled().rate(rate);
  }

  @Override
  public long underflows() {
    return underflows.sum();
  }

  private Throttle throttled() {
    if (throttle == null) {
      throw new IllegalStateException("stage '%s' is not a throttle".formatted(name));
    }
    return throttle;
  }
}
