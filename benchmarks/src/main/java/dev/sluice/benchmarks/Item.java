package dev.sluice.benchmarks;

import java.util.ArrayList;
import java.util.List;

/// What travels. Made once and sent again and again, so that what a round allocates is the
/// channel's own doing.
final class Item implements Comparable<Item> {

  /// How many there are. A prime: a ring that slips by a whole lap, a power of two, delivers other
  /// items than it should, so the tally shows it.
  static final int COUNT = 4_093;

  static final Item[] ALL = new Item[COUNT];

  /// Items in batches, each a list of [#BATCH].
  static final List<List<Item>> BATCHES = new ArrayList<>();

  static final int BATCH = 64;

  static {
    for (int i = 0; i < COUNT; i++) {
      ALL[i] = new Item(mix(i) >>> 1);
    }
    for (int i = 0; i < COUNT; i++) {
      ALL[i].following = ALL[next(i)];
    }
    for (int from = 0; from + BATCH <= COUNT; from += BATCH) {
      BATCHES.add(List.of(ALL).subList(from, from + BATCH));
    }
  }

  final long value;

  /// A hash of the value, kept here so that adding it up costs a receiver nothing but the addition.
  final long mix;

  private Item following = this;

  Item(long value) {
    this.value = value;
    this.mix = mix(value);
  }

  /// The finalizer of SplitMix64.
  private static long mix(long x) {
    long z = x + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /// Where sender number `index` begins, so that senders do not send the same items at a time.
  static int start(int index) {
    return (int) (index * 1_009L % COUNT);
  }

  static int next(int at) {
    return at + 1 == COUNT ? 0 : at + 1;
  }

  /// The next one: what a cheap stage of a pipeline makes of an item. The last is followed by the
  /// first.
  Item following() {
    return following;
  }

  @Override
  public int compareTo(Item other) {
    return Long.compare(value, other.value);
  }
}
