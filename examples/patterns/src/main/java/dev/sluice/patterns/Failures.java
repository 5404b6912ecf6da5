package dev.sluice.patterns;

import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import java.time.Duration;

/// One failure does not stop the others: the policy is a part of the stage.
final class Failures {
  private Failures() {}

  /// Tries each three times, keeps what failed with its cause, and goes on.
  static Report run(
      Source<String> lines,
      ThrowingFunction<String, Integer> parse,
      Sink<DeadLetter> failed,
      Sink<Integer> store)
      throws Exception {
    // @start region="errors"
    var report =
        Pipeline.from(lines)
            .map(parse)
            .onError(
                OnError.deadLetter(failed)
                    .after(
                        Retry.attempts(3)
                            .backoff(Duration.ofMillis(1), Duration.ofSeconds(1))
                            .unless(NumberFormatException.class)))
            .to(store)
            .run();
    // @end
    return report;
  }
}
