package dev.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `sluice config`: what the options are, and who said so.
@Command(
    name = "config",
    header = "Show the defaults of the options of 'sluice logs', and where each is from.",
    description = {
      "",
      "What the command line does not say, the environment does (SLUICE_DRAIN_TIMEOUT=10s for --drain-timeout), then the"
          + " configuration file: --config FILE or SLUICE_CONFIG, else ~/.config/sluice/config. It has the options'"
          + " own words, one on each line, without quotes:",
      "",
      "  # for all my logs",
      "  drain-timeout = 10s",
      "  where = status >= 400",
      "  to = sqlite:/var/tmp/logs.db",
      "  quiet",
      ""
    },
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true)
final class ConfigCommand implements Callable<Integer> {
  @Option(names = "--config", paramLabel = "FILE", description = "The file to read.")
  @SuppressWarnings("UnusedVariable") // read before the options are, by Defaults
  private @Nullable String config;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    var root = requireNonNull(spec).root().commandLine();
    var logs = requireNonNull(root.getSubcommands().get("logs")).getCommandSpec();
    var defaults = (Defaults) requireNonNull(root.getDefaultValueProvider());
    var out = root.getOut();
    out.println("configuration file: " + Screen.printable(defaults.describeFile()));
    var all = defaults.all(logs);
    int names = all.keySet().stream().mapToInt(String::length).max().orElse(0);
    int values =
        all.values().stream()
            .flatMap(List::stream)
            .mapToInt(value -> Math.min(40, value.text().length()))
            .max()
            .orElse(0);
    all.forEach((name, list) ->
        list.forEach(value ->
            out.println(
                Screen.printable(
                    padded(name, names)
                        + "  "
                        + padded(value.text(), values)
                        + "  "
                        + value.origin()))));
    defaults.unknownVariables(logs).forEach(line -> out.println(Screen.printable(line)));
    out.flush();
    return 0;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
