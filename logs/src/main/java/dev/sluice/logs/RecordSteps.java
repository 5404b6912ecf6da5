package dev.sluice.logs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The [RecordOptions] of a run at work.
///
/// ```text
///   on the threads that parse        in order        on the threads that parse    before each target
///   range, sample, set, where  -->   dedupe    -->   redact                 -->   project
/// ```
///
/// What equals what is asked of the values as they were, so redaction comes after [#dedupe]; where
/// there is none, it is done along with the first steps.
final class RecordSteps implements RecordStep {
  private final @Nullable TimeRange range;
  private final @Nullable Sample sample;
  private final List<SetField> sets;
  private final @Nullable Where where;
  private final @Nullable Dedupe dedupe;
  private final @Nullable Redactor redactor;
  private final @Nullable Projection projection;

  private RecordSteps(LogJob job, Map<LogFormat, List<Column>> formats) {
    var options = job.records();
    range = range(job);
    sample = options.sample() == 1 ? null : new Sample(options.sample(), options.seed());
    var names = new FieldNames(formats);
    var parsed = new ArrayList<SetField>();
    for (var text : options.set()) {
      var field = SetField.parse(text, names);
      names = names.with(field.column());
      parsed.add(field);
    }
    sets = List.copyOf(parsed);
    where = job.where() == null ? null : Where.compile(job.where(), names.formats());
    dedupe = dedupe(options, names);
    redactor = options.redact().isEmpty() ? null : Redactor.parse(options.redact(), names);
    projection = options.fields().isEmpty() ? null : new Projection(options.fields(), names);
  }

  /// @param formats the formats that the run's records may have, with their columns
  /// @throws UsageException if an option cannot be understood or names a field that no record has
  static RecordSteps of(LogJob job, Map<LogFormat, List<Column>> formats) {
    return new RecordSteps(job, formats);
  }

  private static @Nullable TimeRange range(LogJob job) {
    var since = job.records().since();
    var until = job.records().until();
    return since == null && until == null
        ? null
        : new TimeRange(
            since == null ? null : Moment.parse("--since", since, job.assumptions()),
            until == null ? null : Moment.parse("--until", until, job.assumptions()));
  }

  private static @Nullable Dedupe dedupe(RecordOptions options, FieldNames names) {
    var by = options.dedupe();
    return by == null
        ? null
        : new Dedupe(
            by.stream().map(name -> names.path("--dedupe", name)).toList(), options.within());
  }

  @Override
  public @Nullable LogRecord keep(LogRecord logRecord) {
    if ((range != null && !range.contains(logRecord))
        || (sample != null && !sample.takes(logRecord))) {
      return null;
    }
    var kept = logRecord;
    for (var set : sets) {
      kept = set.apply(kept);
    }
    if (where != null && !where.test(kept)) {
      return null;
    }
    return redactor == null || dedupe != null ? kept : redactor.redact(kept);
  }

  @Override
  public Rejected reject(Rejected rejected) {
    return redactor == null ? rejected : redactor.redact(rejected);
  }

  /// Whether nothing is to be done.
  boolean isNone() {
    return onlyFilters() && where == null;
  }

  private boolean onlyFilters() {
    return range == null && sample == null && sets.isEmpty() && dedupe == null && redactor == null;
  }

  /// What of a record the first steps look at: if it isn't all, they are a condition alone.
  Wanted looksAt() {
    if (!onlyFilters()) {
      return Wanted.ALL;
    }
    return where == null ? Wanted.NOTHING : where.wanted();
  }

  /// What is to be done in order, if anything is.
  @Nullable Dedupe dedupe() {
    return dedupe;
  }

  /// Whether [#redactRecords] has still to be called.
  boolean redactsLater() {
    return redactor != null && dedupe != null;
  }

  ParsedBlock redactRecords(ParsedBlock block) {
    var known = redactor;
    return known == null
        ? block
        : new ParsedBlock(
            block.block(),
            block.records().stream().map(known::redact).toList(),
            block.rejected(),
            block.filtered());
  }

  /// Null if all fields are written.
  @Nullable Projection projection() {
    return projection;
  }

  /// `text` without what is to be unreadable.
  String redact(String text) {
    return redactor == null ? text : redactor.redact(text);
  }

  long whereErrors() {
    return where == null ? 0 : where.errors();
  }

  /// What a person should know before the run, in words.
  List<String> announcements() {
    return range == null ? List.of() : List.of("records " + range);
  }

  /// What a person should know after the run, in words: why expressions could not be evaluated,
  /// most frequent cause first, and what the options could not decide.
  List<String> remarks() {
    var remarks = new ArrayList<String>();
    if (where != null) {
      where
          .errorsByCause()
          .forEach((cause, count) ->
              remarks.add(
                  String.format(
                      Locale.ROOT,
                      "--where could not be evaluated for %,d of the filtered: %s",
                      count,
                      cause)));
    }
    for (var set : sets) {
      set.errorsByCause()
          .forEach((cause, count) ->
              remarks.add(
                  String.format(
                      Locale.ROOT, "--set left a field null in %,d records: %s", count, cause)));
    }
    if (range != null && range.timeless() > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%,d of the filtered tell no time, so --since and --until left them out",
              range.timeless()));
    }
    if (dedupe != null && dedupe.forgotten() > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "--dedupe remembers %,d different records and had to forget %,d: some duplicates may have stayed; a shorter --within needs less",
              Dedupe.ROOM,
              dedupe.forgotten()));
    }
    return remarks;
  }

  /// How many records each option left out, as far as the run came; in the order of the steps.
  Map<String, Long> filteredBy() {
    var counts = new LinkedHashMap<String, Long>();
    if (range != null) {
      counts.put("--since and --until", range.outside() + range.timeless());
    }
    if (sample != null) {
      counts.put("--sample", sample.left());
    }
    if (dedupe != null) {
      counts.put("--dedupe", dedupe.left());
    }
    return counts;
  }
}
