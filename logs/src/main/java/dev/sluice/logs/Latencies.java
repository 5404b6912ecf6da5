package dev.sluice.logs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// How long things took, in bounded memory: percentiles to three digits.
///
/// Which field tells it, and in which unit, is known by its name (`duration_ms`, `request_time`) or
/// by the value itself (`12ms`); where neither tells a unit, none is shown. For one thread at a
/// time.
final class Latencies {
  /// What a number of a field counts.
  ///
  /// @param micros how many microseconds; where the unit is not known, how many thousandths
  /// @param known whether it is
  record Unit(double micros, boolean known) {}

  /// How many took from more than `from` up to `to` microseconds.
  record Slice(long from, long to, long count) {}

  private static final long LONGEST = 1_000_000_000_000_000L;
  private static final Unit UNKNOWN = new Unit(1_000, false);
  private static final Unit SECONDS = new Unit(1e6, true);
  private static final Unit MILLIS = new Unit(1e3, true);

  private static final Set<String> NAMES =
      Set.of(
          "duration",
          "latency",
          "elapsed",
          "took",
          "responsetime",
          "requesttime",
          "timetaken",
          "exectime",
          "runtime",
          "processingtime",
          "upstreamresponsetime",
          "targetprocessingtime");

  /// Endings of names, after everything but letters was left out.
  private static final Map<String, Unit> ENDINGS =
      Map.ofEntries(
          Map.entry("nanoseconds", new Unit(1e-3, true)),
          Map.entry("nanos", new Unit(1e-3, true)),
          Map.entry("ns", new Unit(1e-3, true)),
          Map.entry("microseconds", new Unit(1, true)),
          Map.entry("micros", new Unit(1, true)),
          Map.entry("usec", new Unit(1, true)),
          Map.entry("us", new Unit(1, true)),
          Map.entry("milliseconds", MILLIS),
          Map.entry("millis", MILLIS),
          Map.entry("msec", MILLIS),
          Map.entry("ms", MILLIS),
          Map.entry("seconds", SECONDS),
          Map.entry("secs", SECONDS),
          Map.entry("sec", SECONDS),
          Map.entry("s", SECONDS));

  /// Names whose unit is known from the program that writes them.
  private static final Map<String, Unit> USUAL =
      Map.of(
          "requesttime", SECONDS,
          "upstreamresponsetime", SECONDS,
          "targetprocessingtime", SECONDS,
          "timetaken", MILLIS);

  /// So many are kept as they are: those of a block take less memory than a histogram.
  private static final int FEW = 2_048;

  private long[] few = {};
  private int fewCount;
  private @Nullable Histogram histogram;
  private boolean unitKnown = true;

  /// The unit of the numbers of a field, null if it tells no latency by its name.
  static @Nullable Unit unit(String name) {
    var letters = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    if (USUAL.containsKey(letters)) {
      return USUAL.get(letters);
    }
    if (NAMES.contains(letters)) {
      return UNKNOWN;
    }
    for (var ending : ENDINGS.entrySet()) {
      if (letters.endsWith(ending.getKey())
          && NAMES.contains(letters.substring(0, letters.length() - ending.getKey().length()))) {
        return ending.getValue();
      }
    }
    return null;
  }

  /// Counts a value of a field.
  ///
  /// @return it in microseconds, or in thousandths where the unit is not known; -1 if it is no
  ///   latency
  long add(@Nullable Object value, Unit unit) {
    double micros =
        switch (value) {
          case Long number -> number * unit.micros();
          case Double number -> number * unit.micros();
          case String text -> micros(text, unit);
          case null, default -> -1;
        };
    if (!(micros >= 0) || micros > LONGEST) {
      return -1;
    }
    long whole = Math.round(micros);
    record(whole);
    unitKnown &= unit.known() || (value instanceof String text && hasUnit(text));
    return whole;
  }

  /// Adds all that `other` counted.
  void addAll(Latencies other) {
    for (int i = 0; i < other.fewCount; i++) {
      record(other.few[i]);
    }
    if (other.histogram != null) {
      histogram().add(other.histogram);
    }
    unitKnown &= other.unitKnown;
  }

  private void record(long value) {
    if (histogram != null || fewCount == FEW) {
      histogram().recordValue(value);
      return;
    }
    if (fewCount == few.length) {
      few = Arrays.copyOf(few, Math.clamp(2L * fewCount, 64, FEW));
    }
    few[fewCount++] = value;
  }

  /// All, as a histogram from now on.
  private Histogram histogram() {
    var made = histogram;
    if (made == null) {
      made = new Histogram(3);
      histogram = made;
      for (int i = 0; i < fewCount; i++) {
        made.recordValue(few[i]);
      }
      few = new long[0];
      fewCount = 0;
    }
    return made;
  }

  /// Of `12ms`, `1.5s`, or a number in quotes.
  private static double micros(String text, Unit unit) {
    int end = 0;
    while (end < text.length()
        && end < 20
        && (Secrets.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
      end++;
    }
    if (end == 0) {
      return -1;
    }
    var suffix = text.substring(end).strip().toLowerCase(Locale.ROOT).replace('\u00b5', 'u');
    var own = suffix.isEmpty() ? unit : ENDINGS.get(suffix);
    try {
      return own == null ? -1 : Double.parseDouble(text.substring(0, end)) * own.micros();
    } catch (NumberFormatException e) { // 1.2.3
      return -1;
    }
  }

  private static boolean hasUnit(String text) {
    return !Secrets.isDigit(text.charAt(text.length() - 1));
  }

  boolean isEmpty() {
    return histogram == null && fewCount == 0;
  }

  long count() {
    return histogram().getTotalCount();
  }

  long percentile(double percent) {
    return histogram().getValueAtPercentile(percent);
  }

  long max() {
    return histogram().getMaxValue();
  }

  boolean unitKnown() {
    return unitKnown;
  }

  /// All that was counted, in slices that end at 1, 2 and 5 times the powers of ten.
  List<Slice> slices() {
    var slices = new ArrayList<Slice>();
    long from = 0;
    long to = 1;
    long count = 0;
    int step = 0;
    var all = histogram();
    for (var recorded : all.recordedValues()) {
      long value = all.lowestEquivalentValue(recorded.getValueIteratedTo());
      while (value > to) {
        if (count > 0 || !slices.isEmpty()) {
          slices.add(new Slice(from, to, count));
        }
        count = 0;
        from = to;
        to = step++ % 3 == 1 ? to / 2 * 5 : to * 2;
      }
      count += recorded.getCountAddedInThisIterationStep();
    }
    slices.add(new Slice(from, to, count));
    return slices;
  }

  /// `value` for a person: `12.3 ms`.
  String text(long value) {
    if (!unitKnown) {
      return number(value / 1_000.0);
    }
    if (value < 1_000) {
      return value + " \u00b5s";
    }
    if (value < 1_000_000) {
      return number(value / 1_000.0) + " ms";
    }
    return value < 120_000_000L
        ? number(value / 1_000_000.0) + " s"
        : number(value / 60_000_000.0) + " min";
  }

  private static String number(double value) {
    var digits = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    var text = String.format(Locale.ROOT, digits, value);
    return text.indexOf('.') < 0 ? text : text.replaceFirst("\\.?0+$", "");
  }
}
