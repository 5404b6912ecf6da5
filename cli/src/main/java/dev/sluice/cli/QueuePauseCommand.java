package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sluice queue pause`.
@Command(
    name = "pause",
    header = "Let nobody receive items of a queue until it is resumed.",
    description = {"", "Items can still be put into it; work that has begun goes on.", ""},
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true)
final class QueuePauseCommand implements Callable<Integer> {
  @Mixin private QueuePlace place = new QueuePlace();

  @Override
  public Integer call() throws Exception {
    try (var store = place.openExisting()) {
      place.existing(store).pause();
    }
    return 0;
  }
}
