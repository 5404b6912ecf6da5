package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.logs.UsageException;
import dev.sluice.queues.ItemState;
import dev.sluice.queues.QueueItem;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sluice queue dead`.
@Command(
    name = "dead",
    header = "List the dead letters of a queue, and why they died.",
    description = {
      "",
      "For each: its id, its attempts, the beginning of its payload, and below, indented, why it failed the last time.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  sluice queue dead file:jobs.db",
      "  sluice queue replay file:jobs.db"
    })
final class QueueDeadCommand implements Callable<Integer> {
  private static final int SHOWN = 100;

  @Mixin private QueuePlace place = new QueuePlace();

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many at most (default: ${DEFAULT-VALUE}).")
  private int count = 20;

  @Option(
      names = "--after",
      paramLabel = "ID",
      defaultValue = "0",
      description = "Only those with a larger id: to see the next ones.")
  private long after;

  @Override
  public Integer call() throws Exception {
    if (count < 1) {
      throw new UsageException("-n must be at least 1, but was " + count);
    }
    try (var store = place.openExisting()) {
      var queue = place.existing(store);
      for (var item : queue.list(ItemState.DEAD, after, count)) {
        System.out.println(text(item));
      }
    }
    System.out.flush();
    return 0;
  }

  private static String text(QueueItem item) {
    var payload = new String(item.payload(), UTF_8);
    var shown = payload.length() <= SHOWN ? payload : payload.substring(0, SHOWN) + "...";
    var text =
        new StringBuilder(
            "%d  attempts: %d  %s".formatted(item.id(), item.attempts(), Screen.printable(shown)));
    var cause = item.cause();
    if (cause != null) {
      cause
          .lines()
          .forEach(line ->
              text.append(System.lineSeparator()).append("    ").append(Screen.printable(line)));
    }
    return text.toString();
  }
}
