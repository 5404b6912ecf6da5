package dev.sluice.patterns;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;

/// Back-pressure: a slow consumer slows its producer down, and the wait has a name.
final class Backpressure {
  private Backpressure() {}

  /// Writes all `pages`, however slow the printer is.
  static Report print(Source<Integer> pages, Sink<Integer> printer) throws Exception {
    // @start region="backpressure"
    var report =
        Pipeline.from(pages)
            .named("read")
            .buffer(5) // no more wait: then reading does
            .to("print", printer)
            .run();
    report
        .metrics()
        .bottleneck()
        .ifPresent(stage -> System.out.println("the slowest is " + stage.name()));
    // @end
    return report;
  }
}
