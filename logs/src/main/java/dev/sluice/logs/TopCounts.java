package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;
import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts how often each text comes, in bounded memory: exactly while few different ones come,
/// about after that. For one thread at a time.
///
/// This is Misra and Gries's algorithm: when the counters run out, all are lowered by their median
/// and those that reach zero are given up, so each count may be too low by the sum of what was
/// taken, [#error], and never too high.
final class TopCounts {
  /// Texts that differ only after so many characters count as one.
  static final int LONGEST = 200;

  private static final int ROOM = 1 << 15;

  /// However many texts there is room for, so many characters of them are enough.
  private static final int MOST_CHARACTERS = 1 << 20;

  private final int room;

  record Entry(String text, long count) {}

  static final class Counter {
    private long count;

    /// Whether it was given up.
    boolean gone;
  }

  private final Map<String, Counter> counters = new HashMap<>();
  private int characters;
  private long error;

  /*
   * Where these are the counts of a block, texts that have a place in `table` are counted by that: the one at
   * `touched[i]` came `counts[i]` times, i < distinct, and i is what the table keeps for it. So nothing need be cleared
   * for a new block: what the table kept for an earlier one is no i at which `touched` has the place. That is the sparse
   * set of Briggs and Torczon (1993).
   *
   * Texts that have no place are kept as they are, [0, asideEnd) of `aside`: each the two bytes of its length and then
   * its own, at most 4 * LONGEST.
   */
  private final @Nullable TextTable table;
  private int[] touched = {};
  private int[] counts = {};
  private int distinct;
  private byte[] aside = {};
  private int asideEnd;

  TopCounts() {
    this(ROOM);
  }

  /// @param room how many different texts are counted at a time
  TopCounts(int room) {
    this(room, null);
  }

  private TopCounts(int room, @Nullable TextTable table) {
    this.room = room;
    this.table = table;
  }

  /// Counts of a block of lines, to be [added][#addAll] to others, always the same ones; by the
  /// thread that has `table` until then, which need not be the one that adds.
  static TopCounts ofBlock(TextTable table) {
    return new TopCounts(ROOM, table);
  }

  void add(String whole) {
    var text = whole.length() > LONGEST ? whole.substring(0, LONGEST) : whole;
    byte[] bytes = text.getBytes(UTF_8);
    addShort(bytes, 0, bytes.length);
  }

  /// Counts the text that is `[from, to)`.
  void add(byte[] bytes, int from, int to) {
    if (to - from > LONGEST) {
      add(Bytes.text(bytes, from, to));
    } else {
      addShort(bytes, from, to);
    }
  }

  private void addShort(byte[] bytes, int from, int to) {
    if (table == null) {
      counter(Bytes.text(bytes, from, to)).count++;
    } else if (!addTo(table, bytes, from, to)) {
      addAside(bytes, from, to);
    }
  }

  /// @return whether the text has a place
  private boolean addTo(TextTable texts, byte[] bytes, int from, int to) {
    int place = texts.place(bytes, from, to);
    if (place < 0) {
      return false;
    }
    int index = texts.index(place);
    if (index < distinct && touched[index] == place) {
      counts[index]++;
      return true;
    }
    if (distinct == touched.length) {
      touched = Arrays.copyOf(touched, 64 + 2 * distinct);
      counts = Arrays.copyOf(counts, 64 + 2 * distinct);
    }
    texts.index(place, distinct);
    touched[distinct] = place;
    counts[distinct++] = 1;
    return true;
  }

  private void addAside(byte[] bytes, int from, int to) {
    int length = to - from;
    if (asideEnd + 2 + length > aside.length) {
      aside = Arrays.copyOf(aside, 2 * (asideEnd + 2 + length));
    }
    aside[asideEnd++] = (byte) (length >> 8);
    aside[asideEnd++] = (byte) length;
    System.arraycopy(bytes, from, aside, asideEnd, length);
    asideEnd += length;
  }

  /// Adds all that the counts of a block have.
  void addAll(TopCounts block) {
    var texts = requireNonNull(block.table);
    for (int i = 0; i < block.distinct; i++) {
      texts.home(block.touched[i], this).count += block.counts[i];
    }
    byte[] other = block.aside;
    for (int at = 0; at < block.asideEnd; ) {
      int from = at + 2;
      at = from + ((other[at] & 0xff) << 8 | (other[at + 1] & 0xff));
      counter(Bytes.text(other, from, at)).count++;
    }
  }

  Counter counter(String text) {
    var known = counters.get(text);
    if (known != null) {
      return known;
    }
    if (counters.size() == room || characters > MOST_CHARACTERS) {
      lower();
    }
    characters += text.length();
    var counter = new Counter();
    counters.put(text, counter);
    return counter;
  }

  private void lower() {
    long[] sorted =
        counters.values().stream().mapToLong(counter -> counter.count).sorted().toArray();
    long median = sorted[sorted.length / 2];
    counters
        .entrySet()
        .removeIf(entry -> {
          var counter = entry.getValue();
          counter.count -= median;
          counter.gone = counter.count <= 0;
          characters -= counter.gone ? entry.getKey().length() : 0;
          return counter.gone;
        });
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
