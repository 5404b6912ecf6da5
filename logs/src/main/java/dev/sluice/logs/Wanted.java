package dev.sluice.logs;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What of the records somebody will look at, so that a [LineParser] need not make the rest. Never
/// a reason to take or to reject a line.
///
/// Whoever reads a record of which less was wanted finds null in the place of a column that was
/// not, or no such column. Its source and line are always there.
final class Wanted {
  /// All of each record.
  static final Wanted ALL = new Wanted(true, true, false, Set.of(), false);

  /// How many there are.
  static final Wanted NOTHING = new Wanted(false, false, false, Set.of(), false);

  private final boolean all;
  private final boolean time;
  private final boolean anyCase;
  private final Set<String> columns;
  private final boolean inPassing;

  /// @param anyCase whether columns are wanted that differ from these only in the case of letters
  private Wanted(
      boolean all, boolean time, boolean anyCase, Set<String> columns, boolean inPassing) {
    this.all = all;
    this.time = time;
    this.anyCase = anyCase;
    this.columns =
        anyCase
            ? columns.stream().map(Wanted::lower).collect(Collectors.toSet())
            : Set.copyOf(columns);
    this.inPassing = inPassing;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /// The time, and the columns with these names, however they are spelt.
  static Wanted anyCase(Set<String> columns) {
    return new Wanted(false, true, true, columns, false);
  }

  /// What is needed to find the fields at `paths`, as [KnownFields] finds them: each beginning of a
  /// path may be the name of a column.
  static Wanted of(Collection<List<String>> paths) {
    boolean time = false;
    var columns = new LinkedHashSet<String>();
    for (var path : paths) {
      var first = path.getFirst();
      time |= first.equals("time") || first.equals("time_");
      for (int length = 1; length <= path.size(); length++) {
        columns.add(String.join(".", path.subList(0, length)));
      }
      var hidden = KnownFields.hidden(first);
      if (hidden != null) {
        columns.add(hidden);
      }
    }
    return new Wanted(false, time, false, columns, false);
  }

  /// What is wanted here or there.
  Wanted and(Wanted other) {
    if (all || other.all) {
      return ALL;
    }
    var both = new LinkedHashSet<>(columns);
    both.addAll(other.columns);
    return new Wanted(false, time || other.time, anyCase || other.anyCase, both, false);
  }

  /// The same of records that nobody looks at any more when the next line is parsed.
  Wanted inPassing() {
    return new Wanted(all, time, anyCase, columns, true);
  }

  /// Whether a parser may give out one record again and again, each time with the values of another
  /// line: nobody keeps it, nor looks at its line or time.
  boolean sameRecordWillDo() {
    return inPassing && !time && !column("line");
  }

  boolean all() {
    return all;
  }

  boolean nothing() {
    return !all && !time && columns.isEmpty();
  }

  /// Whether the time of a record is wanted, from whichever of its values.
  boolean time() {
    return time;
  }

  /// Whether the column of this name is wanted.
  boolean column(String name) {
    return all || columns.contains(anyCase ? lower(name) : name);
  }
}
