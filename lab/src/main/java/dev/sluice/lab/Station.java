package dev.sluice.lab;

/// A buffer with consumers behind it, as queueing theory sees it: M/M/c/K. Items arrive at random
/// (a Poisson process), each takes a random time (exponential), and one that finds no room is lost.
///
/// @param arrivals items a second, more than 0
/// @param services items a second that one consumer deals with, more than 0
/// @param consumers how many there are, at least 1
/// @param capacity how many items may wait in the buffer, beside those that consumers have in hand;
///   at least 0
public record Station(double arrivals, double services, int consumers, int capacity) {
  private static final int MOST_PLACES = 1_000_000;

  /// Checks the numbers.
  public Station {
    if (!(arrivals > 0 && services > 0 && Double.isFinite(arrivals) && Double.isFinite(services))) {
      throw new IllegalArgumentException(
          "rates must be more than 0, but were %s and %s".formatted(arrivals, services));
    }
    if (consumers < 1 || capacity < 0 || (long) consumers + capacity > MOST_PLACES) {
      throw new IllegalArgumentException(
          "consumers must be at least 1, capacity 0 or more, and both together at most %,d, but were %d and %d"
              .formatted(MOST_PLACES, consumers, capacity));
    }
  }

  /// How many items may be there, waiting or in hand: the K of M/M/c/K.
  public int places() {
    return consumers + capacity;
  }

  /// What is to be expected in the long run.
  public Prediction predict() {
    return Prediction.of(this);
  }
}
