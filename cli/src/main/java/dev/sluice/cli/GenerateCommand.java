package dev.sluice.cli;

import dev.sluice.logs.ClosedPipeException;
import dev.sluice.logs.LogFormat;
import dev.sluice.logs.LogGenerator;
import dev.sluice.logs.StandardOutput;
import dev.sluice.logs.UsageException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sluice logs generate`: a log to try things on.
@Command(
    name = "generate",
    header = "Write a realistic log to standard output.",
    description = {
      "",
      "The same options give the same bytes on every machine. Popular pages and rare ones, bots, failures, IPv6, a"
          + " rhythm of day and night; the first line is of 2026-01-01.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  sluice logs generate --lines 1000 --bad 2 > access.log",
      "  sluice logs generate --format json --size 1GB --seed 7 | sluice logs"
    })
final class GenerateCommand implements Callable<Integer> {

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "combined",
      description = "combined (the default), common, json, logfmt, syslog, or plain.")
  private String format = "combined";

  @ArgGroup private Amount amount = new Amount();

  /// How much to write: one or the other.
  static final class Amount {
    @Option(names = "--lines", paramLabel = "N", description = "How many lines (default: 1000).")
    private @Nullable Long lines;

    @Option(
        names = "--size",
        paramLabel = "SIZE",
        converter = Sizes.class,
        description = "How many bytes at least, in whole lines: 500MB, 1GB, 1GiB.")
    private @Nullable Long size;
  }

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Which of many logs (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--bad",
      paramLabel = "PERCENT",
      defaultValue = "0",
      description = "How many of a hundred lines are malformed (default: ${DEFAULT-VALUE}).")
  private double bad;

  @Override
  public Integer call() throws IOException {
    long lines = amount.lines == null ? 1_000 : amount.lines;
    if (lines < 0) {
      throw new UsageException("--lines must be 0 or more, but was " + lines);
    }
    var generator = new LogGenerator(LogFormat.of(format), seed, bad);
    try (var out = StandardOutput.open()) {
      if (amount.size == null) {
        generator.lines(lines, out);
      } else {
        generator.bytes(amount.size, out);
      }
      out.flush();
    } catch (ClosedPipeException e) {
      return 141; // as the shell reports a program that SIGPIPE ended
    }
    return 0;
  }
}
