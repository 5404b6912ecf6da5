package dev.sluice.patterns;

import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.util.List;

/// Completion: waits until everything that was sent has been dealt with, not only taken.
final class Completion {
  private Completion() {}

  static Report run(List<String> jobs, Sink<String> work, Sink<DeadLetter> failed)
      throws Exception {
    // @start region="join"
    var report =
        Pipeline.from(Source.of(jobs))
            .to(work) // an item counts as out when this has returned
            .onError(OnError.deadLetter(failed))
            .run(); // returns when every item has an outcome
    // @end
    return report;
  }
}
