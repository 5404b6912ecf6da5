package dev.sluice.logs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a target's bytes go: a file, which is replaced or continued, several files of limited
/// size, or a pipe, a device or standard output.
///
/// What was written becomes final by [#commit]. [#rollback] cuts files back to that point; what a
/// pipe has taken cannot be had back. The messages of its exceptions name the target and say what
/// can be done.
final class Output extends OutputStream {
  private static final int BUFFER = 64 * 1024;

  /// How much of the files is final: all parts before `part`, and `length` bytes of that one.
  record State(long part, long length) {}

  private final String name;
  private final FileSpec spec;
  private final boolean stdout;
  private final byte[] buffer = new byte[BUFFER];
  private int buffered;
  private Raw raw;
  private @Nullable OutputStream member;
  private long part;
  private State committed;
  private boolean closed;

  private Output(String name, FileSpec spec, boolean stdout, Raw raw, State committed) {
    this.name = name;
    this.spec = spec;
    this.stdout = stdout;
    this.raw = raw;
    this.part = committed.part;
    this.committed = committed;
  }

  /// Opens `file`, `-` for standard output. An existing file becomes empty.
  ///
  /// @param name how the user knows the target
  static Output open(String name, Path file) throws IOException {
    return open(name, FileSpec.plain(file));
  }

  /// The same for files that may be compressed, or several. Existing ones become empty or go.
  static Output open(String name, FileSpec spec) throws IOException {
    if (isStdout(spec.file())) {
      var out = new FileOutputStream(FileDescriptor.out);
      return new Output(name, spec, true, new Raw(name, out, true, false, 0), new State(0, 0));
    }
    checkPlace(name, spec.file());
    if (spec.rotates() && Files.exists(spec.file()) && !Files.isRegularFile(spec.file())) {
      throw new IOException(
          "cannot write " + name + ": " + spec.file() + " is no file, so it cannot be rotated");
    }
    var first = new State(spec.firstPart(), 0);
    var output = new Output(name, spec, false, Raw.open(name, spec.part(first.part), 0), first);
    deleteAfter(spec, first.part);
    return output;
  }

  /// Opens files to go on at `state`, and drops what stands there after it.
  ///
  /// @throws IOException if they are shorter: they were changed since
  static Output resume(String name, FileSpec spec, State state) throws IOException {
    checkPlace(name, spec.file());
    var file = spec.part(state.part);
    long length = Files.isRegularFile(file) ? Files.size(file) : 0;
    if (length < state.length) {
      throw new IOException(
          "cannot go on with %s: %s has %,d bytes, but the checkpoint says %,d; put it back, or begin anew with another checkpoint"
              .formatted(name, file, length, state.length));
    }
    var raw = Raw.open(name, file, state.length);
    deleteAfter(spec, state.part);
    return new Output(name, spec, false, raw, state);
  }

  private static void deleteAfter(FileSpec spec, long part) throws IOException {
    if (!spec.rotates()) {
      return;
    }
    for (long next = part + 1; Files.deleteIfExists(spec.part(next)); next++) {
      // Numbers have no gaps, so the first that is not there is the last.
    }
  }

  /// Whether this is `-`.
  static boolean isStdout(Path file) {
    return file.toString().equals("-");
  }

