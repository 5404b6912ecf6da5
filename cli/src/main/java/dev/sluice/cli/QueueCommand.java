package dev.sluice.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `sluice queue`: durable queues from a shell.
@Command(
    name = "queue",
    header = "Put items into a durable queue, and work on them.",
    description = {
      "",
      "An item stays in its queue until somebody has dealt with it, whoever is killed meanwhile. QUEUE is"
          + " file:PATH[#NAME] for a file, which any number of processes of this machine may use, or"
          + " postgresql://[USER@]HOST[:PORT]/DATABASE[#NAME] for processes of several machines; the password comes from"
          + " PGPASSWORD or ~/.pgpass. Without #NAME it is the queue 'default'.",
      ""
    },
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    subcommands = {
      QueuePutCommand.class,
      QueueTakeCommand.class,
      QueueWorkCommand.class,
      QueueStatsCommand.class,
      QueueDeadCommand.class,
      QueueReplayCommand.class,
      QueuePauseCommand.class,
      QueueResumeCommand.class,
      QueuePurgeCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  sluice queue put file:jobs.db 'one job' 'another'",
      "  sluice queue work file:jobs.db -j 4 -- ./handle-a-job",
      "  sluice queue stats file:jobs.db",
      "",
      "'sluice help queue COMMAND' tells more about one."
    })
final class QueueCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /// Called for `sluice queue` without a command.
  @Override
  public void run() {
    var command = requireNonNull(spec).commandLine();
    command.usage(command.getErr());
    throw new ParameterException(command, "missing command");
  }
}
