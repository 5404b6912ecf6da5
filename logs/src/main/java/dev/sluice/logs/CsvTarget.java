package dev.sluice.logs;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final FileSpec spec;
  private final List<LogRecord> waiting = new ArrayList<>();
  private long waitingChars;
  private @Nullable List<String> chosen;
  private @Nullable Output output;
  private @Nullable CsvBuffer csv;
  private @Nullable LogFormat format;
  private @Nullable CsvColumns columns;
  private @Nullable Bookmark bookmark;

  /// Whether the current part has more than a header.
  private boolean hasRow;

  /// Positions that the file will have reached with the next commit.
  private final Map<String, Position> reached = new LinkedHashMap<>();

  CsvTarget(String name, Path file) {
    this(name, FileSpec.plain(file));
  }

  CsvTarget(String name, FileSpec spec) {
    this.name = name;
    this.spec = spec;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable Path file() {
    return Output.isStdout(spec.file()) ? null : spec.file();
  }

  @Override
  public boolean isBeside(Path other) {
    return spec.isPart(other);
  }

  @Override
  public String key() {
    return "csv:" + spec.file().toAbsolutePath().normalize();
  }

  @Override
  public boolean isResumable() {
    return !Output.isStdout(spec.file());
  }

  @Override
  public boolean choose(List<String> fields) {
    chosen = fields;
    return true;
  }

  @Override
  public void open(List<LogFormat> formats) throws IOException {
    expect(formats);
    begin(Output.open(name, spec));
  }

  @Override
  public Map<String, Position> resume(List<LogFormat> formats, Bookmark its) throws IOException {
    expect(formats);
    bookmark = its;
    var state = its.output();
    var known = its.format();
    if (state != null && known != null) {
      var before = LogFormat.of(known);
      if (format != null && format != before) {
        throw refused("the inputs have " + format.id(), before);
      }
      format = before;
      columns = chosen == null ? CsvColumns.of(before, its.columns()) : CsvColumns.chosen(chosen);
      hasRow = true;
    }
    begin(state == null ? Output.open(name, spec) : Output.resume(name, spec, state));
    return its.positions();
  }

  private void expect(List<LogFormat> formats) {
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
  }

  private void begin(Output opened) {
    output = opened;
    csv = new CsvBuffer();
  }

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    write(blocks, Map.of());
  }

  @Override
  public void write(List<ParsedBlock> blocks, Map<String, Position> positions) throws IOException {
    var out = Targets.opened(output, this);
    reached.putAll(positions);
    try {
      for (var block : blocks) {
        for (var logRecord : block.records()) {
          accept(logRecord);
          if (Targets.opened(csv, this).length() >= CHUNK) {
            Targets.opened(csv, this).drainTo(out);
          }
        }
      }
      if (waiting.isEmpty()) {
        commit(out);
      } // else it has no more than before: what waits is not in the file
    } catch (IOException | RuntimeException e) {
      undo(out);
      throw e;
    }
  }

  private void commit(Output out) throws IOException {
    Targets.opened(csv, this).drainTo(out);
    out.commit(bookmark, reached);
    reached.clear();
  }

  /// Leaves whole writes in the file. The header and the rows that waited may be among what is
  /// gone, so this is the end of this target.
  private void undo(Output out) throws IOException {
    csv = null;
    out.rollback();
  }

  private void accept(LogRecord logRecord) throws IOException {
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
      throw refused(logRecord.source() + " has " + its.id(), format);
    }
  }

  private BadTargetException refused(String what, LogFormat held) {
    return new BadTargetException(
        name
            + " holds "
            + held.id()
            + " records, but "
            + what
            + " ones; use ndjson: or sqlite:, which hold any, or read files of one format");
  }

  private void settleColumns() throws IOException {
    var settled = chosen == null ? new CsvColumns(format, waiting) : CsvColumns.chosen(chosen);
    if (bookmark != null && format != null) {
      bookmark.describe(format.id(), settled.keys());
    }
    columns = settled;
    header(settled);
    for (var logRecord : waiting) {
      row(logRecord, settled);
    }
    waiting.clear();
  }

  private void header(CsvColumns settled) {
    Targets.opened(csv, this).row(settled.header().toArray(new @Nullable Object[0]));
  }

  private void row(LogRecord logRecord, CsvColumns settled) throws IOException {
    var buffer = Targets.opened(csv, this);
    var out = Targets.opened(output, this);
    if (out.rotates()) {
      buffer.drainTo(out);
      if (hasRow && out.isFull()) {
        out.nextPart();
        header(settled);
      }
      hasRow = true;
    }
    buffer.row(settled.row(logRecord));
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
    try (out) {
      if (csv != null && columns == null) {
        settleColumns();
        commit(out);
      }
    } finally {
      output = null;
    }
  }
}
