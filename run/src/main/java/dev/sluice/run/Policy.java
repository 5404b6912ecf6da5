package dev.sluice.run;

import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What becomes of an item that fails.
///
/// @param then `stop`, `skip` or `dead_letter`
/// @param retry how it is tried before that; null for not again
record Policy(String then, @Nullable Retry retry) {
  static final Policy STOP = new Policy("stop", null);
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofSeconds(10);

  boolean needsDeadLetters() {
    return then.equals("dead_letter");
  }

  /// @param quick whether what is tried again is tried at once
  OnError with(Sink<DeadLetter> deadLetters, boolean quick) {
    var last =
        switch (then) {
          case "skip" -> OnError.skip();
          case "dead_letter" -> OnError.deadLetter(deadLetters);
          default -> OnError.stop();
        };
    return retry == null ? last : last.after(quick ? retry.delay(Duration.ZERO) : retry);
  }

  String inWords() {
    var last =
        switch (then) {
          case "skip" -> "is dropped, and counted";
          case "dead_letter" -> "goes to the dead letters";
          default -> "stops the run";
        };
    return retry == null
        ? last
        : "is tried %d times in all, then %s".formatted(retry.attempts(), last);
  }

  static Retry retry(
      int attempts, @Nullable Duration first, @Nullable Duration most, @Nullable Double jitter) {
    var begin = first == null ? FIRST : first;
    var end = most == null ? MOST.compareTo(begin) < 0 ? begin : MOST : most;
    var retry = Retry.attempts(attempts).backoff(begin, end);
    return jitter == null ? retry : retry.jitter(jitter);
  }
}
