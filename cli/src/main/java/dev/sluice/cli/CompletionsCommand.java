package dev.sluice.cli;

import dev.sluice.logs.DidYouMean;
import dev.sluice.logs.UsageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `sluice completions`: a script that lets a shell complete our commands and options.
@Command(
    name = "completions",
    header = "Print what makes a shell complete sluice's commands and options.",
    description = {
      "",
      "For bash, in ~/.bashrc:   source <(sluice completions bash)",
      "For zsh, in ~/.zshrc:     source <(sluice completions zsh)",
      ""
    },
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true)
final class CompletionsCommand implements Callable<Integer> {
  private static final List<String> SHELLS = List.of("bash", "zsh");

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private @Nullable String shell;

  @Override
  public Integer call() {
    var name = String.valueOf(shell);
    if (!SHELLS.contains(name)) {
      throw new UsageException(
          "unknown shell '%s'%s (expected bash or zsh)"
              .formatted(name, DidYouMean.hint(name, SHELLS)));
    }
    System.out.print(AutoComplete.bash("sluice", Main.commands(Map.of())));
    System.out.flush();
    return 0;
  }
}
