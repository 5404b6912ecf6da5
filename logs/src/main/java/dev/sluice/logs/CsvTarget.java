package dev.sluice.logs;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes records as rows of one CSV file with a header; see `docs/formats/text.md`.
///
/// A header comes first, so the columns must be known by then. For JSON and logfmt they are the
/// keys of the first 1,000 records: until so many have come, or [#close], records wait in memory,
/// and only these are lost if the process is killed.
final class CsvTarget implements Target {
  private static final int CHUNK = 32 * 1024;
  private static final int SAMPLE = 1_000;
  private static final long SAMPLE_CHARS = 16 * 1024 * 1024;

  private final String name;
  private final Path file;
  private final List<LogRecord> waiting = new ArrayList<>();
  private long waitingChars;
  private @Nullable List<String> chosen;
  private @Nullable Output output;
  private @Nullable CsvBuffer csv;
  private @Nullable LogFormat format;
  private @Nullable CsvColumns columns;

  CsvTarget(String name, Path file) {
    this.name = name;
    this.file = file;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable Path file() {
    return Output.isStdout(file) ? null : file;
  }

  @Override
  public boolean choose(List<String> fields) {
    chosen = fields;
    return true;
  }

  @Override
  public void open(List<LogFormat> formats) throws IOException {
    var distinct = formats.stream().distinct().toList();
    if (distinct.size() > 1) {
      throw new BadTargetException(
          name
              + " holds records of one format, but the inputs have "
              + distinct.stream().map(LogFormat::id).collect(joining(" and "))
              + "; use ndjson: or sqlite:, which hold any, or read files of one format");
    }
    if (!distinct.isEmpty()) {
      format = distinct.getFirst();
    }
    output = Output.open(name, file);
    csv = new CsvBuffer();
  }

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    var out = Targets.opened(output, this);
    try {
      for (var block : blocks) {
        for (var logRecord : block.records()) {
          accept(logRecord);
          if (Targets.opened(csv, this).length() >= CHUNK) {
            Targets.opened(csv, this).drainTo(out);
          }
        }
      }
      commit(out);
    } catch (IOException | RuntimeException e) {
      undo(out);
      throw e;
    }
  }

  private void commit(Output out) throws IOException {
    Targets.opened(csv, this).drainTo(out);
    out.commit();
  }

  /// Leaves whole writes in the file. The header and the rows that waited may be among what is
  /// gone, so this is the end of this target.
  private void undo(Output out) throws IOException {
    csv = null;
    out.rollback();
  }

  private void accept(LogRecord logRecord) {
    checkFormat(logRecord);
    if (columns != null) {
      row(logRecord, columns);
      return;
    }
    waiting.add(logRecord);
    waitingChars += chars(logRecord);
    if (chosen != null
        || !logRecord.shape().format().dynamic()
        || waiting.size() >= SAMPLE
        || waitingChars >= SAMPLE_CHARS) {
      settleColumns();
    }
  }

  private void checkFormat(LogRecord logRecord) {
    var its = logRecord.shape().format();
    if (format == null) {
      format = its;
    } else if (format != its) {
      throw new BadTargetException(
          name
              + " holds "
              + format.id()
              + " records, but "
              + logRecord.source()
              + " has "
              + its.id()
              + " ones; use ndjson: or sqlite:, which hold any, or read files of one format");
    }
  }

  private void settleColumns() {
    var settled = chosen == null ? new CsvColumns(format, waiting) : CsvColumns.chosen(chosen);
    columns = settled;
    Targets.opened(csv, this).row(settled.header().toArray(new @Nullable Object[0]));
    waiting.forEach(logRecord -> row(logRecord, settled));
    waiting.clear();
  }

  private void row(LogRecord logRecord, CsvColumns settled) {
    Targets.opened(csv, this).row(settled.row(logRecord));
  }

  private static long chars(LogRecord logRecord) {
    return Arrays.stream(logRecord.values())
        .mapToLong(v -> v == null ? 0 : v.toString().length())
        .sum();
  }

  @Override
  public void close() throws IOException {
    var out = output;
    if (out == null) {
      return;
    }
    output = null;
    try (out) {
      if (csv != null && columns == null) {
        settleColumns();
        commit(out);
      }
    }
  }
}
