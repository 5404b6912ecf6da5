package dev.sluice.cli;

import static java.util.Objects.requireNonNull;

import dev.sluice.logs.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/// What all commands of `sluice topic` are told: which topic.
final class TopicPlace {
  @Parameters(
      index = "0",
      paramLabel = "TOPIC",
      description = "kafka://HOST:PORT/NAME[?group=NAME][&config=FILE].")
  private @Nullable String topic;

  KafkaPlace place() {
    var its = requireNonNull(topic);
    if (!its.startsWith("kafka:")) {
      throw new UsageException("'%s' is no topic; use %s".formatted(its, KafkaPlace.USAGE));
    }
    return KafkaPlace.parse(its.substring("kafka:".length()));
  }
}
