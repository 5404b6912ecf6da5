package dev.sluice.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sluice queue replay`.
@Command(
    name = "replay",
    header = "Make dead letters ready again, and print how many.",
    description = {
      "",
      "They have all their attempts before them again, and come after what is ready already.",
      ""
    },
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true)
final class QueueReplayCommand implements Callable<Integer> {
  @Mixin private QueuePlace place = new QueuePlace();

  @Parameters(
      index = "1..*",
      paramLabel = "ID",
      description = "Only these; an ID that is no dead letter is an error.")
  private List<Long> ids = List.of();

  @Override
  public Integer call() throws Exception {
    try (var store = place.openExisting()) {
      var queue = place.existing(store);
      int count = 0;
      if (ids.isEmpty()) {
        count = queue.replayAll();
      }
      for (long id : ids) {
        if (!queue.replay(id)) {
          throw new IOException(
              "%s has no dead letter %d; replayed before it: %d"
                  .formatted(place.name(), id, count));
        }
        count++;
      }
      System.out.println(count);
    }
    System.out.flush();
    return 0;
  }
}
