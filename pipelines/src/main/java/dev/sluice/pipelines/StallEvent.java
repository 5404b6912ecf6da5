package dev.sluice.pipelines;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/// A worker that waited for another one, in a flight recording: by default only if it did for a
/// second or longer.
@Name("dev.sluice.Stall")
@Label("Pipeline Stall")
@Description("A worker of a pipeline waited for another one")
@Category({"Sluice", "Pipelines"})
@StackTrace(false)
@Threshold("1 s")
@SuppressWarnings("unused") // a recording reads the fields
final class StallEvent extends Event {
  @Label("Stage")
  @Nullable String stage;

  @Label("Blocked")
  @Description("It waited for room behind it; otherwise for something to do")
  boolean blocked;

  /// Tells of a worker that goes on now.
  void end(Run run, boolean forRoom) {
    end();
    if (shouldCommit()) {
      stage = run.stageHere();
      blocked = forRoom;
      commit();
    }
  }
}
