package dev.sluice.cli;

import dev.sluice.logs.DidYouMean;
import dev.sluice.logs.UsageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice man`: a manual page, made of what `--help` is made of.
@Command(
    name = "man",
    header = "Print the manual page of a command.",
    description = {"", "To read it:   sluice man logs | man -l -", ""},
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true)
final class ManCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "As in 'logs generate'; none: sluice itself.")
  private List<String> path = List.of();

  @Override
  public Integer call() {
    var command = Main.commands(Map.of());
    for (var name : path) {
      var subcommands = command.getSubcommands();
      var next = subcommands.get(name);
      if (next == null) {
        throw new UsageException(
            "unknown command '%s'%s".formatted(name, DidYouMean.hint(name, subcommands.keySet())));
      }
      command = next;
    }
    System.out.print(new ManPage(command, Main.Version.read()).render());
    System.out.flush();
    return 0;
  }
}
