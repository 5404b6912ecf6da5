package dev.sluice.races.schedules;

import dev.sluice.channels.Channel;
import dev.sluice.races.Kind;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A kind of channel with a capacity: what a scene opens anew for each schedule.
record Opening(Kind kind, int capacity) {

  /// Each kind with capacities 1 to 3.
  static Stream<Opening> all() {
    return Arrays.stream(Kind.values())
        .flatMap(
            kind -> IntStream.rangeClosed(1, 3).mapToObj(capacity -> new Opening(kind, capacity)));
  }

  /// Each kind with capacity 1.
  static Stream<Opening> smallest() {
    return all().filter(opening -> opening.capacity == 1);
  }

  <T> Channel<T> open() {
    return kind.open(capacity);
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + "(" + capacity + ")";
  }
}
