package dev.sluice.cli;

import dev.sluice.queues.QueueStats;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sluice queue stats`.
@Command(
    name = "stats",
    header = "Tell how many items a queue has, and in what state.",
    description = {
      "",
      "--json gives {\"ready\",\"leased\",\"delayed\",\"dead\",\"settled\",\"oldest_seconds\",\"bytes\"}, and also"
          + " \"blocked\" (behind another item of their key), \"sent\" and \"paused\". oldest_seconds is for how long the oldest"
          + " ready item has waited, or null.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class QueueStatsCommand implements Callable<Integer> {
  @Mixin private QueuePlace place = new QueuePlace();

  @Option(names = "--json", description = "As one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    QueueStats stats;
    try (var store = place.openExisting()) {
      stats = place.existing(store).stats();
    }
    System.out.println(json ? json(stats) : text(stats));
    System.out.flush();
    return 0;
  }

  static String json(QueueStats stats) {
    var oldest = stats.oldest();
    return String.format(
        Locale.ROOT,
        "{\"ready\":%d,\"leased\":%d,\"delayed\":%d,\"dead\":%d,\"settled\":%d,\"oldest_seconds\":%s,"
            + "\"bytes\":%d,\"blocked\":%d,\"sent\":%d,\"paused\":%b}",
        stats.ready(),
        stats.leased(),
        stats.delayed(),
        stats.dead(),
        stats.settled(),
        oldest == null ? "null" : String.format(Locale.ROOT, "%.3f", oldest.toMillis() / 1000.0),
        stats.bytes(),
        stats.blocked(),
        stats.sent(),
        stats.paused());
  }

  private String text(QueueStats stats) {
    var oldest = stats.oldest();
    return """
    %s%s
      ready    %,12d%s
      leased   %,12d
      delayed  %,12d
      blocked  %,12d
      dead     %,12d
      settled  %,12d of %,d sent
      bytes    %,12d\
    """
        .formatted(
            Screen.printable(place.name()),
            stats.paused() ? " (paused)" : "",
            stats.ready(),
            oldest == null ? "" : ", the oldest for %,d s".formatted(oldest.toSeconds()),
            stats.leased(),
            stats.delayed(),
            stats.blocked(),
            stats.dead(),
            stats.settled(),
            stats.sent(),
            stats.bytes());
  }
}
