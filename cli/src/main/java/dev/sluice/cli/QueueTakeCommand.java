package dev.sluice.cli;

import dev.sluice.logs.StandardOutput;
import dev.sluice.logs.UsageException;
import dev.sluice.queues.Leased;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sluice queue take`.
@Command(
    name = "take",
    header = "Print the next items of a queue.",
    description = {
      "",
      "Prints a payload a line, in the order in which they would be worked on. With --ack they are gone once they are"
          + " printed; without it they are given back at the end, as if nobody had had them.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  sluice queue take file:jobs.db -n 10",
      "  sluice queue take file:jobs.db --ack --wait 1m"
    })
final class QueueTakeCommand implements Callable<Integer> {
  private static final int MOST_AT_ONCE = 100;

  @Mixin private QueuePlace place = new QueuePlace();

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many items at most (default: ${DEFAULT-VALUE}).")
  private int count = 1;

  @Option(names = "--ack", description = "Acknowledge them: they are gone.")
  private boolean ack;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "How long to wait for the first one (default: not at all).")
  private Duration wait = Duration.ZERO;

  @Override
  public Integer call() throws Exception {
    if (count < 1) {
      throw new UsageException("-n must be at least 1, but was " + count);
    }
    try (var out = StandardOutput.open();
        var store = place.openExisting()) {
      var queue = place.existing(store);
      int left = count;
      var patience = wait;
      var given = new ArrayList<Leased<byte[]>>();
      while (left > 0) {
        var batch = queue.receiveMany(Math.min(left, MOST_AT_ONCE), patience);
        if (batch.isEmpty()) {
          break;
        }
        print(batch, out);
        if (ack) {
          queue.ackAll(batch);
        } else {
          given.addAll(batch);
        }
        left -= batch.size();
        patience = Duration.ZERO;
      }
      for (var item : given) {
        item.release();
      }
    }
    return 0;
  }

  private static void print(List<Leased<byte[]>> batch, OutputStream out)
      throws java.io.IOException {
    for (var item : batch) {
      out.write(item.value());
      out.write('\n');
    }
    out.flush();
  }
}
