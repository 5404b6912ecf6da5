package dev.sluice.pipelines;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What each stage of a run has done, and how its workers' time went, at one moment.
///
/// Counters are exact when the run has ended. While it goes on each is a few items old, and not all
/// are equally old: `out` may be some more or less than what is to be.
///
/// @param elapsed since the start
/// @param stages in the order of the description, sources first
public record Metrics(Duration elapsed, List<Stage> stages) {

  /// A worker that is at work for less than this part of its time limits nothing.
  private static final double IDLE = 0.5;

  /// One stage.
  ///
  /// The shares are parts of the time of the workers that the stage runs on, from 0 to 1. Stages
  /// that share a worker wait together, so only `busy` is their own; it comes of a sample of the
  /// items. The rest of the time went to the other stages of that worker.
  ///
  /// @param name as [Running.Stage#name]
  /// @param worker the same number for stages that share their workers
  /// @param workers how many there are at work
  /// @param in how many items it took
  /// @param out how many it passed on, or wrote
  /// @param failed how many failed for good
  /// @param retried how many attempts were made after the first
  /// @param dropped how many found no room before it
  /// @param queued how many wait before it
  /// @param capacity how many may
  /// @param busy at work
  /// @param starved waiting for items
  /// @param blocked waiting for room behind it
  /// @param delayed waiting because it is told to: for a throttle, or before a retry
  public record Stage(
      String name,
      int worker,
      int workers,
      long in,
      long out,
      long failed,
      long retried,
      long dropped,
      long queued,
      long capacity,
      double busy,
      double starved,
      double blocked,
      double delayed) {

    /// The part of their time that its workers do not wait for others.
    public double load() {
      return Math.max(0, 1 - starved - blocked);
    }
  }

  /// The stage that limits the rate: the busiest of the worker that waits least for others. None if
  /// all wait for most of their time, as they do when there is little to do.
  public Optional<Stage> bottleneck() {
    return stages.stream()
        .filter(stage -> stage.load() >= IDLE)
        .max(
            Comparator.comparingDouble((Stage stage) -> Math.rint(stage.load() * 100))
                .thenComparingDouble(stage -> stage.busy() + stage.delayed()));
  }
}
