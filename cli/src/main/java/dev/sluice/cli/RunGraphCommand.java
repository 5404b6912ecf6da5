package dev.sluice.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice run graph`: the stages of a file, drawn.
@Command(
    name = "graph",
    header = "Draw the stages of a file; nothing is touched.",
    mixinStandardHelpOptions = true)
final class RunGraphCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The pipeline's file.")
  private @Nullable Path file;

  @Option(names = "--mermaid", description = "As a flow chart of Mermaid instead of text.")
  private boolean mermaid;

  @Override
  public Integer call() throws Exception {
    var pipeline = RunCommand.read(file);
    RunCommand.print(mermaid ? pipeline.mermaid() : pipeline.graph());
    return 0;
  }
}
