package dev.sluice.logs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a [LogRun] does to each record between reading and writing it, in this order:
///
/// ```text
///   since, until --> sample --> set --> where --> dedupe --> redact --> targets (fields)
/// ```
///
/// None of it changes which lines are rejected. A record that a step leaves out counts as filtered.
///
/// @param since only records of this time or later, as [Moment] reads it; null for all
/// @param until only records of before this time; null for all
/// @param sample which share of the records to take, more than 0 and at most 1
/// @param seed which of many such samples
/// @param set fields to compute, each as `NAME=EXPR`, one after the other
/// @param dedupe the fields that make a record equal to another; empty for all of them; null to
///   keep every record
/// @param within how long after a record an equal one is left out; null for any time
/// @param redact kinds of secrets and names of fields to make unreadable
/// @param fields the fields to write, in this order; empty for all
public record RecordOptions(
    @Nullable String since,
    @Nullable String until,
    double sample,
    long seed,
    List<String> set,
    @Nullable List<String> dedupe,
    @Nullable Duration within,
    List<String> redact,
    List<String> fields) {

  /// Takes every record as it is.
  public static final RecordOptions NONE =
      new RecordOptions(null, null, 1, 1, List.of(), null, null, List.of(), List.of());

  /// Checks what can be checked without knowing the inputs.
  public RecordOptions {
    if (!(sample > 0 && sample <= 1)) {
      throw new UsageException(
          "--sample must be more than 0 and at most 1, but was " + sample + "; 1% is 0.01");
    }
    if (within != null && dedupe == null) {
      throw new UsageException("--within needs --dedupe, whose time it is");
    }
    if (within != null && !within.isPositive()) {
      throw new UsageException("--within must be more than 0");
    }
    set = List.copyOf(set);
    dedupe = dedupe == null ? null : List.copyOf(dedupe);
    redact = List.copyOf(redact);
    fields = List.copyOf(fields);
  }

  /// What changes records, as the user wrote it.
  String inWords() {
    var words = new ArrayList<String>();
    if (since != null) {
      words.add("--since " + since);
    }
    if (until != null) {
      words.add("--until " + until);
    }
    set.forEach(one -> words.add("--set '" + one + "'"));
    if (!redact.isEmpty()) {
      words.add("--redact " + String.join(",", redact));
    }
    if (!fields.isEmpty()) {
      words.add("--fields " + String.join(",", fields));
    }
    return String.join(" ", words);
  }
}
