package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes what was rejected as one line of JSON each, and no records; see `docs/formats/text.md`.
///
/// The file is made for the first rejected line, and only then replaces an older one.
final class RejectedFile implements Target {
  private final Path file;
  private final JsonBuffer json = new JsonBuffer();
  private @Nullable Output output;
  private @Nullable Bookmark bookmark;

  RejectedFile(Path file) {
    this.file = file;
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public Wanted wanted() {
    return Wanted.NOTHING;
  }

  /// Makes no file yet, but tells of a place where none can be.
  @Override
  public void open(List<LogFormat> formats) throws IOException {
    Output.checkPlace(name(), file);
  }

  @Override
  public String key() {
    return "rejected:" + file.toAbsolutePath().normalize();
  }

  @Override
  public boolean isResumable() {
    return true;
  }

  @Override
  public Map<String, Position> resume(List<LogFormat> formats, Bookmark its) throws IOException {
    open(formats);
    bookmark = its;
    var state = its.output();
    if (state != null) {
      output = Output.resume(name(), FileSpec.plain(file), state);
    }
    return its.positions();
  }

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    write(blocks, Map.of());
  }

  @Override
  public void write(List<ParsedBlock> blocks, Map<String, Position> positions) throws IOException {
    if (blocks.stream().allMatch(block -> block.rejected().isEmpty())) {
      if (bookmark != null) {
        bookmark.record(null, positions);
      }
      return;
    }
    var out = output == null ? Output.open(name(), file) : output;
    output = out;
    try {
      for (var block : blocks) {
        for (var rejected : block.rejected()) {
          append(rejected);
          json.drainTo(out);
        }
      }
      out.commit(bookmark, positions);
    } catch (IOException | RuntimeException e) {
      out.rollback();
      throw e;
    }
  }

  private void append(Rejected rejected) {
    boolean truncated = rejected.length() > rejected.bytes().length;
    json.raw("{\"source\":").string(rejected.source());
    json.raw(",\"line\":").raw(Long.toString(rejected.line()));
    json.raw(",\"offset\":").raw(Long.toString(rejected.offset()));
    json.raw(",\"reason\":").string(rejected.reason());
    json.raw(",\"detail\":").string(rejected.detail());
    String exact = exact(rejected.bytes(), truncated);
    json.raw(",\"text\":").string(exact == null ? new String(rejected.bytes(), UTF_8) : exact);
    json.raw(",\"truncated\":").raw(Boolean.toString(truncated));
    if (exact == null) {
      json.raw(",\"bytes\":\"").raw(Base64.getEncoder().encode(rejected.bytes())).raw('"');
    }
    json.raw('}').raw('\n');
  }

  /// The text that `bytes` encode, null if they are no UTF-8. A character that was cut in two is
  /// left out.
  private static @Nullable String exact(byte[] bytes, boolean cut) {
    var decoder =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var chars = CharBuffer.allocate(bytes.length);
    return decoder.decode(ByteBuffer.wrap(bytes), chars, !cut).isError()
        ? null
        : chars.flip().toString();
  }

  @Override
  public void close() throws IOException {
    if (output != null) {
      output.close();
    }
  }
}
