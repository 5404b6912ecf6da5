package dev.sluice.queues;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What a transaction did that others wait for. They are told when it is committed.
final class Effects {
  private final Map<Long, Integer> ready = new HashMap<>();
  private final Set<Long> freed = new HashSet<>();
  private long due = Long.MAX_VALUE;

  /// So many more items of `queue` can be received.
  void ready(long queue, int items) {
    ready.merge(queue, items, Integer::sum);
  }

  /// There is more room in `queue`.
  void freed(long queue) {
    freed.add(queue);
  }

  /// Something is to be done at `time`: an item is due, or a lease ends.
  void due(long time) {
    due = Math.min(due, time);
  }

  Map<Long, Integer> ready() {
    return ready;
  }

  Set<Long> freed() {
    return freed;
  }

  long due() {
    return due;
  }

  void clear() {
    ready.clear();
    freed.clear();
    due = Long.MAX_VALUE;
  }
}
