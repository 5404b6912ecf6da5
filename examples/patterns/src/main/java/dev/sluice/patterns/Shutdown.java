package dev.sluice.patterns;

import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Running;
import java.time.Duration;

/// Graceful shutdown: takes in no more, finishes what is there, and stops at a deadline.
final class Shutdown {
  private Shutdown() {}

  /// Ends a run in order; past `patience` what is still at work is stopped, and named.
  static Report end(Running running, Duration patience) throws Exception {
    // @start region="shutdown"
    var report = running.drain(patience);
    for (var stuck : report.stuck()) {
      System.err.println(stuck.stage() + " did not end, for " + stuck.since());
    }
    // @end
    return report;
  }

  /// Lets Ctrl-C and SIGTERM do the same: the program ends when the run has.
  static void onSignal(Running running) {
    // @start region="signal"
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                running.close(); // drains, for up to 30 seconds
              } catch (Exception e) {
                System.err.println("ended by " + e.getCause());
              }
            }));
    // @end
  }
}
