package dev.sluice.cli;

import picocli.CommandLine;

/// `sluice logs replay`: a [LogsCommand] whose inputs are files of rejected lines.
final class ReplayCommand {
  private ReplayCommand() {}

  /// Adds it to `sluice logs`, with all options of that.
  static void addTo(CommandLine logs) {
    var spec = new LogsCommand(true).spec().name("replay");
    spec.usageMessage()
        .header("Read rejected lines again, after their pattern was mended.")
        .description(
            "%nReads files that --rejected made, and treats the lines in them as 'sluice logs' would: each keeps its"
                + " source, line and offset. What is rejected again goes to a new file; what was kept only in part"
                + " (more than 64 KiB, binary, a damaged file) is told and stays rejected.%n")
        .footer(
            "%nExample:",
            "  sluice logs replay rejected.ndjson --format combined --to sqlite:logs.db");
    var rejected = spec.findOption("--rejected");
    spec.remove(rejected);
    spec.addOption(rejected.toBuilder().defaultValue("rejected-again.ndjson").build());
    spec.remove(spec.findOption("--checkpoint"));
    logs.addSubcommand("replay", spec);
  }
}