  /// Says clearly what an operating system would call "no such file".
  static void checkPlace(String name, Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(
          "cannot write " + name + ": " + path + " is a directory; name a file in it");
    }
    var parent = path.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      String why =
          path.startsWith("~")
              ? "; a shell replaces ~ only at the beginning of a word, so write $HOME"
              : "; make it first, or choose another place";
      throw new IOException(
          "cannot write "
              + name
              + ": "
              + (Files.exists(parent)
                  ? parent + " is not a directory"
                  : "there is no directory " + parent)
              + why);
    }
  }

  @Override
  public void write(int b) throws IOException {
    if (buffered == BUFFER) {
      flush();
    }
    buffer[buffered++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    if (count > BUFFER - buffered) {
      flush();
    }
    if (count >= BUFFER) {
      send(bytes, from, count);
    } else {
      System.arraycopy(bytes, from, buffer, buffered, count);
      buffered += count;
    }
  }

  @Override
  public void flush() throws IOException {
    int count = buffered;
    buffered = 0;
    send(buffer, 0, count);
  }

  private void send(byte[] bytes, int from, int count) throws IOException {
    if (count == 0) {
      return;
    }
    var to = member;
    if (to == null) {
      to = spec.packing().open(raw);
      member = to;
    }
    to.write(bytes, from, count);
  }

  /// Whether files are to be rotated at some size.
  boolean rotates() {
    return spec.rotates();
  }

  /// Whether the current file has reached the size at which it is to end. What a compressor holds
  /// back does not count yet.
  boolean isFull() {
    long length = raw.written + (spec.packing() == Packing.NONE ? buffered : 0);
    return spec.rotates() && length >= spec.rotate();
  }

  /// Ends the current file and begins the next.
  void nextPart() throws IOException {
    flush();
    endMember();
    raw.end();
    part++;
    raw = Raw.open(name, spec.part(part), 0);
  }

  /// Hands on all that was written, for good.
  void commit() throws IOException {
    commit(null, Map.of());
  }

  /// The same, and keeps in `bookmark`, if there is one, how much that is and what it holds.
  void commit(@Nullable Bookmark bookmark, Map<String, Position> positions) throws IOException {
    flush();
    endMember();
    var state = new State(part, raw.written);
    if (bookmark != null) {
      bookmark.record(state, positions);
    }
    committed = state;
  }

  private void endMember() throws IOException {
    var ended = member;
    member = null;
    if (ended != null && spec.packing() != Packing.NONE) {
      ended.close();
    }
  }

  /// Drops what was written since the last [#commit].
  void rollback() throws IOException {
    buffered = 0;
    raw.discards = true; // what ends the member
    endMember();
    raw.discards = false;
    if (!raw.regular) {
      return;
    }
    boolean interrupted = Thread.interrupted(); // a channel would close itself rather than cut
    try {
      if (part == committed.part) {
        raw.cut(committed.length);
      } else {
        raw.end();
        raw = Raw.open(name, spec.part(committed.part), committed.length);
        part = committed.part;
        deleteAfter(spec, part);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Closes without handing on what was not committed.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    raw.discards = true;
    endMember();
    if (!stdout) {
      raw.end();
    }
  }

  /// One file, or what is written to like one: compressed bytes go here.
  private static final class Raw extends OutputStream {
    final boolean regular;
    long written;
    private final String name;
    private final FileOutputStream out;
    private final boolean stdout;

    /// Whether nothing is written any more: so that a compressor can be ended without a trace.
    boolean discards;

    Raw(String name, FileOutputStream out, boolean stdout, boolean regular, long written) {
      this.name = name;
      this.out = out;
      this.stdout = stdout;
      this.regular = regular;
      this.written = written;
    }

    /// Opens a file, and cuts it off after `length` bytes.
    static Raw open(String name, Path file, long length) throws IOException {
      FileOutputStream out = null;
      try {
        out = new FileOutputStream(file.toFile(), length > 0);
        if (length > 0) {
          out.getChannel().truncate(length);
        }
        return new Raw(name, out, false, Files.isRegularFile(file), length);
      } catch (IOException e) {
        if (out != null) {
          out.close();
        }
        throw new IOException("cannot write " + name + ": " + withoutPath(e, file.toString()), e);
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (discards) {
        return;
      }
      try {
        out.write(bytes, from, count);
        written += count;
      } catch (IOException e) {
        throw explained(e);
      }
    }

    void cut(long length) throws IOException {
      out.getChannel().truncate(length);
      written = length;
    }

    void end() throws IOException {
      out.close();
    }

    private IOException explained(IOException e) {
      String reason = String.valueOf(e.getMessage());
      boolean gone = !regular && reason.toLowerCase(Locale.ROOT).contains("pipe");
      if (gone && stdout) {
        return new ClosedPipeException(e);
      }
      String advice =
          gone
              ? "; its reader has left"
              : regular
                  ? "; what was written before is intact, free some space or choose another place"
                  : "";
      return new IOException("cannot write " + name + ": " + reason + advice, e);
    }

    /// The reason alone, from the JDK's `FILE (REASON)`.
    private static String withoutPath(IOException e, String file) {
      String message = String.valueOf(e.getMessage());
      boolean bracketed = message.startsWith(file + " (") && message.endsWith(")");
      return bracketed ? message.substring(file.length() + 2, message.length() - 1) : message;
    }
  }
}
