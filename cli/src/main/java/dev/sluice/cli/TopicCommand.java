package dev.sluice.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `sluice topic`: topics of Kafka from a shell.
@Command(
    name = "topic",
    header = "Make a topic in Kafka, and see how far it has been read.",
    description = {
      "",
      "Reading and writing never makes a topic. TOPIC is kafka://HOST:PORT[,HOST:PORT...]/NAME[?group=NAME][&config=FILE];"
          + " the file holds settings of Kafka's clients, NAME=VALUE in each line, as TLS and a login need them.",
      ""
    },
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    subcommands = {TopicCreateCommand.class, TopicStatsCommand.class},
    footer = {
      "",
      "Examples:",
      "  sluice topic create kafka://127.0.0.1:9092/access --partitions 6",
      "  sluice topic stats 'kafka://127.0.0.1:9092/access?group=loader'",
      "",
      "'sluice help topic COMMAND' tells more about one."
    })
final class TopicCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /// Called for `sluice topic` without a command.
  @Override
  public void run() {
    var command = requireNonNull(spec).commandLine();
    command.usage(command.getErr());
    throw new ParameterException(command, "missing command");
  }
}
