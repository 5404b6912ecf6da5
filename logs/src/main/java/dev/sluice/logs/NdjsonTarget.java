package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes each record as one line of JSON ([RecordJson]).
final class NdjsonTarget implements Target {
  private static final int CHUNK = 32 * 1024;

  private final String name;
  private final FileSpec spec;
  private final int chunk;
  private final RecordJson records = new RecordJson();
  private final JsonBuffer json = new JsonBuffer();
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
    records.choose(fields);
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
          records.append(json, logRecord);
          json.raw('\n');
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

  @Override
  public void close() throws IOException {
    if (output != null) {
      output.close();
    }
  }
}
