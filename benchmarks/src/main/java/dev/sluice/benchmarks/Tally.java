package dev.sluice.benchmarks;

/// What went in or came out: how many, the sum of their values, the sum of a hash of each. Equal
/// tallies mean the same items, each as often, up to a collision of 128 bits.
final class Tally {

  private long count;
  private long sum;
  private long mix;

  Tally() {}

  /// The tally of the `count` items that a sender sends when it begins at `start`.
  static Tally of(int start, long count) {
    Tally tally = new Tally();
    Tally all = new Tally();
    for (Item item : Item.ALL) {
      all.add(item);
    }
    long laps = count / Item.COUNT;
    tally.add(laps * all.count, laps * all.sum, laps * all.mix);
    int at = start;
    for (long i = laps * Item.COUNT; i < count; i++, at = Item.next(at)) {
      tally.add(Item.ALL[at]);
    }
    return tally;
  }

  /// The tally of `count` batches, from number `start` on.
  static Tally ofBatches(int start, long count) {
    Tally tally = new Tally();
    for (long i = 0; i < count; i++) {
      Item.BATCHES.get((int) ((start + i) % Item.BATCHES.size())).forEach(tally::add);
    }
    return tally;
  }

  void add(Item item) {
    add(1, item.value, item.mix);
  }

  void add(long count, long sum, long mix) {
    this.count += count;
    this.sum += sum;
    this.mix += mix;
  }

  void add(Tally other) {
    add(other.count, other.sum, other.mix);
  }

  boolean matches(Tally other) {
    return count == other.count && sum == other.sum && mix == other.mix;
  }

  @Override
  public String toString() {
    return "%,d items, sum %x, mix %x".formatted(count, sum, mix);
  }
}
