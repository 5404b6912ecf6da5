package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes each record as one line of JSON: `source`, `line` and `time`, then its own values; see
/// `docs/formats/text.md`. A key that is taken already gets `_` appended until it is free.
final class NdjsonTarget implements Target {
  private static final int CHUNK = 32 * 1024;

  private static final byte[] SOURCE = "{\"source\":".getBytes(UTF_8);
  private static final byte[] LINE = ",\"line\":".getBytes(UTF_8);
  private static final byte[] TIME = ",\"time\":".getBytes(UTF_8);

  private final String name;
  private final FileSpec spec;
  private final int chunk;
  private final ShapeCache<byte[][]> names = new ShapeCache<>();
  private final JsonBuffer json = new JsonBuffer();
  private @Nullable List<String> chosen;
  private @Nullable Output output;
  private @Nullable Bookmark bookmark;

  NdjsonTarget(String name, Path file) {
    this(name, FileSpec.plain(file));
  }

  NdjsonTarget(String name, FileSpec spec) {
    this.name = name;
    this.spec = spec;
    chunk = spec.rotates() ? 1 : CHUNK; // a file ends with the record that fills it
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
    return "ndjson:" + spec.file().toAbsolutePath().normalize();
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
    output = Output.open(name, spec);
  }

  @Override
  public Map<String, Position> resume(List<LogFormat> formats, Bookmark its) throws IOException {
    bookmark = its;
    var state = its.output();
    output = state == null ? Output.open(name, spec) : Output.resume(name, spec, state);
    return its.positions();
  }

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    write(blocks, Map.of());
  }

  @Override
  public void write(List<ParsedBlock> blocks, Map<String, Position> positions) throws IOException {
    var out = Targets.opened(output, this);
    try {
      for (var block : blocks) {
        for (var logRecord : block.records()) {
          append(logRecord);
          if (json.length() >= chunk) {
            drainTo(out);
          }
        }
      }
      drainTo(out);
      out.commit(bookmark, positions);
    } catch (IOException | RuntimeException e) {
      out.rollback();
      throw e;
    }
  }

  private void drainTo(Output out) throws IOException {
    if (json.length() > 0 && out.isFull()) {
      out.nextPart();
    }
    json.drainTo(out);
  }

  private void append(LogRecord logRecord) {
    if (chosen != null) {
      appendChosen(logRecord, chosen);
      return;
    }
    json.raw(SOURCE).string(logRecord.source());
    json.raw(LINE).number(logRecord.line());
    json.raw(TIME).value(logRecord.time());
    var keys = keys(logRecord.shape());
    var values = logRecord.values();
    for (int i = 0; i < keys.length; i++) {
      json.raw(keys[i]).value(values[i]);
    }
    json.raw('}').raw('\n');
  }

  /// What was chosen alone, in that order: a record's own values have it already.
  private void appendChosen(LogRecord logRecord, List<String> names) {
    var values = logRecord.values();
    int own = 0;
    char before = '{';
    for (var name : names) {
      json.raw(before).string(name).raw(':');
      before = ',';
      switch (name) {
        case "source" -> json.string(logRecord.source());
        case "line" -> json.raw(Long.toString(logRecord.line()));
        case "time" -> json.value(logRecord.time());
        default -> json.value(values[own++]);
      }
    }
    json.raw('}').raw('\n');
  }

  /// The text before each value: `,"status":`.
  private byte[][] keys(Shape shape) {
    var known = names.get(shape);
    if (known == null) {
      var taken = new HashSet<>(ColumnNames.FIRST);
      var columns = shape.columns();
      known = new byte[columns.size()][];
      for (int i = 0; i < known.length; i++) {
        String key = columns.get(i).name();
        while (!taken.add(key)) {
          key += "_";
        }
        known[i] = new JsonBuffer().raw(',').string(key).raw(':').toString().getBytes(UTF_8);
      }
      names.put(shape, known);
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    if (output != null) {
      output.close();
    }
  }
}
