package dev.sluice.lab;

import java.util.random.RandomGenerator;

/// Times that are left to chance. Each has the mean that is asked for.
final class Draw {
  private static final double BURST = 8;
  private static final double WITHIN = 0.05;
  private static final double SHAPE = 1.8;
  private static final double LONGEST = 100;

  private Draw() {}

  /// How long until the next item of a producer.
  ///
  /// @param mean in seconds
  static double interval(String arrivals, double mean, RandomGenerator random) {
    return switch (arrivals) {
      case "constant" -> mean;
      // Bursts of eight, on average, with gaps between them that make up for the haste.
      case "bursty" ->
          random.nextDouble() < 1 / BURST
              ? mean * (BURST - (BURST - 1) * WITHIN) * exponential(random)
              : mean * WITHIN;
      default -> mean * exponential(random);
    };
  }

  /// How long a worker takes.
  ///
  /// @param mean in seconds
  static double service(String services, double mean, RandomGenerator random) {
    return switch (services) {
      case "constant" -> mean;
      // Pareto: most are short, few are very long; cut, for someone wants to see the next.
      case "heavy-tailed" ->
          mean
              * Math.min(
                  LONGEST, (SHAPE - 1) / SHAPE * Math.pow(1 - random.nextDouble(), -1 / SHAPE));
      default -> mean * exponential(random);
    };
  }

  private static double exponential(RandomGenerator random) {
    return -Math.log1p(-random.nextDouble());
  }
}
