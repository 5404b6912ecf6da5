package dev.sluice.logs;

import java.util.List;
import java.util.stream.Stream;

/// What to count of the records of a run, instead of or beside writing them.
///
/// @param countBy the fields by whose values to count, together; none for none
/// @param minutes how long the spans of time are for which to count apart; 0 for none
/// @param tops the most frequent values to show
/// @param percentiles the fields of whose numbers to show percentiles
/// @param approximate whether `countBy` may be about, in bounded memory
public record Aggregation(
    List<String> countBy,
    int minutes,
    List<Top> tops,
    List<String> percentiles,
    boolean approximate) {

  /// Nothing at all.
  public static final Aggregation NONE = new Aggregation(List.of(), 0, List.of(), List.of(), false);

  /// How many keys are kept at least where counts may be about.
  static final int KEPT = 100_000;

  /// The most rows that `--top` shows.
  private static final int MOST_SHOWN = 10_000;

  /// The most frequent values of a field.
  ///
  /// @param shown how many
  public record Top(int shown, String field) {
    /// Checks the number.
    public Top {
      if (shown < 1 || shown > MOST_SHOWN) {
        throw new UsageException(
            "--top must be from 1 to %,d, but was %,d".formatted(MOST_SHOWN, shown));
      }
    }
  }

  /// Checks that it is possible.
  public Aggregation {
    countBy = List.copyOf(countBy);
    tops = List.copyOf(tops);
    percentiles = List.copyOf(percentiles);
    Stream.of(countBy.stream(), tops.stream().map(Top::field), percentiles.stream())
        .flatMap(fields -> fields)
        .forEach(Aggregation::requireName);
    if (minutes < 0) {
      throw new UsageException("--per must be at least 1 minute, but was " + minutes);
    }
    if (approximate && countBy.isEmpty()) {
      throw new UsageException("--approximate goes with --count-by, and there is none");
    }
  }

  private static void requireName(String field) {
    if (field.isBlank()) {
      throw new UsageException("a field to count needs a name, as in --count-by status");
    }
  }

  /// Whether there is nothing to count.
  public boolean isNone() {
    return countBy.isEmpty() && minutes == 0 && tops.isEmpty() && percentiles.isEmpty();
  }
}
