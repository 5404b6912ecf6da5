package dev.sluice.lab;

/// What an [Experiment] measured: each figure is that of the same name in [Prediction], with how
/// far it may be from the truth.
///
/// @param arrived how many items arrived
/// @param lost how many of them found no room
/// @param utilisation the share of their time that the consumers were at work
/// @param loss the share of the items that found no room
/// @param throughput items a second that were dealt with
/// @param waiting how many items waited, on average
/// @param waited how long an item waited, in seconds, on average
public record Measurement(
    long arrived,
    long lost,
    Estimate utilisation,
    Estimate loss,
    Estimate throughput,
    Estimate waiting,
    Estimate waited) {

  /// A mean, and half of its 95 % interval.
  ///
  /// @param mean of the batches that the run was cut into
  /// @param margin the truth is within this of the mean, in 95 of 100 runs
  public record Estimate(double mean, double margin) {

    /// Whether a value is within the interval.
    public boolean holds(double value) {
      return Math.abs(value - mean) <= margin;
    }
  }
}
