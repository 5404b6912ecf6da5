package dev.sluice.logs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/// Standard output for data: buffered, and its exceptions tell a reader who left from other
/// failures.
public final class StandardOutput {
  private StandardOutput() {}

  /// Opens it. What writes to it throws [ClosedPipeException] once its reader has left.
  public static OutputStream open() throws IOException {
    return Output.open("standard output", Path.of("-"));
  }
}
