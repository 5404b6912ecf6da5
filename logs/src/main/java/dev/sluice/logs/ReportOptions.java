package dev.sluice.logs;

import java.nio.file.Path;

/// The HTML report that a [LogRun] is to write when it ends.
///
/// @param file where to; replaced
/// @param program what makes it, with its version: `sluice 1.0.0`
/// @param command what was asked for, as a person would type it
public record ReportOptions(Path file, String program, String command) {

  /// Refuses standard output, which may be taken.
  public ReportOptions {
    if (Output.isStdout(file)) {
      throw new UsageException("--report writes a file; name one, as in --report report.html");
    }
  }
}
