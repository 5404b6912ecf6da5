package dev.sluice.logs;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// How numbers are distributed, in bounded memory: each percentile within 0.1 % of a number that is
/// there. For one thread at a time.
final class Quantiles {

  /*
   * As in HdrHistogram, each power of two is cut into equal buckets, here 1,024. But the number of a bucket is the upper
   * part of the number as a double has it, its sign, exponent and ten bits of its fraction. So there is no range to be
   * told, or to be outgrown by one odd value: the table of each power of two is made when the first number comes.
   * There are 4,096 of them, so this never has more than 32 MiB, and 8 KiB for what one log has.
   */

  private static final int FRACTION_BITS = 10;
  private static final int BUCKETS = 1 << FRACTION_BITS;
  private static final int SHIFT = 52 - FRACTION_BITS;
  private static final int POWERS = 2_048;
  private static final int DOUBLE_DIGITS = 17;

  private final long[] @Nullable [] positive = new long[POWERS][];
  private final long[] @Nullable [] negative = new long[POWERS][];
  private long count;
  private boolean whole = true;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;

  /// @param number is finite
  void add(double number) {
    long bucket = Double.doubleToRawLongBits(Math.abs(number)) >>> SHIFT;
    var powers = number < 0 ? negative : positive;
    int power = (int) (bucket >>> FRACTION_BITS);
    long[] buckets = powers[power];
    if (buckets == null) {
      buckets = new long[BUCKETS];
      powers[power] = buckets;
    }
    buckets[(int) (bucket & (BUCKETS - 1))]++;
    count++;
    whole &= number == Math.rint(number);
    least = Math.min(least, number);
    most = Math.max(most, number);
  }

  long count() {
    return count;
  }

  /// The largest of them; of none, negative infinity.
  double max() {
    return most;
  }

  /// Whether there is no fraction among them.
  boolean whole() {
    return whole;
  }

  /// The number than which so many percent are not greater; NaN if there is none.
  double at(double percent) {
    if (count == 0) {
      return Double.NaN;
    }
    long rank = Math.max(1, Math.ceilDiv(count * Math.round(percent * 1_000), 100_000));
    for (int power = POWERS - 1; power >= 0; power--) {
      long[] buckets = negative[power];
      for (int i = BUCKETS - 1; buckets != null && i >= 0; i--) {
        rank -= buckets[i];
        if (rank <= 0) {
          return Math.clamp(-roundest(power, i), least, most);
        }
      }
    }
    for (int power = 0; power < POWERS; power++) {
      long[] buckets = positive[power];
      for (int i = 0; buckets != null && i < BUCKETS; i++) {
        rank -= buckets[i];
        if (rank <= 0) {
          return Math.clamp(roundest(power, i), least, most);
        }
      }
    }
    return most;
  }

  /// The number with the fewest digits in a bucket, or nearly so: of 0.5 and its neighbours it is
  /// 0.5, and the only whole number where there is one.
  private static double roundest(int power, int bucket) {
    long first = (((long) power << FRACTION_BITS) | bucket) << SHIFT;
    double low = Double.longBitsToDouble(first);
    double high = Double.longBitsToDouble(first + (1L << SHIFT));
    var middle = new BigDecimal(low + (Math.min(high, Double.MAX_VALUE) - low) / 2);
    for (int digits = 1; digits < DOUBLE_DIGITS; digits++) {
      double rounded = middle.round(new MathContext(digits, RoundingMode.HALF_DOWN)).doubleValue();
      if (rounded >= low && rounded < high) {
        return rounded;
      }
    }
    return low;
  }
}
