package dev.sluice.pipelines;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// What a stage did in a run, in a flight recording: written when the run has ended.
@Name("dev.sluice.Stage")
@Label("Pipeline Stage")
@Description("What one stage of a pipeline did in a run that has ended")
@Category({"Sluice", "Pipelines"})
@StackTrace(false)
@SuppressWarnings("unused") // a recording reads the fields
final class StageEvent extends Event {
  @Label("Pipeline")
  @Nullable String pipeline;

  @Label("Stage")
  @Nullable String stage;

  @Label("Workers")
  int workers;

  @Label("In")
  long in;

  @Label("Out")
  long out;

  @Label("Failed")
  long failed;

  @Label("Retried")
  long retried;

  @Label("Busy")
  @Percentage
  double busy;

  @Label("Starved")
  @Percentage
  double starved;

  @Label("Blocked")
  @Percentage
  double blocked;

  @Label("Delayed")
  @Percentage
  double delayed;

  void commit(String name, Metrics.Stage metrics) {
    pipeline = name;
    stage = metrics.name();
    workers = metrics.workers();
    in = metrics.in();
    out = metrics.out();
    failed = metrics.failed();
    retried = metrics.retried();
    busy = metrics.busy();
    starved = metrics.starved();
    blocked = metrics.blocked();
    delayed = metrics.delayed();
    commit();
  }
}
