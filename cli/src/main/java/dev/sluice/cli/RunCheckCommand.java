package dev.sluice.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice run check`: says what is wrong with a file, and touches nothing.
@Command(
    name = "check",
    header = "Say what is wrong with a file, with line and column; nothing is touched.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"  0:it is as it has to be", "  2:it is not"})
final class RunCheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The pipeline's file.")
  private @Nullable Path file;

  @Override
  public Integer call() throws Exception {
    RunCommand.read(file);
    System.out.println(file + ": fine");
    return 0;
  }
}
