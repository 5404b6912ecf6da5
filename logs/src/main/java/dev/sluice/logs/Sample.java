package dev.sluice.logs;

import java.util.concurrent.atomic.LongAdder;

/// Takes a share of the records: the same ones in each run, on each machine and with any number of
/// parsers, since a hash of source and line decides.
final class Sample {
  private final long seed;

  /// Hashes, as numbers without sign, up to this one are taken.
  private final long highest;

  private final LongAdder left = new LongAdder();

  /// @param share more than 0 and less than 1
  Sample(double share, long seed) {
    this.seed = mixed(seed);
    this.highest = (long) (share * 0x1p63) << 1;
  }

  boolean takes(LogRecord logRecord) {
    long hash = mixed(mixed(seed ^ logRecord.source().hashCode()) + logRecord.line());
    boolean taken = Long.compareUnsigned(hash, highest) < 0;
    if (!taken) {
      left.increment();
    }
    return taken;
  }

  /// How many were left out.
  long left() {
    return left.sum();
  }

  /// The finalizer of MurmurHash3: each bit of the result depends on each of `bits`.
  static long mixed(long bits) {
    long h = bits + 0x9E3779B97F4A7C15L;
    h = (h ^ (h >>> 33)) * 0xFF51AFD7ED558CCDL;
    h = (h ^ (h >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return h ^ (h >>> 33);
  }
}
