package dev.sluice.logs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;

/// What of the records somebody will look at, so that a [LineParser] need not make the rest. Never
/// a reason to take or to reject a line.
///
/// Whoever reads a record of which less was wanted finds null in the place of a column that was
/// not, or no such column. Its source and line are always there.
final class Wanted {
  /// All of each record.
  static final Wanted ALL = new Wanted(true, List.of(_ -> true), false, false);

  /// How many there are.
  static final Wanted NOTHING = new Wanted(false, List.of(), true, false);

  private final boolean time;

  /// Those whose names match any of these.
  private final List<Predicate<String>> columns;

  private final boolean slices;
  private final boolean inPassing;

  private Wanted(boolean time, List<Predicate<String>> columns, boolean slices, boolean inPassing) {
    this.time = time;
    this.columns = columns;
    this.slices = slices;
    this.inPassing = inPassing;
  }

  /// The time, and the columns whose names match, by one who can do with [slices][Slice].
  static Wanted timeAndSlices(Predicate<String> columns) {
    return new Wanted(true, List.of(columns), true, false);
  }

  /// What is needed to find the fields at `paths`, as [KnownFields] finds them: each beginning of a
  /// path may be the name of a column.
  static Wanted of(Collection<List<String>> paths) {
    boolean time = false;
    var columns = new HashSet<String>();
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
    return new Wanted(
        time, columns.isEmpty() ? List.of() : List.of(columns::contains), false, false);
  }

  /// What is wanted here or there.
  Wanted and(Wanted other) {
    if (all() || other.all()) {
      return ALL;
    }
    var both = new ArrayList<>(columns);
    both.addAll(other.columns);
    return new Wanted(time || other.time, both, slices && other.slices, false);
  }

  /// The same of records that nobody looks at any more when the next line is parsed.
  Wanted inPassing() {
    return new Wanted(time, columns, slices, true);
  }

  /// Whether a parser may give out one record again and again, each time with the values of another
  /// line: nobody keeps it, nor looks at its line or time.
  boolean sameRecordWillDo() {
    return inPassing && !time && !column("line");
  }

  /// Whether a parser may give a [Slice] in place of any text: nobody keeps the record, and all who
  /// look at it know what that is.
  boolean slicesWillDo() {
    return inPassing && slices;
  }

  boolean all() {
    return columns.equals(ALL.columns);
  }

  boolean nothing() {
    return !time && columns.isEmpty();
  }

  /// Whether the time of a record is wanted, from whichever of its values.
  boolean time() {
    return time;
  }

  /// Whether the column of this name is wanted.
  boolean column(String name) {
    for (var some : columns) {
      if (some.test(name)) {
        return true;
      }
    }
    return false;
  }
}
