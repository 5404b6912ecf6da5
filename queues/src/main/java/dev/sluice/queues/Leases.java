package dev.sluice.queues;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The leases that this process has and is to extend: each as long as anybody holds the [Leased].
/// What nobody holds cannot be settled any more, and comes back when its lease ends.
final class Leases {
  private record Held(WeakReference<Leased<?>> lease, Row row, long length, long extendAt) {
    Held later() {
      return new Held(lease, row, length, System.nanoTime() + third(length));
    }
  }

  private final Map<Long, Held> held = new ConcurrentHashMap<>();

  private static long third(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis) / 3;
  }

  void add(Leased<?> lease, Row row, long length) {
    held.put(
        row.id(),
        new Held(new WeakReference<>(lease), row, length, System.nanoTime() + third(length)));
  }

  void remove(Row row) {
    held.computeIfPresent(row.id(), (id, it) -> it.row().token() == row.token() ? null : it);
  }

  /// Those whose time it is, by the length of the lease.
  Map<Long, List<Row>> toExtend() {
    long now = System.nanoTime();
    var due = new HashMap<Long, List<Row>>();
    for (var it : held.values()) {
      if (it.lease().refersTo(null)) {
        remove(it.row());
      } else if (it.extendAt() - now <= 0) {
        due.computeIfAbsent(it.length(), length -> new ArrayList<>()).add(it.row());
        held.computeIfPresent(it.row().id(), (id, same) -> same.equals(it) ? it.later() : same);
      }
    }
    return due;
  }

  /// In how many nanoseconds the next one is to be extended; the largest number if none is.
  long nextNanos() {
    long now = System.nanoTime();
    long next = Long.MAX_VALUE;
    for (var it : held.values()) {
      next = Math.min(next, Math.max(0, it.extendAt() - now));
    }
    return next;
  }

  void lost(List<Row> rows) {
    for (var row : rows) {
      var it = held.get(row.id());
      if (it != null && it.row().token() == row.token()) {
        held.remove(row.id(), it);
        var lease = it.lease().get();
        if (lease != null) {
          lease.markLost();
        }
      }
    }
  }
}
