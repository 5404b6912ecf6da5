package dev.sluice.pipelines;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// A run in a flight recording, from start to end.
@Name("dev.sluice.Run")
@Label("Pipeline Run")
@Description("A run of a pipeline, with its account")
@Category({"Sluice", "Pipelines"})
@StackTrace(false)
@SuppressWarnings("unused") // a recording reads the fields
final class RunEvent extends Event {
  @Label("Pipeline")
  @Nullable String pipeline;

  @Label("In")
  long in;

  @Label("Out")
  long out;

  @Label("Filtered")
  long filtered;

  @Label("Dropped")
  long dropped;

  @Label("Dead-lettered")
  long deadLettered;

  @Label("Abandoned")
  long abandoned;

  @Label("Failure")
  @Nullable String failure;

  /// The event of a run that begins now; null as long as nobody has ever recorded. To make an event
  /// takes Java fifty milliseconds the first time, which a short program would notice.
  static @Nullable RunEvent begun() {
    if (!FlightRecorder.isInitialized()) {
      return null;
    }
    var event = new RunEvent();
    event.begin();
    return event;
  }

  /// Tells of a run that ends now.
  ///
  /// @param begun what was made when it began; if that is null and somebody has begun to record
  ///   since, an event without a duration
  static void end(
      @Nullable RunEvent begun, String name, Report report, @Nullable Throwable thrown) {
    var event = begun == null && FlightRecorder.isInitialized() ? new RunEvent() : begun;
    if (event != null) {
      event.end(name, report, thrown);
    }
  }

  private void end(String name, Report report, @Nullable Throwable thrown) {
    end();
    if (shouldCommit()) {
      var account = report.account();
      pipeline = name;
      in = account.in();
      out = account.out();
      filtered = account.filtered();
      dropped = account.dropped();
      deadLettered = account.deadLettered();
      abandoned = account.abandoned();
      failure = thrown == null ? null : thrown.getClass().getName();
      commit();
      report.metrics().stages().forEach(stage -> new StageEvent().commit(name, stage));
    }
  }
}
