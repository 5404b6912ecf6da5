package dev.sluice.logs;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts how often each text comes, in bounded memory: exactly while few different ones come,
/// about after that.
///
/// This is Misra and Gries's algorithm: when the counters run out, all are lowered by their median
/// and those that reach zero are given up, so each count may be too low by the sum of what was
/// taken, [#error], and never too high.
final class TopCounts {
  /// Texts that differ only after so many characters count as one.
  static final int LONGEST = 200;

  private static final int ROOM = 10_000;

  private final int room;

  record Entry(String text, long count) {}

  private final Map<String, Counter> counters = new HashMap<>();
  private long error;

  private static final class Counter {
    private long count;
  }

  TopCounts() {
    this(ROOM);
  }

  /// @param room how many different texts are counted at a time
  TopCounts(int room) {
    this.room = room;
  }

  void add(String text) {
    var key = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    var counter = counters.get(key);
    if (counter == null) {
      if (counters.size() == room) {
        lower();
      }
      counter = new Counter();
      counters.put(key, counter);
    }
    counter.count++;
  }

  private void lower() {
    long median =
        counters.values().stream().mapToLong(counter -> counter.count).sorted().toArray()[room / 2];
    counters.values().forEach(counter -> counter.count -= median);
    counters.values().removeIf(counter -> counter.count <= 0);
    error += median;
  }

  /// How much too low a count may be.
  long error() {
    return error;
  }

  boolean isEmpty() {
    return counters.isEmpty();
  }

  /// Those that came most often, the most frequent first.
  List<Entry> top(int most) {
    return counters.entrySet().stream()
        .map(entry -> new Entry(entry.getKey(), entry.getValue().count))
        .sorted(comparingLong(Entry::count).reversed().thenComparing(comparing(Entry::text)))
        .limit(most)
        .toList();
  }
}
