package dev.sluice.pipelines;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
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

  /// Tells of a run that ends now.
  void end(String name, Report report, @Nullable Throwable thrown) {
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
