package dev.sluice.logs;

import dev.sluice.logs.KnownFields.Field;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// How the numbers in some fields are distributed: `--percentiles`.
final class Percentiles implements Tabulation {
  private static final double[] SHOWN = {50, 90, 99, 99.9};
  private static final List<String> COLUMNS =
      List.of("field", "count", "without", "p50", "p90", "p99", "p99.9", "max");

  /// A double below this has the whole numbers next to it.
  private static final double MOST_EXACT = 1L << 53;

  private final List<String> names;
  private final KnownFields known = new KnownFields();
  private final List<Field> fields = new ArrayList<>();
  private final List<Quantiles> quantiles = new ArrayList<>();
  private final long[] without;

  /// Parts at rest: never more than there were on their way at a time.
  private final ConcurrentLinkedDeque<NumbersPart> idle = new ConcurrentLinkedDeque<>();

  Percentiles(List<String> names) {
    this.names = List.copyOf(names);
    for (var name : names) {
      fields.add(known.add(KnownFields.path(name)));
      quantiles.add(new Quantiles());
    }
    without = new long[names.size()];
  }

  @Override
  public Wanted wanted() {
    return known.wanted();
  }

  @Override
  public Part begin() {
    var part = idle.pollFirst();
    return part == null ? new NumbersPart() : part;
  }

  /// The numbers of a block as they came: there are few, and sorting them in is quick.
  private final class NumbersPart implements Part {
    private double[] numbers = new double[256];
    private int[] of = new int[256];
    private int count;
    private final long[] without = new long[fields.size()];

    @Override
    public void add(LogRecord logRecord) {
      var places = known.places(logRecord.shape());
      for (int i = 0; i < without.length; i++) {
        if (fields.get(i).in(logRecord, places) instanceof Number number
            && Double.isFinite(number.doubleValue())) {
          if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
            of = Arrays.copyOf(of, 2 * count);
          }
          numbers[count] = number.doubleValue();
          of[count++] = i;
        } else {
          without[i]++;
        }
      }
    }

    void clear() {
      count = 0;
      Arrays.fill(without, 0);
    }
  }

  @Override
  public void take(Part part) {
    var numbers = (NumbersPart) part;
    for (int i = 0; i < numbers.count; i++) {
      quantiles.get(numbers.of[i]).add(numbers.numbers[i]);
    }
    for (int i = 0; i < without.length; i++) {
      without[i] += numbers.without[i];
    }
    numbers.clear();
    idle.addFirst(numbers);
  }

  @Override
  public void results(Results out) throws IOException {
    out.write(new Results.Table("percentiles", COLUMNS, this::rows, null));
  }

  private void rows(Results.Row row) throws IOException {
    for (int i = 0; i < names.size(); i++) {
      var of = quantiles.get(i);
      var cells = new ArrayList<@Nullable Object>(List.of(names.get(i), of.count(), without[i]));
      for (double percent : SHOWN) {
        cells.add(number(of, of.at(percent)));
      }
      cells.add(number(of, of.max()));
      row.take(cells);
    }
  }

  private static @Nullable Object number(Quantiles of, double number) {
    if (of.count() == 0) {
      return null;
    }
    return of.whole() && Math.abs(number) < MOST_EXACT ? (Object) (long) number : (Object) number;
  }
}
