package dev.sluice.queues;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Several queues of one store received from as if they were one, each as often as its weight says.
///
/// Of queues that all have items, one of weight 3 is received from three times as often as one of
/// weight 1; one that has none holds nobody up. The order of turns is smooth: 3 and 1 make A A B A,
/// not A A A B.
///
/// @param <T> what they hold
public final class Receivers<T> {
  private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(5);

  private final List<Turn<T>> turns = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final QueueStore store;
  private final int total;

  private static final class Turn<T> {
    final DurableQueue<T> queue;
    final int weight;
    long credit;

    Turn(DurableQueue<T> queue, int weight) {
      this.queue = queue;
      this.weight = weight;
    }
  }

  private Receivers(Map<DurableQueue<T>, Integer> weights) {
    int sum = 0;
    for (var entry : weights.entrySet()) {
      int weight = entry.getValue();
      if (weight < 1) {
        throw new IllegalArgumentException(
            "the weight of queue %s must be at least 1, but was %d"
                .formatted(entry.getKey().name(), weight));
      }
      turns.add(new Turn<>(entry.getKey(), weight));
      sum += weight;
    }
    if (turns.isEmpty()) {
      throw new IllegalArgumentException("there must be at least 1 queue");
    }
    total = sum;
    store = turns.getFirst().queue.store();
    if (turns.stream().anyMatch(turn -> turn.queue.store() != store)) {
      throw new IllegalArgumentException("the queues must be of the same store");
    }
  }

  /// Those queues, by those weights.
  public static <T> Receivers<T> of(Map<DurableQueue<T>, Integer> weights) {
    return new Receivers<>(new LinkedHashMap<>(weights));
  }

  /// Leases the next item of any of them, waiting up to `patience`.
  ///
  /// @return null if none came
  public @Nullable Leased<T> receive(Duration patience)
      throws QueueException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    var signals = store.signals();
    var news = signals.any();
    news.enter();
    try {
      signals.begun();
      while (true) {
        for (var queue : order()) {
          var item = queue.tryReceive();
          if (item != null) {
            news.tell(1); // there may be more
            return item;
          }
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        store.checkOpen();
        news.await(Math.min(left, LOOK_AGAIN));
      }
    } finally {
      news.leave();
    }
  }

  /// Whose turn it is, and who follows if that one has nothing: smooth weighted round robin.
  private List<DurableQueue<T>> order() {
    lock.lock();
    try {
      turns.forEach(turn -> turn.credit += turn.weight);
      var byCredit = new ArrayList<>(turns);
      byCredit.sort((a, b) -> Long.compare(b.credit, a.credit));
      byCredit.getFirst().credit -= total;
      return byCredit.stream().map(turn -> turn.queue).toList();
    } finally {
      lock.unlock();
    }
  }
}
