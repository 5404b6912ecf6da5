package dev.sluice.logs;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
  private static final int RECENT = 1 << 9;

  private final int room;

  record Entry(String text, long count) {}

  private final Map<String, Counter> counters = new HashMap<>();

  /// Counters that were wanted lately, by the hashes of their texts. Texts that recur are most
  /// often [the same instances][Texts], which are equal at a glance, where the map would lead from
  /// one place of the memory to the next.
  private final @Nullable Counter[] recent = new Counter[RECENT];

  private long error;

  private static final class Counter {
    private String text;
    private long count;

    Counter(String text) {
      this.text = text;
    }
  }

  TopCounts() {
    this(ROOM);
  }

  /// @param room how many different texts are counted at a time
  TopCounts(int room) {
    this.room = room;
  }

  void add(String whole) {
    var text = whole.length() > LONGEST ? whole.substring(0, LONGEST) : whole;
    int place = text.hashCode() & (RECENT - 1);
    var counter = recent[place];
    if (counter == null || !counter.text.equals(text)) {
      counter = counter(text);
      recent[place] = counter;
    }
    counter.text = text;
    counter.count++;
  }

  private Counter counter(String text) {
    var known = counters.get(text);
    if (known != null) {
      return known;
    }
    if (counters.size() == room) {
      lower();
    }
    var counter = new Counter(text);
    counters.put(text, counter);
    return counter;
  }

  private void lower() {
    long median =
        counters.values().stream().mapToLong(counter -> counter.count).sorted().toArray()[room / 2];
    counters.values().forEach(counter -> counter.count -= median);
    counters.values().removeIf(counter -> counter.count <= 0);
    Arrays.fill(recent, null);
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
