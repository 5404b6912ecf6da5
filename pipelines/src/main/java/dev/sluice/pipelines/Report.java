package dev.sluice.pipelines;

import java.time.Duration;
import java.util.List;

/// How a run ended.
///
/// @param account what became of every item
/// @param elapsed from start to end
/// @param metrics what each stage did
/// @param stuck what was still at work when the patience of a drain or an abort ended; empty if all
///   went well
public record Report(Account account, Duration elapsed, Metrics metrics, List<Stuck> stuck) {

  /// A worker that did not end in time.
  ///
  /// @param stage what it was working for
  /// @param since how long it had been at the item in hand, or waiting for one; if its items are
  ///   quick, for how long it has not waited, since no clock is read for each
  /// @param stack where it was
  public record Stuck(String stage, Duration since, List<StackTraceElement> stack) {}
}
