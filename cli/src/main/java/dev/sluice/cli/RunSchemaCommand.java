package dev.sluice.cli;

import dev.sluice.run.PipelineFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `sluice run schema`: the JSON Schema of such files.
@Command(
    name = "schema",
    header = "Print the JSON Schema of such files, for editors.",
    mixinStandardHelpOptions = true)
final class RunSchemaCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    System.out.print(PipelineFile.schema());
    return 0;
  }
}
