package dev.sluice.logs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Where a target's bytes go: a file, which is replaced, or a pipe, a device or standard output.
///
/// What was written becomes final by [#commit]. [#rollback] cuts a file back to that point; what a
/// pipe has taken cannot be had back. The messages of its exceptions name the target and say what
/// can be done.
final class Output extends OutputStream {
  private static final int BUFFER = 64 * 1024;

  private final String name;
  private final FileOutputStream out;
  private final boolean stdout;
  private final boolean regular;
  private final byte[] buffer = new byte[BUFFER];
  private int buffered;
  private long written;
  private long committed;
  private boolean closed;

  private Output(String name, FileOutputStream out, boolean stdout, boolean regular) {
    this.name = name;
    this.out = out;
    this.stdout = stdout;
    this.regular = regular;
  }

  /// Opens `file`, `-` for standard output. An existing file becomes empty.
  ///
  /// @param name how the user knows the target
  static Output open(String name, Path file) throws IOException {
    if (isStdout(file)) {
      return new Output(name, new FileOutputStream(FileDescriptor.out), true, false);
    }
    checkPlace(name, file);
    try {
      var out = new FileOutputStream(file.toFile());
      return new Output(name, out, false, Files.isRegularFile(file));
    } catch (IOException e) {
      throw new IOException("cannot write " + name + ": " + withoutPath(e, file.toString()), e);
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
    try {
      out.write(bytes, from, count);
      written += count;
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /// Hands on all that was written, for good.
  void commit() throws IOException {
    flush();
    committed = written;
  }

  /// Drops what was written since the last [#commit].
  void rollback() throws IOException {
    buffered = 0;
    if (!regular) {
      return;
    }
    boolean interrupted = Thread.interrupted(); // a channel would close itself rather than cut
    try {
      out.getChannel().truncate(committed);
      written = committed;
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
    if (!stdout) {
      out.close();
    }
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
