package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sluice queue resume`.
@Command(
    name = "resume",
    header = "Let items of a paused queue be received again.",
    description = {"", "Does nothing to a queue that is not paused.", ""},
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true)
final class QueueResumeCommand implements Callable<Integer> {
  @Mixin private QueuePlace place = new QueuePlace();

  @Override
  public Integer call() throws Exception {
    try (var store = place.openExisting()) {
      place.existing(store).resume();
    }
    return 0;
  }
}
