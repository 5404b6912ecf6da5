package dev.sluice.logs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which fields the records of a run may have, so that a misspelt one is told at once.
final class FieldNames {
  private static final int MOST_NAMES = 50;

  private final Map<LogFormat, List<Column>> formats;
  private final boolean any;

  /// @param formats the formats that the run's records may have, with their columns
  FieldNames(Map<LogFormat, List<Column>> formats) {
    this.formats = Map.copyOf(formats);
    this.any = formats.keySet().stream().anyMatch(LogFormat::dynamic);
  }

  /// The same, and one more in every format; or the same one with another type.
  FieldNames with(Column added) {
    var more = new HashMap<LogFormat, List<Column>>();
    formats.forEach((format, columns) -> {
      var grown = new ArrayList<>(columns);
      grown.removeIf(column -> column.name().equals(added.name()));
      grown.add(added);
      more.put(format, grown);
    });
    return new FieldNames(more);
  }

  Map<LogFormat, List<Column>> formats() {
    return formats;
  }

  /// The path that `name` stands for: `http.status` is `status` within `http`.
  ///
  /// @param option who asks, for the message
  /// @throws UsageException if no record can have it
  List<String> path(String option, String name) {
    var path = Arrays.asList(name.split("\\.", -1));
    if (path.stream().anyMatch(String::isEmpty)) {
      throw new UsageException("%s: '%s' is no name of a field".formatted(option, name));
    }
    var known = known();
    if (!any && !known.contains(name) && !known.contains(path.getFirst())) {
      var shown = known.stream().limit(MOST_NAMES).toList();
      throw new UsageException(
          "%s: unknown field: %s%s%nknown fields: %s"
              .formatted(option, name, DidYouMean.hint(name, known), String.join(", ", shown)));
    }
    return path;
  }

  private Set<String> known() {
    var known = new LinkedHashSet<>(ColumnNames.FIRST);
    formats.values().forEach(columns -> columns.forEach(column -> known.add(column.name())));
    return known;
  }
}
