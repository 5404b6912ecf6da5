package dev.sluice.logs;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Counts records by their time and by what they are, in bounded memory: the more time they span,
/// the coarser it counts.
///
/// For one thread at a time.
@SuppressWarnings("EnumOrdinal") // an array of counts, a place for each series
final class TimeLine {

  /// What a record is, as far as colours tell; in the order in which they are stacked.
  enum Series {
    OTHER("other", "plain"),
    SUCCESS("1xx and 2xx", "ok"),
    REDIRECT("3xx", "info"),
    CLIENT_ERROR("4xx", "warn"),
    SERVER_ERROR("5xx", "bad"),
    DETAIL("debug", "info"),
    NORMAL("info", "ok"),
    WARNING("warning", "warn"),
    ERROR("error", "bad");

    private final String label;
    private final String look;

    Series(String label, String look) {
      this.label = label;
      this.look = look;
    }

    String label() {
      return label;
    }

    /// The class of its colour.
    String look() {
      return look;
    }
  }

  /// The records of a stretch of time, cut into equal parts.
  ///
  /// @param start the second when the first part begins
  /// @param step how many seconds each takes
  /// @param counts of each part, by series
  /// @param outside how many records are so far from all others that they are left out
  record Parts(long start, long step, long[][] counts, long outside) {}

  private static final int ROOM = 8_192;
  private static final long DAY = 86_400;

  /// Each divides the next, so that counts of one make counts of the next.
  private static final long[] UNITS = {
    1,
    5,
    10,
    30,
    60,
    300,
    600,
    1_800,
    3_600,
    10_800,
    21_600,
    43_200,
    DAY,
    7 * DAY,
    28 * DAY,
    364 * DAY,
    3_640 * DAY
  };

  /// How many times more than the middle of the records all of them must span, before those at the
  /// edges are left out.
  private static final int FAR = 20;

  private Map<Long, long[]> buckets = new HashMap<>();
  private int unit;
  private long lastKey;
  private long @Nullable [] last;

  void add(long second, Series series) {
    bucket(second)[series.ordinal()]++;
  }

  /// Adds all that `other` counted.
  void addAll(TimeLine other) {
    if (unit < other.unit) {
      coarsen(other.unit);
    }
    other.buckets.forEach((key, counts) -> sum(bucket(key * UNITS[other.unit]), counts));
  }

  /// The counts of the part that `second` is in.
  private long[] bucket(long second) {
    long key = Math.floorDiv(second, UNITS[unit]);
    var bucket = last;
    if (bucket == null || key != lastKey) {
      if (buckets.size() >= ROOM && !buckets.containsKey(key)) {
        while (buckets.size() >= ROOM && unit < UNITS.length - 1) {
          coarsen(unit + 1);
        }
        key = Math.floorDiv(second, UNITS[unit]);
      }
      bucket = buckets.computeIfAbsent(key, _ -> new long[Series.values().length]);
      last = bucket;
      lastKey = key;
    }
    return bucket;
  }

  /// Counts by a longer unit from now on.
  private void coarsen(int longer) {
    long factor = UNITS[longer] / UNITS[unit];
    var coarser = new HashMap<Long, long[]>();
    buckets.forEach(
        (key, counts) -> coarser.merge(Math.floorDiv(key, factor), counts, TimeLine::sum));
    buckets = coarser;
    unit = longer;
    last = null;
  }

  private static long[] sum(long[] one, long[] other) {
    for (int i = 0; i < one.length; i++) {
      one[i] += other[i];
    }
    return one;
  }

  boolean isEmpty() {
    return buckets.isEmpty();
  }

  /// What was counted, in at most so many parts.
  Parts parts(int most) {
    var sorted = new TreeMap<>(buckets);
    long first = sorted.firstKey();
    long end = sorted.lastKey();
    long all = sorted.values().stream().mapToLong(TimeLine::total).sum();
    long early = quantile(sorted, all / 1_000);
    long late = quantile(sorted, all - 1 - all / 1_000);
    if (end - first + 1 > FAR * (late - early + 1)) {
      first = early;
      end = late;
    }
    int coarse = unit;
    while (Math.floorDiv(end * UNITS[unit], UNITS[coarse])
                - Math.floorDiv(first * UNITS[unit], UNITS[coarse])
            >= most
        && coarse < UNITS.length - 1) {
      coarse++;
    }
    long step = UNITS[coarse];
    long factor = step / UNITS[unit];
    long firstPart = Math.floorDiv(first, factor);
    int parts = (int) (Math.floorDiv(end, factor) - firstPart) + 1;
    var counts = new long[parts][Series.values().length];
    long inside = 0;
    for (var entry : sorted.subMap(first, true, end, true).entrySet()) {
      sum(counts[(int) (Math.floorDiv(entry.getKey(), factor) - firstPart)], entry.getValue());
      inside += total(entry.getValue());
    }
    return new Parts(firstPart * step, step, counts, all - inside);
  }

  private static long quantile(NavigableMap<Long, long[]> sorted, long rank) {
    long seen = 0;
    for (var entry : sorted.entrySet()) {
      seen += total(entry.getValue());
      if (seen > rank) {
        return entry.getKey();
      }
    }
    return sorted.lastKey();
  }

  static long total(long[] counts) {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }
}
