package dev.sluice.cli;

import dev.sluice.logs.UsageException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice run test`: runs the tests in a file.
@Command(
    name = "test",
    header = "Run the tests that a file has. No sink is touched, and nobody is called.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "  0:all passed",
      "  1:one failed",
      "  2:there is none, or the file is not as it has to be"
    })
final class RunTestCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The pipeline's file.")
  private @Nullable Path file;

  @Override
  public Integer call() throws Exception {
    var results = RunCommand.read(file).test();
    if (results.isEmpty()) {
      throw new UsageException(file + " has no tests: add some under the key 'tests'");
    }
    for (var result : results) {
      System.out.println((result.passed() ? "passed  " : "FAILED  ") + result.name());
      result.problems().forEach(problem -> System.out.println("        " + problem));
      if (!result.passed()) {
        System.out.println("        at " + result.place());
      }
    }
    long failed = results.stream().filter(result -> !result.passed()).count();
    System.out.printf("%d of %d passed%n", results.size() - failed, results.size());
    return failed == 0 ? 0 : 1;
  }
}
