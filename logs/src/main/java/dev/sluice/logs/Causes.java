package dev.sluice.logs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts why an expression could not be evaluated: at most some twenty causes; the last may stand
/// for all others. Any number of threads may count.
final class Causes {
  private static final int MOST = 20;
  private static final String OTHERS = "other causes";

  private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  void count(String cause) {
    var counter = counts.get(cause);
    if (counter == null) {
      var key = counts.size() < MOST ? cause : OTHERS;
      counter = counts.computeIfAbsent(key, _ -> new LongAdder());
    }
    counter.increment();
  }

  long sum() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /// Most frequent first: `status is null` to 12.
  Map<String, Long> byCause() {
    var sorted = new LinkedHashMap<String, Long>();
    counts.entrySet().stream()
        .map(entry -> Map.entry(entry.getKey(), entry.getValue().sum()))
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }
}
