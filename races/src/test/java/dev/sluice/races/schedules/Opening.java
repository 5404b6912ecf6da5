package dev.sluice.races.schedules;

import dev.sluice.channels.Channel;
import dev.sluice.races.Kind;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A kind of channel with a capacity: what a scene opens anew for each schedule.
record Opening(Kind kind, int capacity) {

  /// Each kind with each of its capacities.
  static Stream<Opening> all() {
    return Arrays.stream(Kind.values())
        .flatMap(kind ->
            IntStream.rangeClosed(kind.smallest, kind.largest)
                .mapToObj(capacity -> new Opening(kind, capacity)));
  }

  /// Those that hold items.
  static Stream<Opening> buffered() {
    return all().filter(opening -> opening.kind != Kind.RENDEZVOUS);
  }

  /// Those that hold as many items as their capacity says.
  static Stream<Opening> bounded() {
    return all().filter(opening -> opening.kind.isBounded());
  }

  /// Each kind with its smallest capacity.
  static Stream<Opening> smallest() {
    return all().filter(opening -> opening.capacity == opening.kind.smallest);
  }

  <T> Channel<T> open() {
    return kind.open(capacity);
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + "(" + capacity + ")";
  }
}
