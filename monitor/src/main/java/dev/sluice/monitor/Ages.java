package dev.sluice.monitor;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;

/// How long the oldest item of a queue has waited, told by counting alone.
///
/// Of a queue whose items leave in the order in which they came, the oldest item is the one after
/// the last that was taken. So what is remembered is when how many had come; where the number that
/// has been taken lies in between, there the oldest one came. An item costs nothing, and the answer
/// is as exact as the looks are frequent. Where items overtake each other it is how long one would
/// have waited that keeps its place.
final class Ages {
  private static final int MOST = 512;

  private record Seen(long nanos, long come) {}

  /// By time; the first is at or before the oldest item's coming.
  private final ArrayDeque<Seen> seen = new ArrayDeque<>();

  private long lastLook;

  /// Looks at the queue.
  ///
  /// @param nanos when, on a monotonic clock; not before the last look
  /// @param come how many items have come so far
  /// @param gone how many have left
  /// @return how long the oldest has waited; zero if none waits
  Duration look(long nanos, long come, long gone) {
    long looked = lastLook;
    lastLook = nanos;
    if (come <= gone) {
      seen.clear();
      seen.add(new Seen(nanos, come));
      return Duration.ZERO;
    }
    if (seen.isEmpty() || seen.getLast().come < come) {
      if (!seen.isEmpty() && seen.getLast().nanos < looked) {
        seen.add(new Seen(looked, seen.getLast().come)); // none had come until then
      }
      seen.add(new Seen(nanos, come));
      if (seen.size() > MOST) {
        thin();
      }
    }
    Seen before = seen.getFirst();
    while (seen.size() > 1 && seen.getFirst().come <= gone) {
      before = seen.removeFirst();
    }
    var after = seen.getFirst();
    if (before.come > gone || after.come <= gone) {
      return Duration.ofNanos(nanos - before.nanos);
    }
    seen.addFirst(before);
    double part = (gone - before.come) / (double) Math.max(1, after.come - before.come);
    long came = before.nanos + (long) (part * (after.nanos - before.nanos));
    return Duration.ofNanos(Math.max(0, nanos - came));
  }

  /// Forgets every second look: an item that has waited long is told less exactly.
  private void thin() {
    var kept = new ArrayList<Seen>();
    int i = 0;
    for (var one : seen) {
      if (i % 2 == 0 || i == seen.size() - 1) {
        kept.add(one);
      }
      i++;
    }
    seen.clear();
    seen.addAll(kept);
  }
}
