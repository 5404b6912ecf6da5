package dev.sluice.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice run explain`: what a run of a file guarantees, and what limits it.
@Command(
    name = "explain",
    header = "Tell what a run guarantees, and what limits it; nothing is touched.",
    mixinStandardHelpOptions = true)
final class RunExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The pipeline's file.")
  private @Nullable Path file;

  @Override
  public Integer call() throws Exception {
    RunCommand.print(RunCommand.read(file).explain());
    return 0;
  }
}
