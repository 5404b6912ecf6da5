package dev.sluice.cli;

import dev.sluice.logs.UsageException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sluice topic create`.
@Command(
    name = "create",
    header = "Make a topic. One that exists is left as it is.",
    description = {
      "",
      "A consumer group can have as many members at work as there are partitions; a share group has no such limit."
          + " The number can be raised later, but then keys go to other partitions.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  sluice topic create kafka://127.0.0.1:9092/access --partitions 6",
      "  sluice topic create kafka://127.0.0.1:9092/access --set retention.ms=86400000",
      "  sluice topic create kafka://127.0.0.1:9092/access --wait 5m"
    })
final class TopicCreateCommand implements Callable<Integer> {
  @Mixin private TopicPlace topic = new TopicPlace();

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "6",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int partitions = 6;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "A setting of the topic, as Kafka names it; may be given several times.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Wait so long for a broker that has just been started: 30s, 5m.")
  private @Nullable Duration patience;

  @Override
  public Integer call() throws Exception {
    if (partitions < 1 || partitions > 10_000) {
      throw new UsageException("--partitions must be from 1 to 10000, but was " + partitions);
    }
    var place = topic.place();
    try (var kafka = place.connect()) {
      if (patience != null) {
        kafka.topics().awaitBroker(patience);
      }
      boolean made = kafka.topics().create(place.topic(), partitions, settings);
      System.out.println(
          made
              ? "%s: made, with %d partitions".formatted(place.name(), partitions)
              : place.name() + " exists already");
    } catch (IllegalArgumentException e) {
      throw new UsageException("%s: %s".formatted(place.name(), e.getMessage()));
    }
    System.out.flush();
    return 0;
  }
}
