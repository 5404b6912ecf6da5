package dev.sluice.cli;

import dev.sluice.logs.UsageException;
import dev.sluice.queues.ItemState;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sluice queue purge`.
@Command(
    name = "purge",
    header = "Remove items of a queue for good, and print how many.",
    description = {
      "",
      "Dead letters, unless --state says otherwise. What somebody works on stays.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  sluice queue purge file:jobs.db --older-than 7d",
      "  sluice queue purge file:jobs.db --state ready"
    })
final class QueuePurgeCommand implements Callable<Integer> {
  @Mixin private QueuePlace place = new QueuePlace();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      defaultValue = "dead",
      description = "dead, ready, delayed or blocked (default: ${DEFAULT-VALUE}).")
  private String state = "dead";

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Only items that were put there longer ago than that: 7d (default: all).")
  private Duration age = Duration.ZERO;

  @Override
  public Integer call() throws Exception {
    try (var store = place.openExisting()) {
      System.out.println(place.existing(store).purge(state(), age));
    }
    System.out.flush();
    return 0;
  }

  private ItemState state() {
    return switch (state.toLowerCase(Locale.ROOT)) {
      case "dead" -> ItemState.DEAD;
      case "ready" -> ItemState.READY;
      case "delayed" -> ItemState.DELAYED;
      case "blocked" -> ItemState.BLOCKED;
      default ->
          throw new UsageException(
              "--state '%s' is none of dead, ready, delayed, blocked".formatted(state));
    };
  }
}
